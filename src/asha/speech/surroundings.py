"""The language of a number is the language around it: a text is cut where the script changes."""

from itertools import pairwise

from asha.core.language import Language, language
from asha.speech.expression import Expression
from asha.speech.patterns import INDIC, LATIN

# Whose words a script takes in a session of another one.
TAG_OF_SCRIPT = {"Deva": "hi", "Gujr": "gu", "Taml": "ta", "Telu": "te"}
_BLOCKS = {
    "Deva": "ऀ-ॣॱ-ॿ",
    "Gujr": "\u0a80-\u0aff",
    "Taml": "\u0b80-\u0bff",
    "Telu": "\u0c00-\u0c7f",
}
_FOREIGN = {
    script: Expression("[" + "".join(b for s, b in _BLOCKS.items() if s != script) + "]")
    for script in (*_BLOCKS, "Latn")
}
_AFTER_CLAUSE = Expression(r"(?<=[.?!।॥…,;:])(?=\s)")
_WORD = Expression(rf"[{INDIC}]+|[{LATIN}]+")


def spans(text: str, session: Language) -> list[tuple[str, Language]]:
    """`text` in pieces, each with the language whose words its numbers take.

    In a clause with Indian letters the nearest of them decide; a clause of Latin letters is the
    session's; one without letters goes with the one before it.
    """
    if not _FOREIGN[session.script].search(text):
        return [(text, session)]
    pieces: list[tuple[list[str], Language]] = []
    for clause in _AFTER_CLAUSE.split(text):
        for piece, own in _spans_of_clause(clause, session):
            if pieces and (own is None or pieces[-1][1] is own):
                pieces[-1][0].append(piece)
            else:
                pieces.append(([piece], own or session))
    return [("".join(parts), own) for parts, own in pieces]


def _spans_of_clause(clause: str, session: Language) -> list[tuple[str, Language | None]]:
    """The clause in pieces; None where it has no letters."""
    words = list(_WORD.finditer(clause))
    deciding = [
        (word.start(), word.end(), own)
        for word in words
        if (own := _language_of(word[0], session)) is not None
    ]
    if not deciding:
        return [(clause, session if words else None)]
    pieces: list[tuple[str, Language | None]] = []
    start = 0
    for (_, end, own), (begin, _, following) in pairwise(deciding):
        if own is not following:
            cut = clause.find(" ", (end + begin) // 2, begin)
            cut = cut if cut >= 0 else begin
            pieces.append((clause[start:cut], own))
            start = cut
    return [*pieces, (clause[start:], deciding[-1][2])]


def _language_of(word: str, session: Language) -> Language | None:
    """The language of an Indian word; None for a Latin one, and for scripts without a track."""
    if word[0] < "\u0900":
        return None
    for script, block in _BLOCKS.items():
        if block[0] <= word[0] <= block[-1]:
            return session if session.script == script else language(TAG_OF_SCRIPT[script])
    return None
