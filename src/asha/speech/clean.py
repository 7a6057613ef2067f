"""What is written but not said: Markdown, emoji, HTML, invisible characters, line breaks."""

import re
import unicodedata

from asha.core.language import Language
from asha.speech.expression import Expression

# Pictures and their modifiers; digits, °, © and currency signs are not among them.
_EMOJI = (
    "\U0001f000-\U0001faff\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u2500-\u27bf\u2900-\u297f"
    "\u2b00-\u2bff\u3030\u303d\u3297\u3299\ufe00-\ufe0f\u20e3\U000e0000-\U000e007f"
)
# Zero-width, soft hyphen, direction marks, control characters; ZWJ and ZWNJ are letters' own.
_INVISIBLE = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u2069\ufeff"
)

_NEEDS_CLEANING = Expression(
    rf"[^\S ]|  |^ | $|[*_`#~|<>\[\]\\&\ud800-\udfff{_INVISIBLE}{_EMOJI}\u200c\u200d]|^\s*[-+>•·]\s"
)
_BROKEN_PAIRS = Expression("[\ud800-\udfff]+")
_INVISIBLES = Expression(f"[{_INVISIBLE}]+")
_EMOJIS = Expression(rf"[{_EMOJI}](?:[{_EMOJI}\u200d]+)?")
_SPACE_BEFORE_MARK = Expression(r"(?<=\S) {1,9}(?=[,.;!?।॥…](?:\s|$))")
_JOINERS = Expression(
    r"(?<![\u0900-\u0dff])[\u200c\u200d]+|[\u200c\u200d]{2,}|[\u200c\u200d]+(?![\u0900-\u0dff])"
)
_ENTITY = Expression(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});")
_TAG = Expression(
    r"</?(?:[abiupsq]|em|strong|span|div|br|hr|li|ul|ol|h[1-6]|code|pre|table|t[rdh]|thead|tbody|img"
    r"|small|su[bp]|font|center|blockquote|html|body|head|script|style)\b[^<>]{0,200}>",
    re.IGNORECASE,
)
_BREAK = Expression(r"<(?:br|p|li|div)\b[^<>]{0,50}>", re.IGNORECASE)
_LINK = Expression(r"!?\[([^\[\]\n]{0,300})\]\([^()\s]{0,500}\)")
_LINE_START = Expression(r"\s*(?:#{1,6}\s+|>\s?|[-*+•·▪‣–]\s+(?!\d+\s*=))+")
_LINE_IS_RULE = Expression(r"[-*_=|:\s]{3,}$")
_CELLS = Expression(r"\s*\|\s*")
_EMPHASIS = Expression(r"(\*{1,3}|~~|`{1,3})(?=\S)([^\n*`]{1,400}?)(?<=\S)\1")
_UNDERLINED = Expression(r"(?<!\w)(_{1,2})(?=\S)([^\n_]{1,400}?)(?<=\S)\1(?!\w)")
_FENCE = Expression(r"```\w{0,20}")
_SPACES = Expression(r"[^\S\n]+")
_CLOSING = "\"'”’)]}»"


def clean(text: str, language: Language) -> str:
    """`text` in NFC without what cannot be said; line breaks become sentence breaks."""
    text = in_nfc(text)
    if not _NEEDS_CLEANING.search(text):
        return text
    text = _BROKEN_PAIRS.sub(_mend_pairs, text)
    if "&" in text:
        import html  # its table of names costs more than this module

        text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    if "<" in text:
        text = _TAG.sub(" ", _BREAK.sub("\n", text))
    text = _INVISIBLES.sub("", text).replace("\\", " ")
    text = _EMOJIS.sub(" ", text)
    text = _SPACE_BEFORE_MARK.sub("", text)
    text = _JOINERS.sub(_keep_one_joiner, text)
    lines = re.split(r"[\n\r\x85\u2028\u2029]+", _without_emphasis(text))
    return in_nfc(_joined([line for line in lines if line.strip()], language))


def without_item_mark(line: str) -> str:
    """A line without the bullet or heading mark at its beginning."""
    start = _LINE_START.match(line)
    return line[start.end() :] if start else line


def in_nfc(text: str) -> str:
    """`text` in NFC; quick where it already is."""
    if unicodedata.is_normalized("NFC", text):
        return text
    return unicodedata.normalize("NFC", text)


def _mend_pairs(found: re.Match[str]) -> str:
    """Two halves of a pair are a character; a half alone becomes U+FFFD, so that it is seen."""
    return found[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _keep_one_joiner(found: re.Match[str]) -> str:
    """A flood of joiners inside a word is one; outside of words it is none."""
    before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    inside = "\u0900" <= before <= "\u0dff" and "\u0900" <= after <= "\u0dff"
    return found[0][0] if inside else ""


def _without_emphasis(text: str) -> str:
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    if "`" in text:
        text = _FENCE.sub("`", text).replace("`", "")
    if "*" in text or "~" in text:
        text = _EMPHASIS.sub(r"\2", text)
    if "_" in text:
        text = _UNDERLINED.sub(r"\2", text)
    return text


def _joined(lines: list[str], language: Language) -> str:
    """One line; a line without a mark at its end gets the language's full stop, as does an item."""
    marks = {*language.sentence_ends, *language.clause_marks}
    said = []
    for number, line in enumerate(lines, start=1):
        if _LINE_IS_RULE.match(line):
            continue
        start = _LINE_START.match(line)
        bare = _SPACES.sub(" ", line[start.end() :] if start else line).strip()
        if bare.startswith("|"):
            bare = _CELLS.sub(", ", bare.strip("| "))
        has_end = number == len(lines) and (len(lines) == 1 or not start)
        if bare and not has_end and bare.rstrip(_CLOSING)[-1:] not in marks:
            bare += language.full_stop
        if bare:
            said.append(bare)
    return " ".join(said)
