"""What words said into an answer mean, by the languages' own lists."""

from asha.conversation.turn_words import Judgement
from asha.core.language import language
from asha.speech.talk import kind_of
from asha.speech.words import words_of

ECHO_SHARE = 0.6  # this share of the words is in what Asha just said: it is her own voice
ECHO_WORDS = 3  # fewer words are shared by chance


def judged(
    text: str, tag: str, *, saying: str = "", was_asked: bool = False
) -> tuple[Judgement, int]:
    """The meaning of `text` for an answer in language `tag`, and its number of words.

    Words that stop or ask to wait win; then Asha's own words heard back (`saying` is what she
    says just now); then back-channels, though where Asha had asked
    (`was_asked`) a yes is an answer. Everything else is a turn.
    """
    said = words_of(text)
    if not said:
        return "unknown", 0
    kind = kind_of(text, language(tag), was_asked=was_asked)
    if kind in ("stop", "wait"):
        return "stop", len(said)
    own = set(words_of(saying))
    if len(said) >= ECHO_WORDS and sum(word in own for word in said) / len(said) >= ECHO_SHARE:
        return "echo", len(said)
    if kind == "backchannel" or (kind == "yes" and not was_asked):
        return "backchannel", len(said)
    return "words", len(said)
