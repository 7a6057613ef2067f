"""A reply's tokens cut into phrases that can be spoken, as early as can be known.

Decisions are made character by character from what has been read, so the phrases of a text do not
depend on how it was cut into tokens. A danda ends a phrase at once, and so does the comma of
"Yes, ..."; "." and other "," wait for one more character only where it could matter (3.5, Rs.,
1,25,000); nothing waits for more than a word.
"""

import unicodedata
from collections.abc import AsyncIterator

from asha.core.language import Language
from asha.speech.conjunctions import Conjunctions
from asha.speech.dots import Dot, dot_rules, is_address
from asha.speech.quotes import Quotes

FIRST_CHARS = 12  # the first phrase may end at a clause from here on: sound starts early
LONG_CHARS = 80  # about six seconds of speech: later phrases this long end at a clause
TOO_LONG_CHARS = 1_000  # without any mark: end at the next space (vendors take 2,500 and more)
LIMIT_CHARS = 2_000  # without a space either: end anywhere, so that memory stays bounded
AT_ONCE = frozenset("।॥")


class PhraseSplitter:
    """Push tokens, take phrases. One splitter per reply.

    Nothing is dropped. A phrase without a letter or digit comes only at the end of the text.
    """

    def __init__(self, language: Language) -> None:
        self._ends = frozenset(language.sentence_ends)
        self._clauses = frozenset(language.clause_marks)
        self._conjunctions = Conjunctions(language)
        self._months = frozenset(word.casefold() for word in language.time.months_written)
        self._openers = frozenset(map(str.casefold, language.openers))
        self._dots = dot_rules(language)
        self._text = ""  # what has not been given out
        self._left = " "  # the character before it
        self._at = 0  # next character to look at
        self._start = 0  # where the current phrase begins
        self._least_chars = FIRST_CHARS  # a phrase so long may end at a clause
        self._has_words = False
        self._word = -1  # where the current word begins, or -1 between words
        self._quotes = Quotes()
        self._after_initial = False
        self._marker = 0  # the last number of a list in this phrase (1. 2. 3.)
        self._waiting: Dot | None = None  # a dot that waits for the next word
        self._mark = -1  # where a run of sentence ends begins that may go on, or -1
        self._clause = -1  # where a clause mark stands that waits for the next character, or -1
        self._cut_at = 0  # where the waiting mark would cut

    def push(self, token: str) -> list[str]:
        """Read a token; the phrases it completes, most often none."""
        return _stripped(self.push_exact(token))

    def finish(self) -> list[str]:
        """The text is complete: the phrases that were waiting for more."""
        return _stripped(self.finish_exact())

    def push_exact(self, token: str) -> list[str]:
        """As `push`, with the spaces around the phrases: joined they are the text."""
        done: list[str] = []
        self._text += token
        text, num_chars = self._text, len(self._text)
        while self._at < num_chars:
            self._read(text[self._at], done)
            self._at += 1
        if self._start:
            self._forget(self._start)
        return done

    def finish_exact(self) -> list[str]:
        """As `finish`, with the spaces around the phrases."""
        done: list[str] = []
        length = len(self._text)
        self._text += " "
        self._read(" ", done)
        if self._waiting is Dot.JOINS_BEFORE_INITIAL:
            self._cut(self._cut_at, done)
        if rest := self._text[self._start : length]:
            done.append(rest)
        self._text, self._at, self._start = "", 0, 0
        return done

    def _forget(self, num_chars: int) -> None:
        self._left, self._text = self._text[num_chars - 1], self._text[num_chars:]
        self._at -= num_chars
        self._start -= num_chars
        self._cut_at -= num_chars
        self._word = max(self._word - num_chars, -1)
        self._mark = max(self._mark - num_chars, -1)
        self._clause = max(self._clause - num_chars, -1)
        self._conjunctions.move(num_chars)

    def _read(self, char: str, done: list[str]) -> None:
        """One character: settle what waited for it, then see what it is itself."""
        if self._at - self._start >= LIMIT_CHARS:
            self._cut_anywhere(char, done)
        if self._waiting is not None:
            self._settle_dot(char, done)
        if self._mark >= 0 and self._settle_mark(char, done):
            return
        if self._clause >= 0:
            self._settle_clause(char, done)
        if char.isalnum():
            if self._word < 0:
                self._word = self._at
            self._has_words = True
        elif char.isspace():
            self._end_word(done)
            self._end_line(char, done)
        elif char in self._ends:
            self._meet_end(char, done)
        elif char in self._clauses:
            self._meet_clause(char, done)
        else:
            self._quotes.meet(char, self._before())

    def _meet_end(self, char: str, done: list[str]) -> None:
        if self._waiting is not None:  # initials in a row: the word before this mark decides
            self._settle_initial(done)
        if char in AT_ONCE and self._has_words and not self._quotes.is_open():
            self._cut(self._at + 1, done)
            return
        self._mark, self._cut_at = self._at, self._at + 1

    def _settle_mark(self, char: str, done: list[str]) -> bool:
        """What follows a run of sentence ends; True where `char` belongs to the run."""
        if char in self._ends or self._quotes.closes(char, self._before()):
            self._cut_at = self._at + 1
            if char not in self._ends:
                self._quotes.close(char)
            return True
        run = self._text[self._mark : self._cut_at]
        is_dot = run[0] == "." and not any(mark in self._ends for mark in run[1:])
        if char.isspace():
            if is_dot:
                self._settle_space(done)
            elif self._has_words:
                self._cut(self._cut_at, done)
        elif not is_dot and self._has_words and not (char.isalnum() and self._is_address()):
            self._cut(self._cut_at, done)
        self._mark = -1
        return False

    def _settle_space(self, done: list[str]) -> None:
        """A single dot and a space."""
        if self._word < 0 or self._word >= self._mark:
            kind = Dot.ENDS
        else:
            word = self._text[self._word : self._mark]
            kind = self._dots.dot_after(
                word, is_after_initial=self._after_initial, is_marker=self._is_marker(word)
            )
            self._after_initial = kind is not Dot.ENDS and self._dots.is_initial(word)
        if kind is Dot.ENDS:
            if self._has_words:
                self._cut(self._cut_at, done)
        elif kind is not Dot.JOINS:
            self._waiting = kind

    def _is_marker(self, word: str) -> bool:
        """Whether a number with a dot counts steps: first in its phrase, or the next in a row."""
        number = int(word) if word.isdecimal() and len(word) <= 2 else 0
        before = self._text[self._start : self._word]
        if len(before) < 8 and not any(char.isalnum() for char in before):
            self._marker = number
            return True
        is_next = self._marker > 0 and number == self._marker + 1
        self._marker += is_next
        return is_next

    def _settle_dot(self, char: str, done: list[str]) -> None:
        """A dot that needs the next word: here is a character of it, or its end."""
        if self._waiting is Dot.JOINS_BEFORE_INITIAL:
            if self._word >= 0 and (char.isspace() or char in self._clauses):
                self._cut(self._cut_at, done)
        elif not char.isspace():
            needs_digit = self._waiting is Dot.JOINS_BEFORE_DIGIT
            self._waiting = None
            if not char.isdecimal() if needs_digit else char.isupper():
                self._cut(self._cut_at, done)

    def _settle_initial(self, done: list[str]) -> None:
        word = self._text[self._word : self._at] if self._word >= 0 else ""
        was, self._waiting = self._waiting, None
        if was is Dot.JOINS_BEFORE_INITIAL and not self._dots.is_initial(word):
            self._cut(self._cut_at, done)

    def _end_line(self, char: str, done: list[str]) -> None:
        length = self._at - self._start
        is_marker = length <= 4 and self._text[self._start : self._at].strip(" .)").isdecimal()
        if self._has_words and ((char == "\n" and not is_marker) or length > TOO_LONG_CHARS):
            self._cut(self._at, done)
        if char == "\n":
            self._quotes.close_all()

    def _cut_anywhere(self, char: str, done: list[str]) -> None:
        is_mark = unicodedata.category(char)[0] == "M"
        if not is_mark or self._at - self._start >= 2 * LIMIT_CHARS:
            self._cut(self._at, done)

    def _may_end_clause(self, at: int) -> bool:
        return len(self._text[self._start : at].strip()) >= self._least_chars

    def _meet_clause(self, char: str, done: list[str]) -> None:
        if self._word >= 0:
            self._meet_conjunction(done)
        if char == "," and self._is_opener():
            self._cut(self._at + 1, done)  # what follows is cut where it would have been
            self._least_chars = FIRST_CHARS - len(done[-1].lstrip()) - 1
        elif self._has_words and self._may_end_clause(self._at + 1):
            is_certain = char in ",—" and not (self._before().isdecimal() or self._quotes.is_open())
            if is_certain and not self._is_address() and not self._is_month():
                self._cut(self._at + 1, done)
            else:
                self._clause, self._cut_at = self._at, self._at + 1
        self._conjunctions.clear()

    def _settle_clause(self, char: str, done: list[str]) -> None:
        """What follows a clause mark that may be part of a number, an address or a date."""
        if self._quotes.closes(char, self._before()):
            self._cut_at = self._at + 1
            return
        if char.isspace():
            before = self._text[self._clause - 1]
            if (before.isdecimal() or self._is_month()) and self._text[self._clause] == ",":
                return  # "15 August, 2026": the next word tells
            self._clause = -1
            self._cut(self._cut_at, done)
            return
        mark, was_spaced = self._text[self._clause], self._at > self._cut_at
        self._clause = -1
        if was_spaced:
            ends = not char.isdecimal()
        elif char.isalpha():
            ends = mark in ",—" and not self._is_address()
        else:
            ends = mark in ",—–" and not char.isdecimal() and char != "/"
        if ends:
            self._cut(self._cut_at, done)

    def _is_opener(self) -> bool:
        """Whether all of the reply so far are words that are said alone: "Yes", "Of course"."""
        is_first = self._least_chars == FIRST_CHARS and self._at - self._start <= FIRST_CHARS
        return is_first and self._text[self._start : self._at].strip().casefold() in self._openers

    def _is_month(self) -> bool:
        """Whether the word before a clause mark is a month."""
        end = self._clause if self._clause >= 0 else self._at
        words = self._text[max(self._start, end - 20) : end].split()
        return bool(words) and words[-1].casefold() in self._months

    def _end_word(self, done: list[str]) -> None:
        if self._word < 0:
            return
        is_abbreviated = self._text[self._at - 1] == "."
        self._meet_conjunction(done)
        self._after_initial = self._after_initial and is_abbreviated
        self._word = -1

    def _meet_conjunction(self, done: list[str]) -> None:
        word = self._text[self._word : self._at]
        start = self._conjunctions.meet(self._word, word)
        if start is None or start <= self._start or not self._text[start - 1].isspace():
            return
        if self._may_end_clause(start):
            self._cut(start, done)

    def _before(self) -> str:
        return self._text[self._at - 1] if self._at else self._left

    def _is_address(self) -> bool:
        return self._word >= 0 and is_address(self._text[self._word : self._at])

    def _cut(self, at: int, done: list[str]) -> None:
        """Give out the phrase that ends before `at`."""
        done.append(self._text[self._start : at])
        self._least_chars = LONG_CHARS + 1 if self._has_words else self._least_chars
        self._start = at
        self._has_words = any(char.isalnum() for char in self._text[at : self._at])
        if self._word < at:
            self._word = -1
        self._conjunctions.cut(at)
        self._waiting, self._mark, self._clause = None, -1, -1
        self._after_initial, self._marker = False, 0


def _stripped(pieces: list[str]) -> list[str]:
    return [phrase for piece in pieces if (phrase := piece.strip())]


async def exact_phrases(tokens: AsyncIterator[str], language: Language) -> AsyncIterator[str]:
    """The phrases of a reply while its tokens arrive, with the spaces between them."""
    splitter = PhraseSplitter(language)
    async for token in tokens:
        for piece in splitter.push_exact(token):
            yield piece
    for piece in splitter.finish_exact():
        yield piece
