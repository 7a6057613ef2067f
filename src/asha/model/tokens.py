"""The tokenizer of a checkpoint, and the ids that end a reply."""

from pathlib import Path
from typing import Any

from asha.core.errors import BadCheckpoint
from asha.model import bases
from asha.model.config import AudioLLMConfig

PLACEHOLDER = "<|audio|>"  # stands for a clip in a text
END_OF_TURN = "<|eot_id|>"  # ends a reply besides EOS, where the vocabulary has it
INCOMPLETE = "\ufffd"  # what a tokenizer writes for half a letter


def tokenizer_of(config: AudioLLMConfig, folder: Path) -> Any:
    """The checkpoint's tokenizer, else its language model's with the placeholder added.

    Raises:
        BadCheckpoint: there is none, or it has no EOS token.
    """
    if any((folder / name).is_file() for name in ("tokenizer.json", "tokenizer_config.json")):
        tokenizer = _read(folder)
    elif config.text_model_id is not None:
        tokenizer = _read(bases.base_folder(config, config.text_model_id))
        if PLACEHOLDER not in tokenizer.get_vocab():
            tokenizer.add_tokens([PLACEHOLDER], special_tokens=True)
    else:
        raise BadCheckpoint(f"{folder} has no tokenizer; copy its language model's there.")
    if tokenizer.eos_token is None:
        raise BadCheckpoint(f"The tokenizer in {folder} has no EOS token; name one in its config.")
    return tokenizer


def _read(folder: Path) -> Any:
    from transformers import AutoTokenizer

    try:
        with bases.quiet_transformers():
            return AutoTokenizer.from_pretrained(folder)
    except Exception as broken:  # tokenizers raises nothing more special than this
        raise BadCheckpoint(
            f"The tokenizer in {folder} cannot be read; fetch its files again."
        ) from broken


def stop_ids(tokenizer: Any, generation_config: Any) -> frozenset[int]:
    """The ids after which a reply is over."""
    ends = generation_config.eos_token_id
    ids = {tokenizer.eos_token_id} | set(ends if isinstance(ends, list) else [ends])
    ids.add(tokenizer.get_added_vocab().get(END_OF_TURN))
    return frozenset(ids - {None})


def spelled(tokenizer: Any, ids: list[int]) -> str:
    """The text of `ids` without half a letter at its end, as `Spelling` gives it in pieces."""
    text: str = tokenizer.decode(ids, skip_special_tokens=True)
    return text.rstrip(INCOMPLETE)


class Spelling:
    """Tokens to text as they come. A letter that is still incomplete (UTF-8) is held back."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._ids: list[int] = []
        self._first = 0  # of the tokens that the next piece is read together with
        self._said = 0  # tokens whose text has been given out

    def add(self, token: int) -> str:
        """The text that `token` completes, perhaps none."""
        self._ids.append(token)
        piece = self._unsaid()
        if piece.endswith(INCOMPLETE):
            return ""
        # One step of context is enough for what depends on the token before (a leading space).
        self._first, self._said = self._said, len(self._ids)
        return piece

    def rest(self) -> str:
        """What was held back, at the end of a reply."""
        return self._unsaid().rstrip(INCOMPLETE)

    def _unsaid(self) -> str:
        given = self._decoded(self._ids[self._first : self._said])
        return self._decoded(self._ids[self._first :])[len(given) :]

    def _decoded(self, ids: list[int]) -> str:
        text: str = self._tokenizer.decode(ids, skip_special_tokens=True)
        return text
