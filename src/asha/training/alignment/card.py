"""The model card of a run, from its run file and its scores: what a hub shows of a checkpoint."""

from collections.abc import Mapping

from asha.data.catalog import catalog
from asha.training.alignment.recipe import AlignmentRun, SetTable


def card(run: AlignmentRun, step: int, scored: Mapping[str, float]) -> str:
    """Markdown with the front matter that hubs read."""
    tags = sorted({it.language for it in run.mixture if it.language and it.language != "zxx"})
    bases = [it for it in (run.start.checkpoint, run.start.audio, run.start.text) if _is_hub_id(it)]
    front = ["---", "library_name: transformers", "pipeline_tag: audio-text-to-text"]
    front += ["tags:", "- ultravox", "- asha"]
    front += ["language:", *(f"- {tag}" for tag in tags)] if tags else []
    front += ["base_model:", *(f"- {base}" for base in bases)] if bases else []
    parts = [
        "\n".join([*front, "---"]),
        f"# {run.name}",
        "An Ultravox-format audio LLM: it hears and reads, and answers in text. Trained with Asha.",
        _how(run, step),
        "## Data\n\n" + "\n".join(_data(it) for it in run.mixture),
        _scores(run, scored),
        "## Use\n\n```python\nfrom asha.model import AudioLLM, AudioProcessor\n\n"
        'model = AudioLLM.from_pretrained("<this repository>")\n```',
        "What it was not scored on it may do badly. The licences of its bases and data apply.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _how(run: AlignmentRun, step: int) -> str:
    learn, start = run.learn, run.start
    learnt = ["the projector"] if learn.projector and not learn.text_only else []
    if learn.encoder_lora.rank:
        learnt.append(f"adapters of rank {learn.encoder_lora.rank} on the encoder")
    if learn.text_lora.rank:
        learnt.append(f"adapters of rank {learn.text_lora.rank} on the language model")
    if learn.language_model:
        learnt.append("the whole language model")
    loss = (
        f"distillation from the same language model reading the words (temperature "
        f"{learn.temperature:g})"
        if learn.loss == "kl"
        else "cross-entropy on the answers"
    )
    begun = _name(start.checkpoint) or " and ".join(
        _name(it) for it in (start.audio, start.text) if it
    )
    return (
        f"## Training\n\nBegun from {begun}. Learnt: {', '.join(learnt)}; by {loss}. "
        f"{step:,} steps of {run.pace.rows_per_step} rows, rate {run.pace.rate:g}, seed {run.seed}."
    )


def _data(table: SetTable) -> str:
    entry = catalog().get(table.corpus)
    where = f"[{entry.title}]({entry.homepage}), {entry.license}" if entry else "own recordings"
    goal = f" into {table.into}" if table.into else ""
    return (
        f"- {where}: {table.language or 'no language'}, {table.task}{goal}, weight {table.weight:g}"
    )


def _scores(run: AlignmentRun, scored: Mapping[str, float]) -> str:
    rows = [f"| {name} | {value:.4f} |" for name, value in scored.items()]
    for table in (*run.mixture, *run.validation.sets):
        where = str(table.folder)
        rows = [row.replace(where, _name(where)) for row in rows]
    if not rows:
        return ""
    return "\n".join(["## Validation loss", "", "| set | loss |", "|---|--:|", *rows])


def _is_hub_id(name: str) -> bool:
    return name.count("/") == 1 and not name.startswith((".", "/", "~", "var/"))


def _name(base: str) -> str:
    """A hub id as it is; of a folder only its last part, which says nothing of the machine."""
    return base if not base or _is_hub_id(base) else base.rstrip("/").rpartition("/")[2]
