"""Word by word: which words of a Latin text are English, which are Hindi, Tamil ...

Each word has a score for English and for each romanised language; the best path through the
sentence, where a change of language costs, settles words that are both ("main", "the", "to").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from asha.speech.lexicon import (
    ROMANISED,
    ambiguous_words,
    english_words,
    function_words,
    is_known,
    names,
    plain_spelling,
    romanised,
)
from asha.speech.scripts import Word
from asha.speech.spelling import ENGLISH, likeness

# In units of "one clear content word"; set by hand on sentences of our own.
CONTENT, FUNCTION = 2.0, 2.6
BOTH_ENGLISH, BOTH_OWN = 1.2, 0.9  # a word of both: English unless its neighbours say otherwise
UNKNOWN = 1.4  # an unknown word counts less than any known one
NAME = 0.5  # a name says nothing: it goes with its neighbours
CHANGE_COST = 0.8
MIXED_GAIN = 1.0  # what Indian words must add over plain English for a sentence to be theirs
LEANING = 1.4  # in such a sentence a word of both that is its function word is its own ("main")


@dataclass(frozen=True, slots=True)
class Scores:
    """What one word says for each language."""

    english: float
    own: dict[str, float]  # of each romanised language
    is_known: bool  # in some list, not guessed from its letters
    leans: tuple[str, ...] = ()  # an English word that is a function word of these languages


@dataclass(frozen=True, slots=True)
class Path:
    """The best labelling of a sentence as one language mixed with English."""

    score: float
    is_own: tuple[bool, ...]  # for each word: of the language, not English


def score_word(word: str, *, is_inside: bool = False) -> Scores:
    """The scores of one Latin word, in any case, drawn out or not.

    `is_inside`: not the first of its text, so that a capital letter makes an unknown word a name.
    """
    spelling = plain_spelling(word)
    if not is_known(spelling) and is_known(shorter := plain_spelling(word, num_same=1)):
        spelling = shorter
    own: dict[str, float] = {}
    is_both = spelling in ambiguous_words()
    for tag in ROMANISED:
        lexicon = romanised(tag)
        if spelling in lexicon.own_script:
            is_function = spelling in lexicon.function_words
            own[tag] = BOTH_OWN if is_both else FUNCTION if is_function else CONTENT
    is_function = spelling in function_words("en-IN")
    is_english = is_both or is_function or spelling in english_words()
    if own or is_english:
        english = 0.0
        if is_both or (is_english and own):
            english = BOTH_ENGLISH + (0.3 if is_function else 0.0)
            leans = tuple(tag for tag in own if spelling in romanised(tag).function_words)
            return Scores(english, dict.fromkeys(own, BOTH_OWN), is_known=True, leans=leans)
        if is_english:
            english = FUNCTION if is_function else CONTENT
        return Scores(english, own, is_known=True)
    if spelling in names() or (is_inside and word[0].isupper()):
        return Scores(NAME, dict.fromkeys(ROMANISED, NAME), is_known=True)
    guess = likeness(spelling)
    return Scores(
        UNKNOWN * guess[ENGLISH], {tag: UNKNOWN * guess[tag] for tag in ROMANISED}, is_known=False
    )


def pair_bonuses(words: Sequence[Word]) -> dict[str, float]:
    """What two words in a row say that neither says alone (Gujarati "karo ne")."""
    bonuses: dict[str, float] = {}
    for left, right in pairwise(words):
        pair = f"{left.text} {right.text}".casefold()
        for tag in ROMANISED:
            if pair in romanised(tag).own_script:
                bonuses[tag] = bonuses.get(tag, 0.0) + CONTENT
    return bonuses


def best_path(words: Sequence[Scores], tag: str) -> Path:
    """The labelling of `words` as `tag` and English with the highest score (Viterbi)."""
    english, own = 0.0, 0.0
    back: list[tuple[bool, bool]] = []  # for each word: whether the best way there was own
    for word in words:
        from_own = (own - CHANGE_COST > english, own >= english - CHANGE_COST)
        english, own = (
            max(english, own - CHANGE_COST) + word.english,
            max(own, english - CHANGE_COST) + word.own.get(tag, 0.0),
        )
        back.append(from_own)
    is_own = own > english
    labels: list[bool] = []
    for from_own in reversed(back):
        labels.append(is_own)
        is_own = from_own[is_own]
    return Path(max(english, own), tuple(reversed(labels)))


def own_words(words: Sequence[Scores], tag: str) -> tuple[bool, ...]:
    """For each word of one sentence: whether it is of the language `tag`, not English.

    Once the sentence is of that language, its function words are read as such although they look
    English: "main office ja raha hoon" begins with "I".
    """
    path = best_path(words, tag)
    if path.score - sum(word.english for word in words) < MIXED_GAIN:
        return path.is_own
    leaning = [
        Scores(
            word.english,
            {tag: word.own.get(tag, 0.0) + LEANING * (tag in word.leans)},
            is_known=True,
        )
        for word in words
    ]
    return best_path(leaning, tag).is_own
