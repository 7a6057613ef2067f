"""A sample: a piece of speech and what was said, and the named repairs of its text."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from asha.core.audio import Clip
from asha.core.errors import BadSound
from asha.speech.sound_file import decode_clip

RIFF_HEADER_BYTES = 8  # "RIFF" and the size of all that follows
STREAMED_BYTES = 0x7FFF_0000  # writers that cannot seek back put a size near 2 or 4 GiB


@dataclass(frozen=True, slots=True)
class Sample:
    """What one row of a corpus holds: sound (a clip, or the file it is in) and its text."""

    name: str  # unique within its corpus
    sound: Clip | Path
    text: str
    language: str
    speaker: str = ""
    others: Mapping[str, str] = field(default_factory=dict)  # more columns, by our names

    def clip(self) -> Clip:
        """The sound at 16 kHz mono.

        Raises:
            BadSound: the file cannot be read.
        """
        return self.sound if isinstance(self.sound, Clip) else read_clip(self.sound)


def read_clip(path: Path) -> Clip:
    """A sound file at 16 kHz mono.

    Raises:
        BadSound: it is not there, cannot be read, or is cut off.
    """
    try:
        content = path.read_bytes()
    except OSError as broken:
        raise BadSound(f"{path.name} cannot be opened: {broken.strerror}.") from broken
    promised = int.from_bytes(content[4:8], "little") + RIFF_HEADER_BYTES
    if content[:4] == b"RIFF" and len(content) < promised < STREAMED_BYTES:
        # Readers return what is there without a word; its text says more than its sound.
        raise BadSound(f"{path.name} is cut off: {len(content):,} of {promised:,} bytes are there.")
    return decode_clip(content, what=path.name)


def join_split_matras(text: str) -> str:
    """Vowel signs and viramas that were cut off by a space join their consonant again.

    What follows the sign stays apart: words end in vowel signs, and some in a virama.
    """
    joined: list[str] = []
    for character in text:
        if unicodedata.category(character).startswith("M"):
            while joined and joined[-1].isspace():
                joined.pop()
        joined.append(character)
    return "".join(joined)


def drop_noise_tags(text: str) -> str:
    """Without marks such as <noise>, [laugh] or ((noise)); words in other brackets stay."""
    return re.sub(r"<[/A-Za-z_ -]+>|\[[/A-Za-z_ -]+\]|\(\([A-Za-z_ -]*\)\)", " ", text)


def drop_user_names(text: str) -> str:
    """Without the @names and addresses that posts are full of."""
    return re.sub(r"@\w+|https?://\S+", " ", text)


def spoken_punctuation(text: str) -> str:
    """Tags such as <COMMA> as the signs they stand for, set against the word before."""
    signs = {"COMMA": ",", "PERIOD": ".", "QUESTIONMARK": "?", "EXCLAMATIONPOINT": "!"}
    return re.sub(rf"\s*<({'|'.join(signs)})>", lambda found: signs[found[1]], text)


def lower_capitals(text: str) -> str:
    """Lower case, if all of it is in capitals."""
    return text.lower() if text.isupper() else text


CLEANERS: dict[str, Callable[[str], str]] = {
    repair.__name__: repair
    for repair in (
        join_split_matras,
        drop_noise_tags,
        drop_user_names,
        spoken_punctuation,
        lower_capitals,
    )
}


def as_text(cell: object) -> str:
    """A cell of any type as text: nothing is empty, a list has bars between."""
    if isinstance(cell, list | tuple):
        return " | ".join(map(as_text, cell))
    return "" if cell is None else str(cell).strip()


def cleaned(text: str, *, clean: Sequence[str] = ()) -> str:
    """`text` in Unicode's composed form with single spaces, after the repairs named in `clean`."""
    for name in clean:
        text = CLEANERS[name](text)
    return " ".join(unicodedata.normalize("NFC", text).split())
