"""A regular expression that is compiled at its first use, so that importing costs nothing."""

import re
from collections.abc import Callable, Iterator

Match = re.Match[str]


class Expression:
    """As re.compile(pattern, flags); after the first use its methods are those of the result."""

    match: Callable[..., Match | None]
    search: Callable[..., Match | None]
    sub: Callable[..., str]
    split: Callable[..., list[str]]
    findall: Callable[..., list[str]]
    finditer: Callable[..., Iterator[Match]]

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.pattern = pattern
        self.flags = flags

    def __getattr__(self, name: str) -> object:
        compiled = re.compile(self.pattern, self.flags)
        self.match, self.search, self.sub = compiled.match, compiled.search, compiled.sub
        self.split, self.findall = compiled.split, compiled.findall
        self.finditer = compiled.finditer
        return getattr(compiled, name)
