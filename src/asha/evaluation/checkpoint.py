"""A local Ultravox-format checkpoint behind the port `LanguageModel`, and batches of prompts.

One conversation at a time keeps its cache (asha.model.chat); a batch gives to every prompt what it
would give alone. Needs the extra `lab`.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

from asha.core.message import Message, Sound, Text, ToolCall
from asha.core.ports import ReplyOptions, Usage
from asha.model.chat import Chat, Sampling
from asha.model.model import AudioLLM
from asha.model.processor import AudioProcessor, as_wave
from asha.model.tokens import PLACEHOLDER, spelled, stop_ids


class CheckpointModel:
    """Answers messages that may hold sound; several callers wait for one another."""

    hears = True

    def __init__(self, model: AudioLLM, processor: AudioProcessor, *, name: str) -> None:
        self.name = name
        self.model, self.processor = model, processor
        self._chat = Chat(model, processor)
        self._turn = asyncio.Lock()

    @classmethod
    def load(
        cls, name: str, *, device: str | None = None, dtype: str | None = None
    ) -> "CheckpointModel":
        """From a folder or the hub; adapters are folded in.

        Raises:
            BadCheckpoint: there is none, or it is not whole.
        """
        model = AudioLLM.from_pretrained(name, device=device, dtype=dtype)
        made = cls(
            model.merge_and_unload(), AudioProcessor.from_pretrained(name), name=Path(name).name
        )
        return made

    async def reply(
        self, messages: Sequence[Message], options: ReplyOptions
    ) -> AsyncIterator[str | ToolCall | Usage]:
        """Pieces of the answer as they are made, then how many tokens it took."""
        sampling = sampling_of(options)
        async with self._turn:
            pieces = self._chat.reply(messages, sampling=sampling)
            count = 0
            while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
                count += 1
                yield piece
            prompt = self._chat.num_prefilled + self._chat.num_reused
            yield Usage(prompt, count, self._chat.num_reused)

    def batch(
        self, conversations: Sequence[Sequence[Message]], *, max_new_tokens: int
    ) -> list[str]:
        """The likeliest answer to each conversation, computed together."""
        import torch

        texts = [self._rendered(messages) for messages in conversations]
        clips = [
            [
                as_wave(part.clip.samples, part.clip.rate_hz)
                for message in messages
                for part in message.parts
                if isinstance(part, Sound)
            ]
            for messages in conversations
        ]
        fields = self.processor(text=texts, audios=clips)
        fields = {name: it.to(self.model.device) for name, it in fields.items()}
        length = fields["input_ids"].shape[1]
        stops = stop_ids(self.processor.tokenizer, self.model.generation_config)
        with torch.inference_mode():
            ids = self.model.generate(
                **fields,
                max_new_tokens=max_new_tokens,
                do_sample=False,
                eos_token_id=sorted(stops),
                pad_token_id=self.processor.tokenizer.pad_token_id,
            )
        return [self._decoded(row, stops) for row in ids[:, length:].tolist()]

    def _rendered(self, messages: Sequence[Message]) -> str:
        told = [{"role": it.role, "content": _written(it)} for it in messages]
        return self.processor.apply_chat_template(told, add_generation_prompt=True)

    def _decoded(self, ids: list[int], stops: frozenset[int]) -> str:
        end = next((at for at, index in enumerate(ids) if index in stops), len(ids))
        return spelled(self.processor.tokenizer, ids[:end]).strip()


def sampling_of(options: ReplyOptions) -> Sampling:
    """`extra` may hold temperature, top_p and seed."""
    extra: Any = options.extra
    return Sampling(
        max_new_tokens=options.max_tokens,
        temperature=float(extra.get("temperature", 0.0)),
        top_p=float(extra.get("top_p", 1.0)),
        seed=extra.get("seed"),
    )


def _written(message: Message) -> str:
    return "\n".join(_parts(message))


def _parts(message: Message) -> Iterator[str]:
    for part in message.parts:
        if isinstance(part, Sound):
            yield PLACEHOLDER
        elif isinstance(part, Text):
            yield part.text.replace(PLACEHOLDER, "")
