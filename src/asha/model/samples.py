"""Training samples: a conversation with sound, what is to be learnt of it, and its twin in text.

What is to be learnt (`learn`):
    last_assistant  the last answer, with the tokens that open it
    after_audio     every token after the first clip
    all             everything (cross-entropy only: the twin's length differs)
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import torch
from torch import Tensor

from asha.model.batch import ALTERNATIVE, IGNORED_LABEL
from asha.model.processor import AudioProcessor
from asha.model.tokens import PLACEHOLDER

Learn = Literal["last_assistant", "after_audio", "all"]
ChatMessages = Sequence[Mapping[str, str]]  # role and content, a placeholder for each clip


def training_sample(
    processor: AudioProcessor,
    messages: ChatMessages,
    clips: Sequence[Any],
    *,
    learn: Learn = "last_assistant",
    transcripts: Sequence[str] | None = None,
) -> dict[str, Tensor]:
    """The fields of one sample with `labels`; with `transcripts` also its twin's, as `alt_`.

    The twin has each clip's transcript in place of its sound; its labels are the same tokens.

    Raises:
        ValueError: the last message is no answer, or the twin is asked for under "all".
    """
    if messages[-1]["role"] != "assistant":
        raise ValueError("A training sample ends in the assistant's answer.")
    text = processor.apply_chat_template(messages)
    fields = processor.sample(text, clips)
    num_given = _num_given(processor, messages, text, fields, learn)
    fields["labels"] = _labels(fields["input_ids"], num_given)
    if transcripts is None:
        return fields
    if learn == "all":
        raise ValueError('The text twin has other tokens before the answer; do not learn "all".')
    twin = processor.sample(_spoken(text, transcripts), ())
    longer = twin["input_ids"].shape[1] - fields["input_ids"].shape[1]
    twin["labels"] = _labels(twin["input_ids"], num_given + longer)
    return fields | {f"{ALTERNATIVE}{name}": it for name, it in twin.items()}


def _num_given(
    processor: AudioProcessor,
    messages: ChatMessages,
    text: str,
    fields: Mapping[str, Tensor],
    learn: Learn,
) -> int:
    """How many tokens at the start are not to be learnt."""
    if learn == "all":
        return 0
    if learn == "last_assistant":
        before = processor.apply_chat_template(messages[:-1])
    else:
        before = text[: text.index(PLACEHOLDER) + len(PLACEHOLDER)]
    windows = fields.get("audio_num_chunks", torch.tensor([], dtype=torch.long)).tolist()
    token_lens = torch.split(fields.get("audio_token_len", torch.tensor([])), windows)
    ids, _ = processor.ids(before, [it.tolist() for it in token_lens[: before.count(PLACEHOLDER)]])
    return len(ids)


def _labels(input_ids: Tensor, num_given: int) -> Tensor:
    labels = input_ids.clone()
    labels[:, :num_given] = IGNORED_LABEL
    return labels


def _spoken(text: str, transcripts: Sequence[str]) -> str:
    before, *after = text.split(PLACEHOLDER)
    if len(after) != len(transcripts):
        raise ValueError(f"There are {len(transcripts)} transcripts for {len(after)} clips.")
    return before + "".join(
        transcript + part for transcript, part in zip(transcripts, after, strict=True)
    )
