"""What was made once is never made again: results by the SHA-256 of everything they follow from."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from asha.core.audio import Clip, pcm_of
from asha.core.errors import BadInput
from asha.speech.sound_file import decode_clip, encode_wav

Made = bytes


@dataclass(frozen=True, slots=True)
class Cache:
    """Files under `folder`, named after their keys."""

    folder: Path

    def found(self, key: str) -> Made | None:
        """What was made for `key`, or None."""
        try:
            return self._file(key).read_bytes()
        except FileNotFoundError:
            return None

    def keep(self, key: str, content: Made) -> None:
        """Keep it, whole or not at all.

        Raises:
            BadInput: the disk is full or cannot be written.
        """
        file = self._file(key)
        partial = file.with_suffix(f".{os.getpid()}.part")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            partial.write_bytes(content)
            partial.replace(file)
        except OSError as failed:
            partial.unlink(missing_ok=True)
            raise BadInput(
                f"{self.folder} cannot be written ({failed.strerror}): make room, then run the "
                "same command again; what is made is kept."
            ) from failed

    def _file(self, key: str) -> Path:
        return self.folder / key[:2] / key[2:]


def key_of(what: str, **parts: object) -> str:
    """The key of a result: all that it follows from, in one canonical form."""
    told = json.dumps({"what": what, **parts}, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def digest_of(clip: Clip) -> str:
    """A sound in a key."""
    return hashlib.sha256(pcm_of(clip.samples)).hexdigest()


def as_wav(clip: Clip) -> Made:
    """A clip as it is kept: 16 bits."""
    return encode_wav(pcm_of(clip.samples), rate_hz=clip.rate_hz)


def as_clip(content: Made) -> Clip:
    """What `as_wav` kept."""
    return decode_clip(content, what="a kept clip")


def as_words(told: Mapping[str, object]) -> Made:
    """Words as they are kept."""
    return json.dumps(told, ensure_ascii=False).encode()
