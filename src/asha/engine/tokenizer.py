"""Byte-pair encoding from a tokenizer.json, in plain Python: a request has a dozen words.

Only the form that `asha train` writes: words with their space in front, every digit by itself,
bytes for what the vocabulary lacks.
"""

import json
import unicodedata
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from asha.core.errors import BadCheckpoint

SPACE = "▁"  # stands for the space before a word
INCOMPLETE = "\ufffd"
WORDS_KEPT = 4_096  # in the cache of words that were split before


class Tokenizer:
    """Text to ids and back."""

    def __init__(self, path: Path) -> None:
        """Read `path`.

        Raises:
            BadCheckpoint: it is missing, broken or of another kind.
        """
        try:
            fields = json.loads(path.read_text(encoding="utf-8"))
            model = fields["model"]
            self._ids: dict[str, int] = model["vocab"]
            merges = [tuple(pair) for pair in model["merges"]]
        except (OSError, ValueError, KeyError, TypeError) as broken:
            raise BadCheckpoint(f"{path} is no tokenizer of `asha train`.") from broken
        self._ids |= {row["content"]: row["id"] for row in fields["added_tokens"]}
        self._tokens = {index: token for token, index in self._ids.items()}
        self._special = {row["id"] for row in fields["added_tokens"]}
        self._ranks = {pair: rank for rank, pair in enumerate(merges)}
        self._split = lru_cache(WORDS_KEPT)(self._merged)

    def __len__(self) -> int:
        return len(self._tokens)

    def id_of(self, token: str) -> int:
        """The id of a token that is there; KeyError where it is not."""
        return self._ids[token]

    def token(self, index: int) -> str:
        """The token with this id."""
        return self._tokens[index]

    def is_special(self, index: int) -> bool:
        """Whether it stands for something else than letters."""
        return index in self._special

    def encode(self, text: str) -> list[int]:
        """The ids of plain text; special tokens in it are not looked for."""
        return [index for word in _words(text) for index in self._split(word)]

    def bytes_of(self, index: int) -> bytes:
        """The UTF-8 bytes that a token stands for; a letter may lack some until the next one."""
        token = self._tokens[index]
        if len(token) == 6 and token.startswith("<0x"):
            return bytes([int(token[3:5], 16)])
        return token.replace(SPACE, " ").encode()

    def _merged(self, word: str) -> tuple[int, ...]:
        parts: list[str] = []
        for char in word:
            parts += [char] if char in self._ids else [f"<0x{byte:02X}>" for byte in char.encode()]
        while len(parts) > 1:
            pairs = list(pairwise(parts))
            best = min(pairs, key=lambda pair: self._ranks.get(pair, len(self._ranks)))
            if best not in self._ranks:
                break
            at = pairs.index(best)
            parts[at : at + 2] = ["".join(best)]
        return tuple(self._ids[part] for part in parts)


class Spelling:
    """Tokens to text as they come; a letter that is still incomplete is held back."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._held = b""
        self._has_begun = False

    def add(self, index: int) -> str:
        """The text that this token completes, perhaps none; the first has no space in front."""
        self._held += self._tokenizer.bytes_of(index)
        text = self._held.decode(errors="replace")
        if text.endswith(INCOMPLETE) and len(self._held) < 4:
            return ""
        self._held = b""
        if not self._has_begun:
            text = text.lstrip()
            self._has_begun = bool(text)
        return text


def _words(text: str) -> list[str]:
    """Words with their space in front; digits alone."""
    if not text:
        return []
    spaced = text.replace(" ", SPACE)
    spaced = spaced if spaced.startswith(SPACE) else SPACE + spaced
    words: list[str] = []
    for char in spaced:
        is_number = unicodedata.category(char)[0] == "N"
        begins = not words or char == SPACE or is_number or _is_number(words[-1])
        if begins:
            words.append(char)
        else:
            words[-1] += char
    return words


def _is_number(word: str) -> bool:
    return len(word) == 1 and unicodedata.category(word)[0] == "N"
