"""The language of an utterance: by script, then by words, then by letters; well under 1 ms."""

import math
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from asha.core.language import Language, language
from asha.speech.devanagari import scores as devanagari_scores
from asha.speech.lexicon import ROMANISED, function_words
from asha.speech.scripts import INDIC, Word, words_of
from asha.speech.word_language import (
    MIXED_GAIN,
    Scores,
    best_path,
    own_words,
    pair_bonuses,
    score_word,
)

UNKNOWN = "und"
TAG_OF_SCRIPT = {"Gujr": "gu", "Taml": "ta", "Telu": "te"}
MAX_WORDS = 200  # the beginning of a long text tells its language
NATIVE_SHARE = 0.25  # of the words: from here on the Indian script decides, English words inside
MIXED_SHARE = 0.12  # "please send me the report, yaar" stays English
HISTORY_BONUS = 0.6
MAX_CONFIDENCE = 0.99
MAX_ASKED_CHARS = 500  # a request is short
_SIGNS = str.maketrans(dict.fromkeys('.,;:!?।॥…"“”‘()[]-–—', " "))


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text in one language (characters `start` to `end`)."""

    start: int
    end: int
    language: str


@dataclass(frozen=True, slots=True)
class Identified:
    """What language a text is in: BCP 47 tag, ISO 15924 script, confidence in 0..1, its parts.

    Tags: the seven tracks, gu-Latn, ta-Latn, te-Latn, mr-Latn, ne, or und.
    """

    language: str
    script: str
    confidence: float
    spans: tuple[Span, ...]


def identify(text: str, *, history: Sequence[str] = ()) -> Identified:
    """The language of `text`; `history` (tags of earlier utterances, latest last) breaks ties."""
    words = words_of(text, limit=MAX_WORDS)
    neutral = function_words(UNKNOWN)  # "ok" tells nothing alone
    telling = [word for word in words if word.text.casefold() not in neutral]
    last = history[-1] if history else None
    if not telling:
        script = words[0].script if words else "Zyyy"
        return Identified(last or UNKNOWN, script, 0.2 if last else 0.0, ())
    native = [word for word in telling if word.script in INDIC]
    if len(native) >= NATIVE_SHARE * len(telling):
        return _native(telling, native, last)
    latin = [word for word in telling if word.script == "Latn"]
    if not latin:
        return Identified(UNKNOWN, telling[0].script, 0.0, ())
    return _latin(latin, last)


def _native(words: list[Word], native: list[Word], last: str | None) -> Identified:
    """Text in an Indian script, perhaps with English words inside."""
    counts = Counter(word.script for word in native)
    script, number = counts.most_common(1)[0]
    share = number / len(words)
    if script == "Deva":
        sums = devanagari_scores(word.text for word in native if word.script == script)
        if last in sums:
            sums[last] += HISTORY_BONUS
        sums["hi"] += 0.1  # nothing to tell: most Devanagari is Hindi
        tag = max(sums, key=lambda key: sums[key])
        confidence = _confidence(list(sums.values()))
    else:
        tag = TAG_OF_SCRIPT.get(script, UNKNOWN)
        confidence = MAX_CONFIDENCE if tag != UNKNOWN else 0.0
    labels = [
        tag if word.script == script else "en-IN" if word.script == "Latn" else _own_tag(word)
        for word in words
    ]
    return Identified(tag, script, confidence * min(1.0, 0.5 + share / 2), _spans(words, labels))


def _own_tag(word: Word) -> str:
    return "hi" if word.script == "Deva" else TAG_OF_SCRIPT.get(word.script, UNKNOWN)


def _latin(words: list[Word], last: str | None) -> Identified:
    """Text in Latin letters: English, a romanised language, or both mixed."""
    scored = [score_word(word.text, is_inside=number > 0) for number, word in enumerate(words)]
    english = sum(word.english for word in scored)
    if len(words) <= 2 and not any(word.is_known for word in scored):
        return _unknown_words(words, scored, last)
    paths = {tag: best_path(scored, tag) for tag in ROMANISED}
    gains = {tag: path.score - english for tag, path in paths.items()}
    for tag, bonus in pair_bonuses(words).items():
        gains[tag] += bonus
    if last and (tag := _base(last)) in gains:
        gains[tag] += HISTORY_BONUS
    best = max(gains, key=lambda tag: gains[tag])
    others = [gain for tag, gain in gains.items() if tag != best]
    share = sum(paths[best].is_own) / len(words)
    if gains[best] >= MIXED_GAIN and share >= MIXED_SHARE:
        confidence = _confidence([gains[best], 0.0, *others])
        tag = f"{best}-Latn"
        labels = [tag if is_own else "en-IN" for is_own in own_words(scored, best)]
        return Identified(tag, "Latn", confidence, _spans(words, labels))
    labels = ["en-IN"] * len(words)
    return Identified(
        "en-IN", "Latn", _confidence([MIXED_GAIN, gains[best]]), _spans(words, labels)
    )


def _unknown_words(words: list[Word], scored: list[Scores], last: str | None) -> Identified:
    """A name or a typo: nothing to tell, unless its letters tell much."""
    sums = {tag: sum(word.own[tag] for word in scored) for tag in ROMANISED}
    best = max(sums, key=lambda tag: sums[tag])
    if last:
        return Identified(last, "Latn", 0.3, ())
    if sums[best] > 1.3 * len(words):
        return Identified(f"{best}-Latn", "Latn", 0.4, ())
    return Identified(UNKNOWN, "Latn", 0.1, ())


def _base(tag: str) -> str:
    return tag.split("-")[0]


def _confidence(scores: list[float]) -> float:
    """How far the highest of `scores` stands above the others (softmax)."""
    best = max(scores)
    return min(MAX_CONFIDENCE, 1.0 / sum(math.exp(score - best) for score in scores))


def _spans(words: list[Word], labels: list[str]) -> tuple[Span, ...]:
    spans: list[Span] = []
    for word, label in zip(words, labels, strict=True):
        if spans and spans[-1].language == label:
            spans[-1] = Span(spans[-1].start, word.end, label)
        else:
            spans.append(Span(word.start, word.end, label))
    return tuple(spans)


def asked_language(text: str, track: Language) -> str | None:
    """The track a user asks the reply to be in ("reply in Tamil please"), in any of the ways
    listed in the language files of this track, English and Hindi; None where nobody asks.
    """
    spoken = _spaced(text[:MAX_ASKED_CHARS])
    for tag in dict.fromkeys((track.tag, "en-IN", "hi-Latn", "hi")):
        talk = track.talk if tag == track.tag else language(tag).talk
        requests = [f" {_spaced(pattern).strip()} " for pattern in talk.reply_in]
        names = {
            _spaced(name).strip(): asked
            for asked, names in talk.language_names.items()
            for name in names
        }
        for name in sorted(names, key=len, reverse=True):
            start = spoken.find(f" {name}")
            if start >= 0:
                masked = f"{spoken[: start + 1]}{{language}}{spoken[start + 1 + len(name) :]}"
                if any(_requests(masked, request) for request in requests):
                    return names[name]
    return None


def _requests(spoken: str, request: str) -> bool:
    """Whether `request` stands in `spoken` and nobody denies it or tells it of themselves."""
    start = spoken.find(request)
    if start < 0:
        return False
    before = set(spoken[:start].split()[-1:])
    after = set(spoken[start + len(request) :].split()[:1])
    return not (
        before & function_words("no-request-after") or after & function_words("no-request-before")
    )


def _spaced(text: str) -> str:
    """Lower case, NFC, signs as spaces, one space at both ends."""
    folded = unicodedata.normalize("NFC", text).casefold().translate(_SIGNS)
    return f" {' '.join(folded.split())} "


class LanguageTracker:
    """The language of a conversation, without flapping.

    It changes at once when an utterance is sure (SURE and at least MIN_WORDS words), and after
    two doubtful ones that agree; "ok" and names never change it.
    """

    SURE = 0.9
    MIN_WORDS = 3

    def __init__(self, language: str | None = None) -> None:
        self.language = language
        self._doubtful: str | None = None

    def hear(self, text: str) -> Identified:
        """Read an utterance; `language` is up to date afterwards."""
        history = (self.language,) if self.language else ()
        found = identify(text, history=history)
        if found.confidence < 0.5 or found.language in (UNKNOWN, self.language):
            if found.language == self.language:
                self._doubtful = None
            return found
        num_words = len(words_of(text))
        is_sure = found.confidence >= self.SURE and num_words >= self.MIN_WORDS
        if self.language is None or is_sure or self._doubtful == found.language:
            self.language, self._doubtful = found.language, None
        else:
            self._doubtful = found.language
        return found
