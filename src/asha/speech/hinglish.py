"""What a voice can read decides what it is given.

Romanised words of an Indian language go to its own script for a voice that reads that script,
English words stay English; words in a script the voice cannot read are moved to one it can.
"""

from collections.abc import Iterable, Iterator, Set
from functools import cache

from asha.core.language import Language, language
from asha.speech.lexicon import ROMANISED, english_words, names, plain_spelling, romanised
from asha.speech.scripts import INDIC, Word, words_of
from asha.speech.transliterate import between_indic, to_devanagari, to_latin
from asha.speech.word_language import Scores, own_words, score_word

SCRIPT_OF = {"hi": "Deva", "mr": "Deva", "gu": "Gujr", "ta": "Taml", "te": "Telu", "en": "Latn"}
SENTENCE_ENDS = frozenset(".?!।॥\n")
SPELLED = 6  # up to so many capitals in a row are an acronym (UPI, IRCTC), never a Hindi word


def scripts_of_voice(track: Language) -> frozenset[str]:
    """What the track's eSpeak voice reads: its own script, and Latin words as English."""
    return frozenset({SCRIPT_OF.get(track.voice.split("-")[0], "Latn"), "Latn"})


def spoken_script(text: str, track: Language, *, reads: Set[str] | None = None) -> str:
    """`text`, already normalised, in the scripts (ISO 15924) that the voice `reads`.

    Without `reads`: those of the track's eSpeak voice. "meeting kal hai" becomes "meeting कल है"
    for a voice that reads Devanagari and Latin, and stays as it is for one that reads only Latin.
    """
    scripts = scripts_of_voice(track) if reads is None else reads
    base = track.tag.split("-")[0]
    own_script = SCRIPT_OF.get(base, "Latn")
    words = words_of(text)
    is_own = _own_words(words, text, base) if own_script in scripts and base in ROMANISED else {}
    pieces: list[str] = []
    done = 0
    for word in words:
        pieces.append(text[done : word.start])
        if word.script == "Latn" and is_own.get(word.start):
            pieces.append(own_spelling(word.text, base))
        else:
            pieces.append(_readable(word, scripts, own_script))
        done = word.end
    pieces.append(text[done:])
    return "".join(pieces)


def own_spelling(word: str, base: str) -> str:
    """A romanised word in the script of its language: by the lexicon, else by rules."""
    lexicon = romanised(base).own_script
    tables = _table_words() if base == "hi" else {}
    for num_same in (2, 1):
        spelling = plain_spelling(word, num_same=num_same)
        if own := lexicon.get(spelling) or tables.get(spelling):
            return own
        if name := names().get(spelling):
            return between_indic(name, "Deva", SCRIPT_OF[base])
    return between_indic(to_devanagari(plain_spelling(word)), "Deva", SCRIPT_OF[base])


@cache
def _table_words() -> dict[str, str]:
    """Words of Hinglish's tables (numbers, money, brands) in Devanagari, from Hindi's."""
    latin, own = language("hi-Latn"), language("hi")
    pairs = [
        *zip(latin.numbers.below_100, own.numbers.below_100, strict=True),
        *zip(latin.time.weekdays, own.time.weekdays, strict=True),
        *zip(latin.money.rupee, own.money.rupee, strict=True),
        *zip(latin.money.paisa, own.money.paisa, strict=True),
    ]
    words = {left: right for left, right in pairs if left not in english_words()}
    for ours, theirs in ((latin.brands, own.brands), (latin.acronym_words, own.acronym_words)):
        for key in theirs:
            words[key] = words[ours.get(key, key)] = theirs[key]
    return {left.casefold(): right for left, right in words.items() if " " not in left}


def repair_script(text: str, track: Language) -> str:
    """`text` with words in a wrong Indian script moved to the track's own.

    Recognisers write Telugu in Tamil letters, or Hindi in Gujarati ones; Latin words stay.
    """
    target = SCRIPT_OF.get(track.tag.split("-")[0], "Latn")
    if target == "Latn":
        return text
    pieces: list[str] = []
    done = 0
    for word in words_of(text):
        if word.script in INDIC and word.script != target:
            pieces += (text[done : word.start], between_indic(word.text, word.script, target))
            done = word.end
    return "".join([*pieces, text[done:]])


def _readable(word: Word, scripts: Set[str], own_script: str) -> str:
    """`word` as it is, or in a script that can be read."""
    if word.script in scripts or not scripts:
        return word.text
    if word.script in INDIC:
        for target in (own_script, *sorted(scripts)):
            if target in scripts and target in INDIC:
                return between_indic(word.text, word.script, target)
        return to_latin(word.text, word.script) if "Latn" in scripts else word.text
    if word.script == "Latn":
        for target in (own_script, *sorted(scripts)):
            if target in scripts and target in INDIC:
                return between_indic(to_devanagari(word.text), "Deva", target)
    return word.text


def _own_words(words: Iterable[Word], text: str, base: str) -> dict[int, bool]:
    """For each Latin word, by its start: whether it is of the language `base`, not English.

    Words of an Indian script between them count as words of the language.
    """
    is_own: dict[int, bool] = {}
    for sentence in _sentences(words, text):
        labels = own_words([_scored(word, base) for word in sentence], base)
        is_own |= {word.start: label for word, label in zip(sentence, labels, strict=True)}
    return is_own


def _sentences(words: Iterable[Word], text: str) -> Iterator[list[Word]]:
    sentence: list[Word] = []
    for word in words:
        if sentence and any(mark in SENTENCE_ENDS for mark in text[sentence[-1].end : word.start]):
            yield sentence
            sentence = []
        sentence.append(word)
    if sentence:
        yield sentence


def _scored(word: Word, base: str) -> Scores:
    if word.script != "Latn":
        return Scores(0.0, {base: 1.0}, is_known=True)
    text = word.text
    if len(text) == 1 or (text.isupper() and len(text) <= SPELLED):
        return Scores(3.0, {}, is_known=True)  # letters are spelled in English
    spelling = text.casefold()
    if base == "hi" and spelling in _table_words():
        return Scores(0.0, {base: 2.0}, is_known=True)
    if spelling in names():  # in the script of the language around it
        return Scores(0.5, {base: 0.6}, is_known=True)
    return score_word(text)
