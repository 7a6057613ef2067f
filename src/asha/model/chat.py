"""A conversation with a loaded model: one prefill per turn, text as it is made, earlier sound kept.

The conversation is given whole at every turn, as the language-model port wants it. What the
key-value cache holds already is not computed again; where the history has changed (a reply that
was cut short, a corrected word) only the part after the change is.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from asha.core.message import Message, Part, Sound, Text, ToolCall, ToolResult
from asha.model.batch import SoundBatch
from asha.model.model import AudioLLM
from asha.model.processor import AudioProcessor, as_wave
from asha.model.tokens import PLACEHOLDER, Spelling, stop_ids

ClipKey = bytes
# What the cache holds at one place: a token's id, or a clip and which of its tokens.
Place = int | tuple[ClipKey, int]


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen. Temperature 0 takes the likeliest."""

    max_new_tokens: int = 400
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None


GREEDY = Sampling()


@dataclass(frozen=True, slots=True)
class Prompt:
    """A rendered conversation: its ids, what stands at each place, and the clips' first places."""

    ids: list[int]
    places: list[Place]
    starts: dict[int, ClipKey]  # where a clip's tokens begin


class Chat:
    """One open conversation. Not for several threads at once.

    `num_prefilled` and `num_reused` say how many prompt tokens the last turn computed and found.
    """

    def __init__(self, model: AudioLLM, processor: AudioProcessor) -> None:
        self.model, self.processor = model, processor
        self.num_prefilled = self.num_reused = 0
        self._stops = stop_ids(processor.tokenizer, model.generation_config)
        self._embeds: dict[ClipKey, Tensor] = {}  # each clip's tokens, shape (K, D)
        self._cached: list[Place] = []
        self._cache: Any = None

    def reply(
        self,
        messages: Sequence[Message],
        *,
        sampling: Sampling = GREEDY,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[str]:
        """Pieces of the answer to `messages`, as they are made.

        Closing the iterator stops it between two tokens, and so does `is_cancelled`, which is
        asked before each. What has been computed stays in the cache for the next turn.

        Raises:
            BadSound: a clip that cannot be heard.
        """
        prompt = self._prompt(messages)
        spelling = Spelling(self.processor.tokenizer)
        generator = torch.Generator(device="cpu")
        if sampling.seed is not None:
            generator.manual_seed(sampling.seed)
        token = -1
        for index in range(sampling.max_new_tokens):
            if is_cancelled():
                return
            logits_V = self._step(token) if index else self._prefill(prompt)
            token = choose(logits_V, sampling, generator)
            if token in self._stops:
                break
            if piece := spelling.add(token):
                yield piece
        if piece := spelling.rest():
            yield piece

    def _prompt(self, messages: Sequence[Message]) -> Prompt:
        """Render, tokenise, and encode the clips not heard before; forget those no longer there."""
        waves = [
            as_wave(part.clip.samples, part.clip.rate_hz)
            for message in messages
            for part in message.parts
            if isinstance(part, Sound)
        ]
        keys = [hashlib.sha256(wave.tobytes()).digest() for wave in waves]
        kept = {key: it for key, it in self._embeds.items() if key in keys}
        for key, wave in zip(keys, waves, strict=True):
            if key not in kept:
                kept[key] = self._embed(wave)
        self._embeds = kept
        text = self.processor.apply_chat_template(
            [{"role": message.role, "content": _content(message)} for message in messages],
            add_generation_prompt=True,
        )
        lens = [[len(kept[key])] for key in keys]
        ids, starts = self.processor.ids(text, lens)
        places: list[Place] = list(ids)
        for key, start in zip(keys, starts, strict=True):
            for offset in range(len(kept[key])):
                places[start + offset] = (key, offset)
        return Prompt(ids, places, dict(zip(starts, keys, strict=True)))

    @torch.inference_mode()
    def _embed(self, wave: Any) -> Tensor:
        """A clip's tokens, shape (K, D): each clip is heard alone, whatever else is in the chat."""
        fields = self.processor.sample(PLACEHOLDER, [wave])
        fields = {name: it.to(self.model.device) for name, it in fields.items()}
        sound = SoundBatch.taken_from(fields, is_causal=self.model.config.is_causal)
        assert sound is not None
        embeds_WKD = self.model.embed_sound(sound)
        lens = sound.token_lens_W.tolist()
        return torch.cat([row[:length] for row, length in zip(embeds_WKD, lens, strict=True)])

    @torch.inference_mode()
    def _prefill(self, prompt: Prompt) -> Tensor:
        """Compute what the cache does not hold; logits of the last position, shape (V,)."""
        from transformers.cache_utils import DynamicCache

        # The last place is always computed anew: its logits are what we are after.
        held = min(_common(self._cached, prompt.places), len(prompt.places) - 1)
        if self._cache is None or not held:
            # Without a config every layer keeps all it has seen, so that it can be cut back.
            self._cache, self._cached, held = DynamicCache(), [], 0
        if surplus := len(self._cached) - held:
            self._cache.crop(-surplus)
            del self._cached[held:]
        ids_L = torch.tensor([prompt.ids[held:]], device=self.model.device)
        embeds_LD = self.model.embed(ids_L, None)
        for start, key in prompt.starts.items():
            sound_KD = self._embeds[key].to(embeds_LD.dtype)
            first = max(start, held)
            if first < start + len(sound_KD):
                embeds_LD[0, first - held : start + len(sound_KD) - held] = sound_KD[
                    first - start :
                ]
        self.num_prefilled, self.num_reused = len(prompt.places) - held, held
        logits_V = self._run(embeds_LD)
        self._cached = list(prompt.places)
        return logits_V

    @torch.inference_mode()
    def _step(self, token: int) -> Tensor:
        ids = torch.tensor([[token]], device=self.model.device)
        logits_V = self._run(self.model.embed(ids, None))
        self._cached.append(token)
        return logits_V

    def _run(self, embeds_LD: Tensor) -> Tensor:
        try:
            output = self.model.language_model(
                inputs_embeds=embeds_LD,
                past_key_values=self._cache,
                use_cache=True,
                logits_to_keep=1,
            )
        except BaseException:  # some layers may have the new keys and some not: start afresh
            self._cache, self._cached = None, []
            raise
        logits_V: Tensor = output.logits[0, -1]
        return logits_V


def open_chat(name: str, *, num_threads: int = 1) -> Chat:
    """A conversation with a checkpoint (folder or hub id), on an accelerator where there is one.

    Raises:
        BadCheckpoint: it is not there, not whole, or not of this format.
    """
    from asha.model.checkpoint import load

    torch.set_num_threads(num_threads)  # more spin against each other on small machines
    device = "cuda" if torch.cuda.is_available() else None
    return Chat(load(name, device=device), AudioProcessor.from_pretrained(name))


def choose(logits_V: Tensor, sampling: Sampling, generator: torch.Generator) -> int:
    """The next token: the likeliest, or drawn from the likeliest that make up `top_p`."""
    if sampling.temperature <= 0:
        return int(logits_V.argmax())
    likelihoods, order = torch.softmax(logits_V.float().cpu() / sampling.temperature, dim=-1).sort(
        descending=True
    )
    likelihoods[likelihoods.cumsum(0) - likelihoods >= sampling.top_p] = 0
    return int(order[torch.multinomial(likelihoods, 1, generator=generator)])


def _content(message: Message) -> str:
    """A message as the template takes it. Typed text cannot smuggle in a placeholder."""
    return "\n".join(_written(part) for part in message.parts)


def _written(part: Part) -> str:
    match part:
        case Sound():
            return PLACEHOLDER
        case Text():
            return part.text.replace(PLACEHOLDER, "")
        case ToolCall():
            return json.dumps({"name": part.name, "arguments": json.loads(part.arguments)})
        case ToolResult():
            return part.output


def _common(held: Sequence[Place], wanted: Sequence[Place]) -> int:
    """How many places agree from the start on."""
    pairs = zip(held, wanted, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(held), len(wanted)))
