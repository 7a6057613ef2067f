"""Which quotation marks, brackets and emphasis signs are open at a point of a text."""

OPENERS, CLOSERS = frozenset("([{“‘«"), frozenset(")]}”’»")
TOGGLES = frozenset("\"*`'")  # the same sign opens and closes


class Quotes:
    """Met sign by sign; an apostrophe inside a word is none."""

    def __init__(self) -> None:
        self._num_open = 0  # brackets and curly quotes
        self._toggled: set[str] = set()

    def is_open(self) -> bool:
        """Whether anything is open that a sign after the next mark may close."""
        return self._num_open > 0 or bool(self._toggled)

    def meet(self, char: str, before: str) -> None:
        """Read a sign that is no mark; `before` is the character before it."""
        if char in OPENERS:
            self._num_open += 1
        elif char in CLOSERS:
            self._num_open = max(0, self._num_open - 1)
        elif char in TOGGLES and before != char:  # "**" is one sign
            if char in self._toggled:
                self._toggled.discard(char)
            elif char != "'" or not before.isalnum():
                self._toggled.add(char)

    def closes(self, char: str, before: str) -> bool:
        """Whether `char`, straight after a mark, closes what was opened before it."""
        return char in self._toggled or char in CLOSERS or (char == "*" == before)

    def close(self, char: str) -> None:
        """Read a sign that `closes`."""
        self._toggled.discard(char)
        if char in CLOSERS:
            self._num_open = max(0, self._num_open - 1)

    def close_all(self) -> None:
        """A line ends: what is still open was no quotation."""
        self._num_open = 0
        self._toggled.clear()
