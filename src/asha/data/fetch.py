"""What a person has to do to have a corpus that no machine can fetch: one sentence each."""

from asha.core.errors import AshaError
from asha.data.spec import Corpus


class NotFetched(AshaError):
    """A corpus that is not had: the message says what to do."""

    code = "not_fetched"


def not_fetched(corpus: Corpus) -> NotFetched:
    """The way to a corpus that is had from people."""
    if corpus.source.kind == "unlocated":
        return NotFetched(
            f"{corpus.name}: nobody has found where it can be had; if you have, set `source` in "
            f"its catalog file."
        )
    if corpus.source.kind == "on_request":
        return NotFetched(
            f"{corpus.name} is given out by its owners: ask at {corpus.homepage}; put its sound "
            "and text into a folder and read it with `asha data count FOLDER`."
        )
    return NotFetched(
        f"{corpus.name} is not on this machine: fetch it with `asha data get {corpus.name}`."
    )
