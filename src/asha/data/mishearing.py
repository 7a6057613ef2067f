"""Words as ears in training spell them: letters lost, doubled and mistaken, spaces anywhere.

The language model reads such spellings too, so that it understands its own ears' transcripts.
"""

from random import Random

from asha.speech.unified import restore, script_of, unify

# Letters that sound alike, in the common alphabet of the Indian scripts and in Latin.
ALIKE = (
    *("कखगघ", "चछजझशषस", "टठडढतथदध", "पफबभवम", "नणमङञंँ", "रलळऱऴड", "हखघ", "यए"),
    *("िीेै", "ुूो", "ाौॉ", "अआ", "इईएय", "उऊओव", "ॆे", "ॊो"),
    *("aeiou", "bpvfw", "dt", "kgcq", "szcj", "mn", "lr", "iy"),
)
MOST_WRONG = 0.14  # of the letters, in the worst sentence
SPACE_LOST, SPACE_ADDED = 0.15, 0.04  # of spaces, of letters; in the worst sentence twice that

_COMPLETE = ("Deva", "Latn")
_ALIKE = {letter: group for group in ALIKE for letter in group}


def misheard(text: str, chance: Random) -> str:
    """`text` as it might be heard; how badly differs from sentence to sentence."""
    script, badness = script_of(text), chance.random()
    written = []
    for letter in unify(text):
        if letter == " ":
            written.append("" if chance.random() < 2 * SPACE_LOST * badness else " ")
            continue
        is_wrong = chance.random() < MOST_WRONG * badness
        written.append(_heard(letter, script, chance) if is_wrong else letter)
        written.append(" " if chance.random() < 2 * SPACE_ADDED * badness else "")
    return " ".join(restore("".join(written), script).split())


def _heard(letter: str, script: str, chance: Random) -> str:
    drawn = chance.random()
    if drawn < 0.45:
        return ""
    if drawn < 0.6:
        return letter * 2
    alike = _ALIKE.get(letter, letter)
    # Not every script has every letter: then it keeps its own.
    written = [other for other in alike if script in _COMPLETE or restore(other, script) != other]
    return chance.choice(written or [letter])
