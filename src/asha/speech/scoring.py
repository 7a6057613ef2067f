"""Scores of transcripts in Indian languages: word and character error rates that keep vowel signs.

Whisper's basic normaliser turns matras into spaces and so counts other words; it stands here under
its own name, only to compare with figures that were made with it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from asha.speech.scripts import INDIC, script_of, words_of
from asha.speech.transliterate import spelling_table, to_latin
from asha.speech.word_language import own_words, score_word

_NUKTA = re.compile("[\u093c\u0abc\u0c3c]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_NUMBER = re.compile(r"\d+(?:,\d+)*")
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")

SayNumber = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Score:
    """Edits (substitutions, deletions, insertions) against the number of reference units."""

    num_edits: int
    num_units: int

    @property
    def rate(self) -> float:
        """Edits per unit; above 1 where much was inserted, 0 for two empty texts."""
        return self.num_edits / self.num_units if self.num_units else float(self.num_edits > 0)


def scored_text(text: str, *, say_number: SayNumber | None = None) -> str:
    """`text` as it is compared: NFC, no nukta, joiners, dandas and punctuation, lower case, spaces.

    With `say_number` (an integer in words of the language) digits become words, so that "5" and
    "पाँच" are the same on both sides. Every vowel sign, virama and anusvara stays.
    """
    composed = _NUKTA.sub("", unicodedata.normalize("NFD", _INVISIBLE.sub("", text)))
    plain = unicodedata.normalize("NFC", composed).casefold()
    if say_number is not None:
        plain = _NUMBER.sub(lambda found: f" {_said(found[0], say_number)} ", plain)
    joined = _APOSTROPHE.sub("", plain)
    kept = "".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in joined)
    return " ".join(kept.split())


def _said(number: str, say_number: SayNumber) -> str:
    words = say_number(int(number.replace(",", "")))
    return _NUKTA.sub("", unicodedata.normalize("NFD", words)).casefold()


def whisper_basic(text: str) -> str:
    """What Whisper's basic normaliser makes of `text`; it breaks words at vowel signs.

    For comparison only (it keeps letters and numbers, and makes a space of every mark, symbol and
    punctuation sign; text in brackets goes).
    """
    without = re.sub(r"\([^()]*\)", "", re.sub(r"[<\[][^>\]]*[>\]]", "", text.lower()))
    composed = unicodedata.normalize("NFKC", without)
    kept = "".join(" " if unicodedata.category(char)[0] in "MSP" else char for char in composed)
    return re.sub(r"\s+", " ", kept.lower())


def wer(
    references: Iterable[str], hypotheses: Iterable[str], *, say_number: SayNumber | None = None
) -> Score:
    """Word error rate of a corpus: all edits over all reference words."""
    return _sum(
        (
            scored_text(reference, say_number=say_number).split(),
            scored_text(hypothesis, say_number=say_number).split(),
        )
        for reference, hypothesis in zip(references, hypotheses, strict=True)
    )


def cer(
    references: Iterable[str], hypotheses: Iterable[str], *, say_number: SayNumber | None = None
) -> Score:
    """Character error rate: code points, one space between words counted."""
    return _sum(
        (
            list(scored_text(reference, say_number=say_number)),
            list(scored_text(hypothesis, say_number=say_number)),
        )
        for reference, hypothesis in zip(references, hypotheses, strict=True)
    )


def mixed_script_wer(references: Iterable[str], hypotheses: Iterable[str]) -> Score:
    """WER in which a word in the other script is right if it sounds alike: meeting = मीटिंग.

    Which script a mixed-language transcript uses for which word is a convention, not an error.
    """
    return _sum(
        _mixed_words(reference, hypothesis)
        for reference, hypothesis in zip(references, hypotheses, strict=True)
    )


def _mixed_words(reference: str, hypothesis: str) -> tuple[list[str], list[str]]:
    """Both word lists; a heard word takes the reference's script where it sounds the same."""
    wanted, heard = scored_text(reference).split(), scored_text(hypothesis).split()
    exact = set(wanted)
    by_sound = {(script_of(word[0]), sound_key(word)): word for word in wanted}
    scripts = {script for script, _ in by_sound}
    spoken: list[str] = []
    for word in heard:
        others = scripts - {script_of(word[0])}
        keys = [(script, sound_key(word)) for script in others] if word not in exact else []
        spoken.append(next((by_sound[key] for key in keys if key in by_sound), word))
    return wanted, spoken


# Spellings of one sound, longest first; what English and romanised words have in common.
_SOUNDS = spelling_table(
    "tion sn sch sk igh i ow o chh C ch C sh s ph f th t dh d kh k gh g bh b jh j ck k ce s ci s "
    "cy s x ks q k c k w v z j m n"
)


def sound_key(word: str) -> str:
    """A rough key of a word's sound, the same for meeting and मीटिंग: its consonants.

    Vowels other than the first letter are left out, since scripts and spellers differ most there.
    """
    script = script_of(word[0]) if word else None
    latin = word.casefold()
    if script is not None and script in INDIC:
        latin = to_latin(word.rstrip("\u0901\u0902\u0a81\u0a82\u0c01\u0c02"), script)
    latin = re.sub("ge$", "j", latin)
    for spelling, sound in _SOUNDS.items():
        latin = latin.replace(spelling, sound)
    skeleton = re.sub("^[aeiouy]+", "a", latin)
    skeleton = skeleton[:1] + re.sub("[aeiouy]", "", skeleton[1:])
    return re.sub(r"(.)\1+", r"\1", skeleton)


def code_mixing_index(text: str, base: str) -> float:
    """CMI, 0..100 (Das and Gambäck, 2014): 100 (1 - words of the main language / words with one).

    `base` is the Indian language (hi, gu, ta, te, mr) that the text mixes with English; numbers
    and signs have no language.
    """
    words = words_of(text)
    latin = [word for word in words if word.script == "Latn"]
    is_own = own_words([score_word(word.text) for word in latin], base)
    num_english = is_own.count(False)
    num_own = is_own.count(True) + sum(word.script in INDIC for word in words)
    total = num_english + num_own
    return 100.0 * (1.0 - max(num_english, num_own) / total) if total else 0.0


def script_fidelity(hypotheses: Iterable[str], script: str) -> float:
    """Share (0..1) of the texts most of whose letters are in `script` (ISO 15924).

    Texts without letters do not count; 1.0 if there are no others.
    """
    verdicts: list[bool] = []
    for text in hypotheses:
        scripts = [found for char in text if (found := script_of(char))]
        if scripts:
            verdicts.append(2 * scripts.count(script) > len(scripts))
    return sum(verdicts) / len(verdicts) if verdicts else 1.0


def _sum(pairs: Iterable[tuple[list[str], list[str]]]) -> Score:
    num_edits = num_units = 0
    for reference, hypothesis in pairs:
        num_edits += edit_distance(reference, hypothesis)
        num_units += len(reference)
    return Score(num_edits, num_units)


def edit_distance(reference: Sequence[str], hypothesis: Sequence[str]) -> int:
    """Levenshtein distance, by bit-parallel columns (Myers 1999, in Hyyrö's form)."""
    if not reference:
        return len(hypothesis)
    where: dict[str, int] = {}
    for place, unit in enumerate(reference):
        where[unit] = where.get(unit, 0) | 1 << place
    whole = (1 << len(reference)) - 1
    last = 1 << (len(reference) - 1)
    up, down, distance = whole, 0, len(reference)  # vertical differences of +1, of -1
    for unit in hypothesis:
        match = where.get(unit, 0)
        diagonal = (((match & up) + up) ^ up) | match | down
        plus, minus = (down | ~(diagonal | up)) & whole, up & diagonal
        distance += bool(plus & last) - bool(minus & last)
        plus, minus = plus << 1 | 1, minus << 1
        up, down = (minus | ~(diagonal | plus)) & whole, plus & diagonal & whole
    return distance
