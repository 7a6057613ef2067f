"""One request: it is heard (or read) as it comes, and answered when somebody says so.

The prompt is `<|bos|><|tag|><|user|>` sound or words `<|asha|>`; the answer is text, a tool call
(`<|name|>` value `<|,|>` value ...) or `((noise))`, and ends with `<|eot|>`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from asha.core.audio import HEARING_RATE_HZ, Float32
from asha.core.errors import BadSound, BadText
from asha.core.language import language
from asha.engine.decoder import Context, empty_context, likelihood, read_on
from asha.engine.encoder import Hearing
from asha.engine.exported import Weights
from asha.engine.pieces import Called, Ignored, Piece, Said, Transcript
from asha.engine.tokenizer import Spelling
from asha.engine.typed import AUTO, is_all_hindi, readings
from asha.speech.ctc_alphabet import written
from asha.speech.ctc_search import Search
from asha.speech.plain import plain
from asha.speech.unified import script_of

BOS, USER, ASHA, END = "<|bos|>", "<|user|>", "<|asha|>", "<|eot|>"
COMMA, NOISE = "<|,|>", "((noise))"
MAX_NEW_TOKENS = 72  # the longest answer that is trained has fewer
MAX_SOUND_S = 60.0  # 375 tokens of sound
MAX_CHARS = 1_000
NOT_UNDERSTOOD = "not_understood"  # the call that stands for a call that is none

Step = Piece | None


class Utterance:
    """What somebody says or types, and what Asha makes of it. For one thread."""

    def __init__(self, weights: Weights, tag: str = AUTO) -> None:
        """`tag` is the language to answer in; "auto" answers in the one that is heard."""
        self._weights, self._tag = weights, tag
        self._context = self._opened(tag)
        self._reads_letters = weights.facts.reads == "letters"
        self._script = script_expected(tag)
        self.typed = ""  # the words in the script that they were read in
        self._words: list[str] = []  # of what is heard, those already read
        self._words_read = self._context
        self._hearing = Hearing(weights)
        self._search = Search(weights.letters)
        self._num_samples = 0

    def push(self, samples: Float32) -> None:
        """Hear 16 kHz samples.

        Raises:
            BadSound: together they are longer than a minute.
        """
        if self._num_samples + len(samples) > MAX_SOUND_S * HEARING_RATE_HZ:
            raise too_long()
        self._num_samples += len(samples)
        heard = self._hearing.push(samples)
        self._search.push(heard.logprobs_FS)
        if self._reads_letters and len(heard.logprobs_FS):
            # The last word may still grow; the others are read while somebody speaks.
            words = written(self._search.agreed(), script=self._script).split()[:-1]
            self._words, self._words_read = words, self._with_heard(words)
        elif len(heard.embeds_KD) and not self._reads_letters:
            _, self._context = read_on(self._weights, self._context, heard.embeds_KD)

    def type(self, text: str) -> None:
        """Read typed words, whatever letters they are in.

        Raises:
            BadText: more than 1,000 characters.
        """
        if len(text) > MAX_CHARS:
            raise BadText(f"That is longer than {MAX_CHARS:,} characters; ask in fewer words.")
        read = readings(text, self._tag, self._weights.searches)
        contexts = [self._with_words(it, self._context) for it in read]
        sureness = map(self._sureness, contexts) if len(read) > 1 else [1.0]
        _, best = max((sure, -at) for at, sure in enumerate(sureness))
        self._context = self._words_read = contexts[-best]
        self._words, self.typed = [], read[-best]

    def answer(self) -> Iterator[Step]:
        """The pieces of the answer to what has come so far; more may come afterwards.

        At most one token is computed per step (None where it gave no piece), so that whoever steps
        can stop in between. Sound in which the CTC head reads no letter is not answered.
        """
        context, words = self._context, self.typed
        if self._num_samples:
            heard, context = self.heard_so_far()
            words = heard.text
            yield heard
            if not words:
                yield Ignored()
                return
        pieces = self._pieces(self.tokens(context, words))
        if self._tag == AUTO and is_all_hindi(words):
            pieces = self._in_its_script(pieces, words)
        yield from pieces

    def _in_its_script(self, pieces: Iterator[Step], words: str) -> Iterator[Step]:
        """Hindi without a word of English sounds like Hinglish: where the model answers it in Latin
        letters, it is asked again as Hindi.
        """
        begun: list[Step] = []
        for step in pieces:
            begun.append(step)
            if isinstance(step, Called) or (isinstance(step, Said) and step.text.strip()):
                break
            yield None
        if isinstance(begun[-1], Said) and script_of(begun[-1].text) == "Latn":
            context = self._with_words(words, self._opened("hi"))
            yield from self._pieces(self.tokens(context, words, "hi"))
        else:
            yield from (step for step in begun if step)
            yield from pieces

    def _opened(self, tag: str) -> Context:
        """The prompt up to the user's words."""
        weights = self._weights
        prefix = [weights.tokenizer.id_of(token) for token in (BOS, f"<|{tag}|>", USER)]
        return read_on(weights, empty_context(weights), weights.embedded(prefix))[1]

    def heard_so_far(self) -> tuple[Transcript, Context]:
        """The words and the context if the sound ends here; it may go on."""
        rest, context = self._hearing.rest(), self._context
        spelled = self._search.best_with(rest.logprobs_FS)
        heard = transcript(spelled)
        if self._reads_letters:
            heard, context = self._likelier(heard, spelled)
        elif len(rest.embeds_KD):
            _, context = read_on(self._weights, context, rest.embeds_KD)
        return heard, context

    def _likelier(self, heard: Transcript, spelled: Sequence[int]) -> tuple[Transcript, Context]:
        """A short word may be taken for a neighbour's ("ના" for "ना"): where the ears hear another
        script than the session's, the one counts in which the model is surer of its answer.
        """
        context = self._with_heard(heard.text.split())
        if self._script is None or heard.script in (self._script, "Latn", ""):
            return heard, context
        other = transcript(spelled, script=self._script)
        other_context = self._with_heard(other.text.split())
        is_surer = self._sureness(other_context) > self._sureness(context)
        return (other, other_context) if is_surer else (heard, context)

    def _sureness(self, context: Context) -> float:
        """The likelihood of the likeliest first token of an answer, 0..1."""
        asha = self._weights.embedded([self._weights.tokenizer.id_of(ASHA)])
        logits_V, _ = read_on(self._weights, context, asha)
        return likelihood(logits_V, int(logits_V.argmax()))

    def _with_heard(self, words: list[str]) -> Context:
        """All of what was heard: read on, or anew where it turned out to be something else."""
        count = len(self._words)
        if words[:count] == self._words:
            return self._with_words(" ".join(words[count:]), self._words_read)
        return self._with_words(" ".join(words), self._context)

    def _with_words(self, text: str, context: Context) -> Context:
        ids = self._weights.tokenizer.encode(plain(text))
        return read_on(self._weights, context, self._weights.embedded(ids))[1] if ids else context

    def tokens(
        self, context: Context, words: str = "", tag: str = ""
    ) -> Iterator[tuple[int, float]]:
        """The likeliest answer, token by token, each with its likelihood; without its end.

        What is asked in `words` has a say where the weights have a gist of them.
        """
        weights = self._weights
        end, index = weights.tokenizer.id_of(END), weights.tokenizer.id_of(ASHA)
        leaning = weights.leaning if words else None
        lean = leaning.of(plain(words), tag or self._tag) if leaning else None
        for _ in range(MAX_NEW_TOKENS):
            logits_V, context = read_on(weights, context, weights.embedded([index]))
            logits_V = lean.on(logits_V) if lean else logits_V
            index = int(logits_V.argmax())
            if index == end:
                return
            if lean:
                lean.take(index)
            yield index, likelihood(logits_V, index)

    def _pieces(self, tokens: Iterator[tuple[int, float]]) -> Iterator[Step]:
        tokenizer = self._weights.tokenizer
        noise, confidence = tokenizer.id_of(NOISE), 1.0
        spelling, call = Spelling(tokenizer), _CallReader(self._weights.facts.tools)
        for number, (index, likely) in enumerate(tokens):
            if not number and likely < self._weights.facts.answers_from:
                yield Called(NOT_UNDERSTOOD, {}, likely)
                return
            if index == noise:
                yield Ignored()
                return
            confidence *= likely
            is_special = tokenizer.is_special(index)
            if call.takes(tokenizer.token(index), is_special=is_special):
                yield None
            else:
                text = spelling.add(index)
                yield Said(text) if text else None
        if call.has_begun:
            yield call.result(confidence)


class _CallReader:
    """Collects the tokens of a tool call; whatever does not fit makes it a call of nothing."""

    def __init__(self, tools: Mapping[str, Any]) -> None:
        self._tools = tools
        self._tokens: list[str] = []
        self._is_text = False

    @property
    def has_begun(self) -> bool:
        return bool(self._tokens)

    def takes(self, token: str, *, is_special: bool) -> bool:
        """Whether the token belongs to a call: the answer's first token decides."""
        if not self._tokens and not is_special:
            self._is_text = True
        if self._is_text and not is_special:
            return False
        self._tokens.append(token)
        return True

    def result(self, confidence: float) -> Called:
        """The call, if it is one with all its arguments."""
        name = self._tokens[0].removeprefix("<|").removesuffix("|>")
        tool = self._tools.get(name)
        arguments = None if tool is None else _values(self._tokens[1:], tool["arguments"])
        if arguments is None or self._is_text:
            return Called(NOT_UNDERSTOOD, {}, confidence)
        return Called(name, arguments, confidence)


def _values(tokens: Sequence[str], names: Sequence[str]) -> dict[str, Any] | None:
    """Arguments by name, or None where they are not all there."""
    written = "".join(token.lstrip("▁") for token in tokens).split(COMMA)
    if not names:
        return None if tokens else {}
    if len(written) != len(names) or not all(written):
        return None
    values: dict[str, Any] = {}
    for name, word in zip(names, written, strict=True):
        if word.isdecimal() and word.isascii():
            values[name] = int(word)
        elif word.startswith("<|=") and word.endswith("|>"):
            values[name] = word[3:-2]
        else:
            return None
    return values


def script_expected(tag: str) -> str | None:
    """The script of a session whose language is known; None where the ears decide, and where Latin
    is mixed in.
    """
    script = "Latn" if tag == AUTO else language(tag).script
    return None if script == "Latn" else script


def transcript(spelled: Sequence[int], *, script: str | None = None) -> Transcript:
    """What a spelling in the CTC head's symbols says."""
    text = written(spelled, script=script)
    return Transcript(text, script_of(text) if text else "")


def too_long() -> BadSound:
    """What is told to somebody who talks for more than a minute."""
    return BadSound(f"That is longer than {MAX_SOUND_S:.0f} s; ask in fewer words.")
