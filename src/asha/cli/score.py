"""`asha score RUN.toml|FOLDER`: how well a trained Nano understands, on what nobody trained on."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asha.core.audio import Clip
from asha.core.errors import UnknownLanguage
from asha.core.language import TAGS

if TYPE_CHECKING:
    from asha.evaluation.nano import Answers, Asked, Score

HELD_OUT = Path("tests/heldout")

Transcribe = Callable[[Sequence[Clip]], list[str]]


def score(
    recipe: Annotated[
        Path, typer.Argument(help="the run, e.g. runs/nano.toml, or a folder of exported weights")
    ],
    tags: Annotated[str, typer.Option(help="tracks, e.g. hi,ta; all by default")] = "",
    rows: Annotated[int, typer.Option(help="at most so many requests of each kind")] = 10_000,
    wrong: Annotated[int, typer.Option(help="show so many wrong answers of each kind")] = 0,
    flite: Annotated[bool, typer.Option("--flite", help="English spoken by flite too")] = False,
    out: Annotated[Path | None, typer.Option(help="write the figures as JSON")] = None,
) -> None:
    """Score held-out phrasings, typed, romanised and spoken by held-out voices, and noise."""
    wanted = [tag.strip() for tag in tags.split(",")] if tags else []
    if unknown := [tag for tag in wanted if tag not in TAGS]:
        raise UnknownLanguage(f"There is no track {unknown[0]!r}; give {', '.join(TAGS)}.")
    answers, transcribe, all_tags = _exported(recipe) if recipe.is_dir() else _trained(recipe)
    figures: dict[str, dict[str, float]] = {}
    for tag in wanted or all_tags:
        scores = _scores(tag, rows, answers, has_flite=flite)
        figures[tag] = {}
        for name, one in scores.items():
            figures[tag][name] = round(one.share, 4)
            figures[tag][f"{name} effects"] = one.effects
            typer.echo(f"{tag:8} {name:28} {one.share:6.1%} of {one.total}, {one.effects} effects")
            for said, answer in one.wrong[:wrong]:
                typer.echo(f"           {said}\n             -> {answer}")
        wer, cer = _error_rates(tag, rows, transcribe)
        figures[tag] |= {"wer": round(wer, 4), "cer": round(cer, 4)}
        typer.echo(f"{tag:8} transcripts: WER {wer:.1%}, CER {cer:.1%}")
    if out:
        out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def _trained(recipe: Path) -> tuple["Answers", Transcribe, Sequence[str]]:
    """The answers of a run's last checkpoint, in torch: to sound, or to what its ears spell where
    the run has a stage that reads.
    """
    import torch

    from asha.training.answer import answers, transcripts
    from asha.training.join import load_nano
    from asha.training.recipe import load_recipe
    from asha.training.spelled import letters_of
    from asha.training.talk import tokenizer_of

    torch.set_num_threads(1)
    loaded = load_recipe(recipe)
    tokenizer = tokenizer_of(loaded)
    nano = load_nano(loaded, tokenizer)
    letters = letters_of(loaded) if loaded.read.steps else None

    def transcribe(clips: Sequence[Clip]) -> list[str]:
        return transcripts(nano.ears, clips, letters)

    def answer(asked: Sequence["Asked"]) -> list[str]:
        if letters:
            heard = [it if isinstance(it, str) else transcribe([it])[0] for it, _ in asked]
            asked = [(text, tag) for text, (_, tag) in zip(heard, asked, strict=True)]
        return answers(nano, tokenizer, asked)

    return answer, transcribe, loaded.tags


def _exported(folder: Path) -> tuple["Answers", Transcribe, Sequence[str]]:
    """The answers of what is shipped, without torch. A call that changes something and that Asha
    would ask about first is marked so.
    """
    from asha.conversation.tools.toolbox import CAREFUL
    from asha.core.language import TAGS
    from asha.engine.exported import load_weights
    from asha.engine.whole import answer_and_confidence, transcribe
    from asha.evaluation.nano import ASKED_FIRST, tool_of
    from asha.providers.llm.embedded import ASK_BELOW

    weights = load_weights(folder)

    def answer(asked: "Asked") -> str:
        heard, tag = asked
        said, confidence = answer_and_confidence(
            weights, heard if isinstance(heard, str) else heard.samples, tag
        )
        return ASKED_FIRST * (tool_of(said) in CAREFUL and confidence < ASK_BELOW) + said

    return (
        lambda asked: [answer(it) for it in asked],
        lambda clips: [transcribe(weights, it.samples).text for it in clips],
        TAGS,
    )


def _scores(tag: str, most: int, answers: "Answers", *, has_flite: bool) -> dict[str, "Score"]:
    from asha.data.synthesis import HELD_OUT_KLATT
    from asha.evaluation.flite import flite_clips
    from asha.evaluation.nano import (
        held_out,
        is_new,
        out_of_scope,
        score_clips,
        score_noise,
        score_spoken,
        score_typed,
    )

    rows = [row for row in held_out(HELD_OUT, tag) if is_new(row)][:most]
    others = [row for row in out_of_scope(HELD_OUT, tag) if is_new(row)][:most]
    scores = {"typed": score_typed(rows, answers)}
    if any(row.romanised for row in rows):
        scores["romanised"] = score_typed(rows, answers, is_romanised=True)
    scores["spoken"] = score_spoken(rows, answers)
    scores["spoken, Klatt"] = score_spoken(rows, answers, variants=HELD_OUT_KLATT)
    scores["spoken, disturbed"] = score_spoken(rows, answers, is_disturbed=True)
    if has_flite and tag == "en-IN":
        scores["spoken, flite"] = score_clips(rows, flite_clips(rows), answers)
    scores["out of scope, typed"] = score_typed(others, answers)
    scores["out of scope, spoken"] = score_spoken(others, answers)
    scores["noise"] = score_noise(tag, answers)
    return scores


def _error_rates(tag: str, most: int, transcribe: Transcribe) -> tuple[float, float]:
    from asha.data.synthesis import HELD_OUT_VARIANTS
    from asha.evaluation.nano import error_rates, held_out, is_new, spoken_clips

    rows = [row for row in held_out(HELD_OUT, tag) if is_new(row)][:most]
    return error_rates(rows, transcribe(spoken_clips(rows, variants=HELD_OUT_VARIANTS)))
