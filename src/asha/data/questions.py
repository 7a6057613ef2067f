"""What the language model is asked in training: requests in every writing, with every reply tag."""

from dataclasses import dataclass
from random import Random

from asha.data.intents import scope
from asha.data.loans import READ_IN_SCRIPT
from asha.data.mishearing import misheard
from asha.data.sentences import Sentence, Writing, any_numbers, any_sentence, target_of
from asha.data.shards import NOISE_SAYS, Utterance

AUTO = "auto"
# Rows in Latin letters: few, where the engine reads them in the track's script.
ROMANISED_SHARES = {"hi": 0.3, "hi-Latn": 0.3} | dict.fromkeys(READ_IN_SCRIPT, 0.04)
OWN_REPLY, AUTO_REPLY = 0.55, 0.3  # else another language: the session's wins over the speaker's
EMPTY_SHARE = 0.005
DIGITS_SHARE = 0.1
NUMBERS_READ, NUMBERS_HEARD = 0.01, 0.05  # bare numbers: ears need each of them alone


@dataclass(frozen=True, slots=True)
class Roughness:
    """How often a request is told worse than it was meant, in 0..1.

    Of words those `misheard` as untaught ears do; where no word is a value those `thinned` by a
    word or with two in another order; those `mistyped` by a letter or two; those in `scraps`,
    pieces as short as what one projected token of sound holds.
    """

    misheard: float = 0.35
    thinned: float = 0.25
    mistyped: float = 0.15
    scraps: float = 0.35


@dataclass(frozen=True, slots=True)
class Question:
    """A typed request, the session's reply language, and the answer."""

    tag: str
    text: str
    reply: str
    target: str
    intent: str = ""


def any_question(tags: tuple[str, ...], roughness: Roughness, chance: Random) -> Question:
    """A typed request of any track."""
    if chance.random() < EMPTY_SHARE:
        return Question("", "", chance.choice((AUTO, *tags)), NOISE_SAYS)
    tag = chance.choice(tags)
    writing = _any_writing(tag, chance)
    if chance.random() < NUMBERS_READ:
        writing, sentence = "words", any_numbers(tag, chance)
    else:
        sentence = any_sentence(tag, chance, writing=writing)
    reply, target = _answer(sentence, writing, tags, chance)
    text = sentence.text
    if writing == "words" and chance.random() < roughness.misheard:
        text = misheard(sentence.spoken, chance)
    elif not sentence.slots and chance.random() < roughness.thinned:
        text = _thinned(text, chance)
    if chance.random() < roughness.mistyped:
        text = _mistyped(text, chance)
    return Question(tag, text, reply, target, sentence.intent)


def any_utterance(tags: tuple[str, ...], noise_share: float, chance: Random) -> Utterance:
    """A spoken request of any track, or a sound without words; a tag named twice comes twice as
    often.
    """
    if chance.random() < noise_share:
        tag = chance.choice(tags)
        return Utterance(tag, "", "", reply=chance.choice((AUTO, tag)), target=NOISE_SAYS)
    tag = chance.choice(tags)
    is_count = chance.random() < NUMBERS_HEARD
    sentence = any_numbers(tag, chance) if is_count else any_sentence(tag, chance)
    reply, target = _answer(sentence, "words", tags, chance)
    return Utterance(tag, sentence.spoken, sentence.text, reply, target)


def _answer(
    sentence: Sentence, writing: Writing, tags: tuple[str, ...], chance: Random
) -> tuple[str, str]:
    """The reply tag and the answer in that language."""
    drawn = chance.random()
    if drawn < OWN_REPLY:
        reply = sentence.tag
    elif drawn < OWN_REPLY + AUTO_REPLY:
        reply = AUTO
    else:
        reply = chance.choice(tags)
    # Hindi in Latin letters is Hinglish as far as anybody can see.
    is_hinglish = sentence.tag == "hi" and writing == "romanised" and "hi-Latn" in tags
    heard = "hi-Latn" if is_hinglish else sentence.tag
    told_in = heard if reply == AUTO else reply
    intent = scope().intents[sentence.intent]
    return reply, target_of(intent, sentence.slots, told_in, chance)


def _any_writing(tag: str, chance: Random) -> Writing:
    drawn = chance.random()
    if drawn < DIGITS_SHARE:
        return "digits"
    is_romanised = drawn < DIGITS_SHARE + ROMANISED_SHARES.get(tag, 0.0)
    return "romanised" if is_romanised else "words"


def _thinned(text: str, chance: Random) -> str:
    """One word lost or two neighbours swapped; short requests stay."""
    words = text.split()
    if len(words) < 3:
        return text
    at = chance.randrange(len(words) - 1)
    if chance.random() < 0.6:
        del words[chance.randrange(len(words))]
    else:
        words[at], words[at + 1] = words[at + 1], words[at]
    return " ".join(words)


def _mistyped(text: str, chance: Random) -> str:
    """One or two letters lost, doubled or swapped."""
    for _ in range(chance.randint(1, 2)):
        if len(text) < 4:
            return text
        at = chance.randrange(len(text) - 1)
        kind = chance.randrange(3)
        if kind == 0:
            text = text[:at] + text[at + 1 :]
        elif kind == 1:
            text = text[:at] + text[at] + text[at:]
        else:
            text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text
