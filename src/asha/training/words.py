"""How many tokens a language model needs for a word: what a reply in its language costs in time."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from asha.core.errors import BadInput
from asha.model.source import locate


@dataclass(frozen=True, slots=True)
class TokensPerWord:
    """Counted over a text; words are what spaces divide."""

    model: str
    num_words: int
    num_tokens: int

    @property
    def mean(self) -> float:
        """Tokens per word."""
        return self.num_tokens / self.num_words


def tokens_per_word(name: str, lines: Iterable[str]) -> TokensPerWord:
    """Count `lines` with the tokenizer of the model `name`, a folder or a hub id.

    Raises:
        BadInput: there are no words.
        BadCheckpoint: the model is out of reach.
    """
    from transformers import AutoTokenizer

    tokenizer: Any = AutoTokenizer.from_pretrained(locate(name))
    num_words = num_tokens = 0
    for line in lines:
        num_words += len(line.split())
        num_tokens += len(tokenizer(line, add_special_tokens=False)["input_ids"])
    if not num_words:
        raise BadInput("The text holds no words; give one sentence a line.")
    return TokensPerWord(name, num_words, num_tokens)
