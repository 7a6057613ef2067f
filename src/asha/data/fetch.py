"""What a person has to do to have a corpus: one sentence for each kind of source."""

from asha.core.errors import AshaError
from asha.data.spec import Corpus


class NotFetched(AshaError):
    """A corpus that Asha does not fetch: the message says how it is had."""

    code = "not_fetched"


def not_fetched(corpus: Corpus) -> NotFetched:
    """The way to a corpus that is no folder on this machine."""
    source = corpus.source
    then = "; put its sound and text into a folder and read it with `asha data count FOLDER`"
    if source.kind == "unlocated":
        return NotFetched(
            f"{corpus.name}: nobody has found where it can be had; if you have, set `source` in "
            f"its catalog file."
        )
    if source.kind == "on_request":
        return NotFetched(
            f"{corpus.name} is given out by its owners: ask at {corpus.homepage}{then}."
        )
    if source.kind == "archive":
        terms = f"accept the terms at {corpus.homepage}, then " if source.gated else ""
        return NotFetched(
            f"{corpus.name} is an archive that Asha does not fetch yet: {terms}download it from "
            f"{source.where}{then}."
        )
    terms = (
        f"log in with `hf auth login`, accept the terms at {corpus.homepage}, then "
        if source.gated
        else ""
    )
    return NotFetched(
        f"{corpus.name} is on the Hugging Face hub, from which Asha does not fetch yet: {terms}run "
        f"`hf download --repo-type dataset {source.where}` (pip install 'asha[lab]' brings "
        f"`hf`){then}."
    )
