"""The registry: every TOML file in data/catalog is a corpus."""

import tomllib
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from pydantic import ValidationError

from asha.core.errors import BadInput, NotFound
from asha.data.spec import Corpus


class BadCorpusFile(BadInput):
    """A catalog file that does not follow the schema: names file, key and remedy."""

    code = "bad_corpus_file"


@cache
def catalog() -> dict[str, Corpus]:
    """All corpora by name, sorted.

    Raises:
        BadCorpusFile: a file does not follow the schema.
    """
    return read_catalog(resources.files("asha.data").joinpath("catalog"))


def read_catalog(folder: Traversable | Path) -> dict[str, Corpus]:
    """The corpora of any folder of TOML files."""
    files = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".toml")),
        key=lambda entry: entry.name,
    )
    return {entry.name.removesuffix(".toml"): read_corpus(entry) for entry in files}


def read_corpus(file: Traversable | Path) -> Corpus:
    """One corpus file, checked."""
    try:
        corpus = Corpus.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as broken:
        raise BadCorpusFile(f"{file.name} is not valid TOML: {broken}.") from broken
    except ValidationError as wrong:
        first = wrong.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the file"
        known = ", ".join(Corpus.model_fields)
        remedy = f"known keys are {known}" if first["type"] == "extra_forbidden" else first["msg"]
        raise BadCorpusFile(f"{file.name}: {key}: {remedy}.", param=key) from wrong
    if corpus.name != file.name.removesuffix(".toml"):
        raise BadCorpusFile(f"{file.name}: name: must be the file's name; rename one of them.")
    return corpus


def corpus(name: str) -> Corpus:
    """The corpus of this name.

    Raises:
        NotFound: with the nearest names.
    """
    import difflib

    known = catalog()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=3) or list(known)[:3]
        raise NotFound(f"There is no corpus {name!r}; did you mean {' or '.join(near)}?")
    return known[name]
