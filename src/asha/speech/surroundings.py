"""The language of a number is the language around it: a text is cut where the script changes."""

import re
from itertools import pairwise

from asha.core.language import Language, language
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
    script: re.compile("[" + "".join(b for s, b in _BLOCKS.items() if s != script) + "]")
    for script in (*_BLOCKS, "Latn")
}
_SENTENCE = re.compile(r"[^.?!।॥…\n]*(?:[.?!।॥…\n](?=\S)[^.?!।॥…\n]*)*[.?!।॥…\n]*\s*")
_WORD = re.compile(rf"[{INDIC}]+|[{LATIN}]+")


def spans(text: str, session: Language) -> list[tuple[str, Language]]:
    """`text` in pieces, each with the language whose words its numbers take."""
    if not _FOREIGN[session.script].search(text):
        return [(text, session)]
    pieces: list[tuple[str, Language]] = []
    for sentence in _SENTENCE.findall(text):
        for piece, own in _spans_of_sentence(sentence, session):
            if pieces and pieces[-1][1] is own:
                pieces[-1] = (pieces[-1][0] + piece, own)
            else:
                pieces.append((piece, own))
    return pieces


def _spans_of_sentence(sentence: str, session: Language) -> list[tuple[str, Language]]:
    """Cuts where the language changes; numbers belong to the nearest Indian letters."""
    words = list(_WORD.finditer(sentence))
    indic = [word for word in words if _language_of(word[0], session) is not None]
    if not indic:
        return [(sentence, session)] if sentence else []
    num_latin = sum(len(word[0]) for word in words if word not in indic)
    latin_rules = session.script == "Latn" and num_latin > sum(len(word[0]) for word in indic)
    marks: list[tuple[int, int, Language]] = []
    for word in words:
        own = _language_of(word[0], session)
        if own is None and latin_rules:
            own = session
        if own is not None:
            marks.append((word.start(), word.end(), own))
    pieces, start = [], 0
    for (_, end, own), (begin, _, following) in pairwise(marks):
        if own is not following:
            cut = _cut(sentence, end, begin, own is session, following is session)
            pieces.append((sentence[start:cut], own))
            start = cut
    return [*pieces, (sentence[start:], marks[-1][2])]


def _cut(sentence: str, end: int, begin: int, before_is_home: bool, after_is_home: bool) -> int:
    """Where two languages meet: what stands between goes to the Indian, or else the nearer one."""
    if before_is_home:
        return end
    if after_is_home:
        return begin
    middle = sentence.find(" ", (end + begin) // 2, begin)
    return middle if middle >= 0 else begin


def _language_of(word: str, session: Language) -> Language | None:
    """The language of an Indian word; None for a Latin one."""
    for script, block in _BLOCKS.items():
        if re.match(f"[{block}]", word):
            return session if session.script == script else language(TAG_OF_SCRIPT[script])
    return None
