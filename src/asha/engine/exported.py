"""Exported weights, opened: three ONNX sessions, the token table, the tokenizer and the facts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asha.core.audio import Float32
from asha.core.errors import BadCheckpoint, UnknownLanguage
from asha.core.language import language
from asha.engine.leaning import Leaning
from asha.engine.tokenizer import Tokenizer
from asha.speech.gist import load_gist
from asha.speech.latin_search import LatinSearch
from asha.speech.letter_model import LetterModel, load_letter_model
from asha.speech.onnx import onnx_session

FORMAT = 2  # of engine.json, as model/export.py writes it
GRAPHS = ("encoder", "projector", "language_model")
FILES = (*(f"{name}.onnx" for name in GRAPHS), "embeddings.npy", "tokenizer.json", "say.json")
LETTERS, LOANS, GIST = "letters.npz", "loans.json", "gist.npz"  # may be missing
SHIPPED = Path(__file__).parent / "weights" / "nano"


# Keys and values of every layer under the names of the graphs' inputs, in the outputs' order;
# each of shape (1, heads, what was read so far, width of a head).
Cache = Mapping[str, Float32]


@dataclass(frozen=True, slots=True)
class Facts:
    """engine.json. Caches are [layers, heads, width of a head]."""

    format: int
    precision: str
    recipe: str
    steps: int
    log_floor: float
    num_mels: int
    window_mel_frames: int
    block_frames: int
    stack_factor: int
    encoder_cache: tuple[int, int, int]
    language_model_cache: tuple[int, int, int]
    max_tokens: int
    tools: Mapping[str, Any]
    reads: str  # what the language model is given of sound: "sound" (embeddings) or "letters"
    past_frames: int | None = None  # before its block that a block may look at; None: all
    answers_from: float = 0.0  # likelihood of the answer's first token; below it nothing is guessed


@dataclass(frozen=True, slots=True)
class Weights:
    """Everything a voice needs; shared by all voices of a process."""

    facts: Facts
    encoder: Any
    projector: Any
    language_model: Any
    embeddings_VD: NDArray[Any]  # float16 or float32
    tokenizer: Tokenizer
    letters: LetterModel | None  # what spellings of speech are weighed with
    searches: Mapping[str, LatinSearch]  # for words typed in Latin letters, by track
    leaning: Leaning | None = None  # what a bag of the words says to the choice of an answer

    def embedded(self, ids: list[int]) -> Float32:
        """Embeddings of tokens, shape (L, D)."""
        return self.embeddings_VD[ids].astype(np.float32)


def empty_cache(shape: Sequence[int]) -> Cache:
    """Keys and values of nothing yet; `shape` is [layers, heads, width of a head]."""
    layers, heads, width = shape
    none = np.zeros((1, heads, 0, width), dtype=np.float32)
    return {f"{name}_{layer}": none for name in ("keys", "values") for layer in range(layers)}


def shipped() -> Path | None:
    """The folder of the weights that came with the package, if they did."""
    return SHIPPED if (SHIPPED / "engine.json").is_file() else None


def read_facts(folder: Path) -> Facts:
    """engine.json of an exported folder.

    Raises:
        BadCheckpoint: it is missing, broken, or of another version.
    """
    try:
        fields = json.loads((folder / "engine.json").read_text(encoding="utf-8"))
    except OSError as missing:
        raise BadCheckpoint(
            f"{folder} holds no exported weights; make them with `asha export`."
        ) from missing
    except ValueError as broken:
        raise BadCheckpoint(f"{folder}/engine.json is broken; export again.") from broken
    if fields.get("format") != FORMAT:
        raise BadCheckpoint(f"{folder} was exported by another version; export again.")
    try:
        facts = Facts(**fields)
    except TypeError as broken:
        raise BadCheckpoint(f"{folder}/engine.json lacks fields; export again.") from broken
    return facts


def load_weights(folder: Path) -> Weights:
    """Open an exported folder.

    Raises:
        BadCheckpoint: a file is missing or broken.
    """
    facts = read_facts(folder)
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise BadCheckpoint(f"{folder} lacks {missing[0]}; export again.")
    graphs = {name: _session(folder / f"{name}.onnx") for name in GRAPHS}
    try:
        table = np.load(folder / "embeddings.npy")
    except ValueError as broken:
        raise BadCheckpoint(f"{folder}/embeddings.npy is broken; export again.") from broken
    letters = load_letter_model(folder / LETTERS) if (folder / LETTERS).is_file() else None
    gist = load_gist(folder / GIST) if (folder / GIST).is_file() else None
    tokenizer = _tokenizer(folder)
    return Weights(
        facts,
        **graphs,
        embeddings_VD=table,
        tokenizer=tokenizer,
        letters=letters,
        searches=_searches(folder, letters) if letters else {},
        leaning=Leaning(gist, tokenizer) if gist else None,
    )


def _searches(folder: Path, letters: LetterModel) -> dict[str, LatinSearch]:
    """A search for each track of loans.json: {tag: {Latin spelling: [words]}}."""
    path = folder / LOANS
    if not path.is_file():
        return {}
    try:
        loans = json.loads(path.read_text(encoding="utf-8"))
        return {tag: LatinSearch(letters, language(tag).script, it) for tag, it in loans.items()}
    except (ValueError, AttributeError, TypeError, UnknownLanguage) as broken:
        raise BadCheckpoint(f"{path} is broken; export again.") from broken


def _tokenizer(folder: Path) -> Tokenizer:
    return Tokenizer(folder / "tokenizer.json")


def _session(path: Path) -> Any:
    try:
        return onnx_session(path)
    except Exception as broken:  # onnxruntime has a class of its own for every kind of damage
        raise BadCheckpoint(f"{path} cannot be opened; export again.") from broken
