"""What comes out of the engine: the pieces of one answer."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was heard, for the screen; `script` is ISO 15924's, empty where nothing was heard."""

    text: str
    script: str


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class Called:
    """A whole tool call. `confidence` is the likelihood of all its tokens together, 0..1."""

    name: str
    arguments: Mapping[str, Any]
    confidence: float


@dataclass(frozen=True, slots=True)
class Ignored:
    """Noise, silence: there is nothing to answer."""


Piece = Transcript | Said | Called | Ignored
_KINDS: dict[str, Any] = {kind.__name__: kind for kind in (Transcript, Said, Called, Ignored)}


def to_fields(piece: Piece) -> dict[str, Any]:
    """A piece as JSON fields."""
    return {"kind": type(piece).__name__, **asdict(piece)}


def from_fields(fields: Mapping[str, Any]) -> Piece:
    """What `to_fields` wrote."""
    values = dict(fields)
    piece: Piece = _KINDS[values.pop("kind")](**values)
    return piece
