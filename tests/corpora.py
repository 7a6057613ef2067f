"""Corpora made by tests: sounds, parquet and tar files, and the entries that name them."""

import io
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from asha.core.audio import pcm_of
from asha.core.errors import BadSound
from asha.data.problem import Problem
from asha.data.sample import Sample
from asha.data.spec import Corpus
from asha.speech.sound_file import encode_wav


def tone(*, duration_s: float = 0.5, rate_hz: int = 16_000) -> bytes:
    """A WAV file of a tone."""
    times = np.arange(int(duration_s * rate_hz)) / rate_hz
    return encode_wav(pcm_of(0.3 * np.sin(2 * np.pi * 220 * times)), rate_hz=rate_hz)


def parquet(rows: list[dict[str, Any]]) -> bytes:
    """A parquet file as the hub's are: sound as a struct of bytes and path."""
    import pyarrow
    from pyarrow.parquet import write_table

    out = io.BytesIO()
    write_table(pyarrow.Table.from_pylist(rows), out)
    return out.getvalue()


def spoken(text: str, sound: bytes | None = None, **more: Any) -> dict[str, Any]:
    """A row with its sound."""
    body = tone() if sound is None else sound
    return {"audio": {"bytes": body, "path": "x.wav"}, "sentence": text, **more}


def tar(members: dict[str, bytes], *, mode: str = "w") -> bytes:
    """A tar file."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as file:  # type: ignore[call-overload]
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            file.addfile(info, io.BytesIO(content))
    return out.getvalue()


def entry(kind: str, where: str, **more: Any) -> Corpus:
    """A corpus of the registry's kind, in Gujarati unless told."""
    source = {"kind": kind, "where": where, **more.pop("source", {})}
    return Corpus.model_validate(
        {
            "name": "toy",
            "title": "A toy",
            "homepage": "https://example.org/toy",
            "license": "CC0-1.0",
            "source": source,
            "tasks": ["transcribe"],
            "checked_on": "2026-11-22",
            "languages": {"gu": {}},
            **more,
        }
    )


ENTRY = """
name = "toy"
title = "A toy"
homepage = "https://example.org/toy"
license = "CC0-1.0"
source = {{ kind = "{kind}", where = "{where}" }}
columns = {{ audio = "audio", text = "sentence" }}
splits = {{ train = "train", test = "test" }}
tasks = ["transcribe"]
checked_on = 2026-11-22

[languages.gu]
subset = "gujarati"

[languages.hi]
subset = "hindi"
note = "stays"
"""


def entry_file(folder: Path, kind: str, where: str) -> Path:
    """The same as a file, with two languages."""
    path = folder / "toy.toml"
    path.write_text(ENTRY.format(kind=kind, where=where), encoding="utf-8")
    return path


@dataclass(frozen=True, slots=True)
class ListedRows:
    """Samples that are in memory already."""

    samples: Sequence[Sample]

    def __len__(self) -> int:
        return len(self.samples)

    def read(self, index: int) -> Sample | Problem:
        """Row `index`, its sound decoded where it is a file."""
        sample = self.samples[index]
        try:
            return replace(sample, sound=sample.clip())
        except BadSound as broken:
            return Problem("broken sound", sample.name, broken.message)
