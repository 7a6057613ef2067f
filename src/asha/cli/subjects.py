"""What `--model` may name, and how it is made ready to be scored.

nano                     the embedded model (its floor and ears too)
FOLDER                   exported weights, or an Ultravox-format checkpoint
owner/name               an Ultravox-format checkpoint of the hub
http://HOST/v1#MODEL     any server with OpenAI's chat completions
llm:openai               a provider of the registry; also voice:NAME and ears:NAME
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asha.core.errors import BadInput
from asha.core.ports import SpeechToText, ToolSpec, Usage
from asha.core.settings import Settings
from asha.evaluation.subject import Subject

if TYPE_CHECKING:
    from asha.evaluation.checkpoint import CheckpointModel

NANO = "nano"
KINDS = ("llm", "voice", "ears")


@asynccontextmanager
async def opened(
    name: str, *, ears: str = "", device: str | None = None, dtype: str | None = None
) -> AsyncIterator[Subject]:
    """The subject called `name`, closed on leaving. `ears` hear what a voice says.

    Raises:
        BadInput: no such thing, or it lacks what it needs.
        BadCheckpoint: a folder is neither exported weights nor a checkpoint.
    """
    settings, closers = Settings(), []
    subject, own = await _made(name, settings, device, dtype)
    closers += own
    if ears and subject.ears is None:
        hearing, own = await _made(ears, settings)
        closers += own
        if hearing.ears is None:
            raise BadInput(f"{ears} has no ears; give nano or ears:NAME.", param="ears")
        subject = _with_ears(subject, hearing.ears)
    try:
        yield subject
    finally:
        for part in closers:
            if close := getattr(part, "close", None):
                await close()


async def _made(
    name: str, settings: Settings, device: str | None = None, dtype: str | None = None
) -> tuple[Subject, list[Any]]:
    kind, _, rest = name.partition(":")
    if kind in KINDS and rest:
        return _provider(kind, rest, settings)
    if name.startswith(("http://", "https://")):
        return await _served(name, settings)
    if name == NANO:
        from asha.cli.one_turn import weights_folder

        return await _nano(weights_folder(None), NANO)
    if (exported := _exported(name)) is not None:
        return await _nano(exported, exported.name)
    loaded = checkpoint(name, device=device, dtype=dtype)
    return Subject(loaded.name, model=loaded, tools=_tools()), []


def weights_of(name: str) -> str:
    """SHA-256 of a model's files, where they lie on this machine; else nothing."""
    from asha.cli.one_turn import weights_folder
    from asha.data.source import folder_digest

    folder = weights_folder(None) if name == NANO else Path(name).expanduser()
    return folder_digest(folder) if folder.is_dir() else ""


def _exported(name: str) -> Path | None:
    """The folder, where it holds exported weights."""
    folder = Path(name).expanduser()
    return folder if (folder / "engine.json").is_file() else None


async def _nano(folder: Path, name: str) -> tuple[Subject, list[Any]]:
    from asha.cli.floor import NanoFloor
    from asha.engine.client import Engine
    from asha.providers.llm.embedded import EmbeddedLanguageModel
    from asha.providers.stt.embedded import EmbeddedSpeechToText

    engine = Engine(folder)
    await engine.start()  # loading is no part of the first answer's time
    model = EmbeddedLanguageModel(engine)
    # The model keeps its voices open, as many as one engine has: the ears need one of their own.
    hearing = Engine(folder)
    await hearing.start()
    subject = Subject(
        name,
        model=model,
        ears=EmbeddedSpeechToText(hearing),
        floor=NanoFloor(folder),
        reads_beside=False,
    )
    return subject, [model, hearing]


def checkpoint(
    name: str, *, device: str | None = None, dtype: str | None = None
) -> "CheckpointModel":
    """An Ultravox-format checkpoint by folder or hub id.

    Raises:
        BadInput: the lab is not installed, or only checkpoints are answered in batches.
        BadCheckpoint: there is none, or it is not whole.
    """
    if name == NANO or name.startswith(("http://", "https://", *(f"{it}:" for it in KINDS))):
        raise BadInput(f"{name} is no checkpoint; batches need one.", param="model")
    try:
        from asha.evaluation.checkpoint import CheckpointModel
    except ImportError as missing:
        raise BadInput(
            "A checkpoint needs the lab: pip install 'asha[lab]'.", param="model"
        ) from missing
    return CheckpointModel.load(name, device=device, dtype=dtype)


async def _served(name: str, settings: Settings) -> tuple[Subject, list[Any]]:
    """A server's model, by its address; without #MODEL the first that it lists."""
    from asha.providers.http import Line
    from asha.providers.llm.openai_compatible import OpenAICompatibleLLM
    from asha.providers.models import profile

    url, _, model_id = name.partition("#")
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else None
    if not model_id:
        headers = {"authorization": f"Bearer {key}"} if key else {}
        line = Line(url, url, headers)
        try:
            listed = await line.json("GET", "/models")
            model_id = listed["data"][0]["id"]
        except (KeyError, IndexError, TypeError) as none:
            raise BadInput(f"{url} lists no model; name one: {url}#MODEL.", param="model") from none
        finally:
            await line.close()
    known = profile(model_id)
    audio = settings.openai_audio or (known.audio if known.audio != "none" else "input_audio")
    model = OpenAICompatibleLLM(known, base_url=url, api_key=key, audio=audio)
    return Subject(model_id, model=model, tools=_tools(), price=_price(model_id)), [model]


def _provider(kind: str, name: str, settings: Settings) -> tuple[Subject, list[Any]]:
    from asha.providers.choosing import one

    made = one(kind, name, settings)  # type: ignore[arg-type]
    title = f"{kind}:{name}"
    if kind == "llm":
        price = _price(settings.openai_model)
        return Subject(settings.openai_model, model=made, tools=_tools(), price=price), [made]
    subject = Subject(title, voice=made) if kind == "voice" else Subject(title, ears=made)
    return subject, [made]


def _with_ears(subject: Subject, ears: SpeechToText) -> Subject:
    from dataclasses import replace

    return replace(subject, ears=ears)


def _tools() -> Sequence[ToolSpec]:
    """The product's own tools, so that a model can be asked for an alarm as Nano is."""
    from zoneinfo import ZoneInfo

    from asha.conversation.tools.short_memory import ShortMemory
    from asha.conversation.tools.toolbox import Owner, Toolbox

    box = Toolbox(ShortMemory(), Owner("nobody", ZoneInfo("Asia/Kolkata")), {})
    return [tool.spec for tool in box.tools.values()]


def _price(model_id: str) -> Any:
    from asha.providers.metering import usd
    from asha.providers.models import profile

    prices = profile(model_id).prices

    def price(usage: Usage) -> float:
        return usd(usage, prices)

    return price
