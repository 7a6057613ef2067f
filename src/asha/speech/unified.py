"""One alphabet for four scripts: the Indic blocks of Unicode are parallel, so sounds can share.

Devanagari, Gujarati, Tamil and Telugu keep the same sound at the same place of their blocks
(Unicode chapter 12, after ISCII). Nano's CTC head spells all of them in Devanagari and says at the
end which script it was: what is learnt in Hindi then also helps Telugu.
"""

import unicodedata

BLOCK = 0x80
DEVANAGARI = 0x0900
STARTS = {"Deva": DEVANAGARI, "Gujr": 0x0A80, "Taml": 0x0B80, "Telu": 0x0C00}
SCRIPT_MARKS = {script: f"<{script}>" for script in (*STARTS, "Latn")}
_DANDAS = {"\u0964", "\u0965"}  # shared by all Indic scripts: they stay where they are


def unify(text: str) -> str:
    """`text` with every letter of the four scripts as its Devanagari counterpart."""
    return "".join(_moved(char) for char in unicodedata.normalize("NFC", text))


def restore(text: str, script: str) -> str:
    """`text` in `script` ("Deva" "Gujr" "Taml" "Telu"); "Latn" leaves it as it is.

    A letter that the script does not have stays in Devanagari.
    """
    shift = STARTS.get(script, DEVANAGARI) - DEVANAGARI
    return unicodedata.normalize("NFC", "".join(_shifted(char, shift) for char in text))


def script_of(text: str) -> str:
    """The script most letters of `text` are in, "Latn" where none is Indic."""
    counts = {
        script: sum(start <= ord(char) < start + BLOCK for char in text)
        for script, start in STARTS.items()
    }
    best = max(counts, key=lambda script: counts[script])
    return best if counts[best] else "Latn"


def _moved(char: str) -> str:
    for start in STARTS.values():
        if start <= ord(char) < start + BLOCK:
            return chr(ord(char) - start + DEVANAGARI)
    return char


def _shifted(char: str, shift: int) -> str:
    if not DEVANAGARI <= ord(char) < DEVANAGARI + BLOCK or char in _DANDAS:
        return char
    moved = chr(ord(char) + shift)
    return moved if unicodedata.category(moved) != "Cn" else char
