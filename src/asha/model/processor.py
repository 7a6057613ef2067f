"""Text with placeholders and sound to what the model takes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from asha.core.audio import HEARING_RATE_HZ, Float32
from asha.core.errors import BadSound
from asha.model import bases
from asha.model.batch import pad_samples
from asha.model.checkpoint import read_config
from asha.model.config import AudioLLMConfig
from asha.model.encoder import STRIDE
from asha.model.features import HOP, MIN_SAMPLES, log_mel
from asha.model.hub import upload
from asha.model.source import locate
from asha.model.tensors import written_whole
from asha.model.tokens import PLACEHOLDER, tokenizer_of


@dataclass(frozen=True, slots=True)
class Windows:
    """One clip, cut: spectrograms of shape (W, M, T) and the true length of each, in mel frames."""

    mel_WMT: Tensor
    lens: list[int]


class AudioProcessor:
    """A tokenizer and the rules that turn clips into windows of log-mel frames.

    Call it with `text` in which every clip has a placeholder, as a chat template gives it.
    """

    def __init__(self, config: AudioLLMConfig, tokenizer: Any) -> None:
        """`tokenizer` must have an EOS token: it fills the sound's places, and pads."""
        self.config = config
        self.tokenizer = tokenizer
        tokenizer.padding_side = "left"
        if tokenizer.pad_token is None:
            tokenizer.pad_token = tokenizer.eos_token

    @classmethod
    def from_pretrained(
        cls, name: str | Path, *, config: AudioLLMConfig | None = None, **options: Any
    ) -> "AudioProcessor":
        """The processor of a checkpoint (folder or hub id).

        Its tokenizer is the checkpoint's, else its language model's with the placeholder added.

        Raises:
            BadCheckpoint: there is no such checkpoint, or no tokenizer.
        """
        folder = locate(str(name), revision=options.get("revision"))
        config = config or read_config(folder)
        config.name_or_path = str(folder)
        bases.resolve_configs(config)
        return cls(config, tokenizer_of(config, folder))

    def save_pretrained(self, folder: str | Path) -> None:
        """Write the tokenizer's files beside the model's."""
        with written_whole(Path(folder)) as staging:
            self.tokenizer.save_pretrained(staging)

    def __call__(
        self,
        text: str | Sequence[str],
        audios: Any = None,
        sampling_rate: int | None = None,
        return_tensors: str | None = "pt",
        audio: Any = None,
    ) -> Any:
        """The contract's fields of one prompt, or of several (left-padded).

        Args:
            text: a prompt, or a list of them; every clip has its placeholder.
            audios: the clips in the order of their placeholders: one, a list, or for several
                prompts a list per prompt. 1-D arrays or tensors, float in -1..1 or integers.
            sampling_rate: of the clips; what is not 16 kHz is resampled. None means 16 kHz.
            return_tensors: "pt" (also where None), or "np".
            audio: another name for `audios`.

        Raises:
            ValueError: there are more or fewer placeholders than clips.
            BadSound: a clip is empty, not mono, or not finite.
        """
        from transformers import BatchFeature

        clips = audios if audios is not None else audio
        if isinstance(text, str):
            fields = self.sample(text, _as_clips(clips), sampling_rate=sampling_rate)
        else:
            samples = [
                self.sample(prompt, heard, sampling_rate=sampling_rate)
                for prompt, heard in zip(text, _per_prompt(text, clips), strict=True)
            ]
            fields = pad_samples(samples, pad_token_id=self.tokenizer.pad_token_id)
        if return_tensors == "np":
            return BatchFeature({name: it.numpy() for name, it in fields.items()})
        return BatchFeature(fields)

    def sample(
        self, text: str, clips: Sequence[Any], *, sampling_rate: int | None = None
    ) -> dict[str, Tensor]:
        """The fields of one prompt."""
        waves = [as_wave(clip, sampling_rate or HEARING_RATE_HZ) for clip in clips]
        heard = self.windows(waves)
        token_lens = [[self.num_tokens(length) for length in clip.lens] for clip in heard]
        ids, starts = self.ids(text, token_lens)
        fields: dict[str, Tensor] = {}
        if heard:
            lens = [length for clip in heard for length in clip.lens]
            fields = {
                "audio_num_chunks": torch.tensor([len(clip.lens) for clip in heard]),
                "audio_values": torch.cat([clip.mel_WMT for clip in heard]),
                "audio_lens": torch.tensor(lens),
                "audio_batch_size": torch.tensor([len(lens)]),
                "audio_token_len": torch.tensor(
                    [self.num_tokens(it) for it in lens], dtype=torch.int32
                ),
                "audio_token_start_idx": torch.tensor(starts),
            }
        fields["input_ids"] = torch.tensor([ids])
        fields["attention_mask"] = torch.ones_like(fields["input_ids"])
        return fields

    def num_tokens(self, num_mel_frames: int) -> int:
        """Tokens of a window: 6.25 a second, the last one perhaps of less than 160 ms."""
        return math.ceil(num_mel_frames / (STRIDE * self.config.stack_factor))

    def windows(self, waves: Sequence[Float32]) -> list[Windows]:
        """Each clip at 16 kHz as windows of at most 30 s; continuations are padded to 30 s.

        Stock: the clips of a prompt are padded with silence to the longest before the spectrogram
        is taken. Causal: each clip is taken alone.
        """
        if not waves:
            return []  # a model without ears reads, too
        shape = self.config.encoder_shape
        lens = [math.ceil(max(len(wave), MIN_SAMPLES) / HOP) for wave in waves]
        together = [waves] if not self.config.is_causal else [[wave] for wave in waves]
        mels = [
            mel
            for group in together
            for mel in log_mel(
                [_at_least_20_ms(wave) for wave in group],
                num_mels=shape.num_mels,
                log_floor=self.config.audio_log_floor,
            )
        ]
        reach = max((mel.shape[1] for mel in mels), default=0)
        width, longest = min(reach, shape.window_mel_frames), shape.window_mel_frames
        return [
            cut(mel, length, width=width, longest=longest)
            for mel, length in zip(mels, lens, strict=True)
        ]

    def ids(self, text: str, token_lens: Sequence[Sequence[int]]) -> tuple[list[int], list[int]]:
        """Token ids with the sound's places held by EOS, and where each window starts.

        The parts of the text are tokenised apart, without special tokens of the tokenizer's own:
        the chat template has put them in.
        """
        parts = text.split(PLACEHOLDER)
        if len(parts) - 1 != len(token_lens):
            raise ValueError(
                f"The text has {len(parts) - 1} placeholders {PLACEHOLDER} for "
                f"{len(token_lens)} clips; give one for each."
            )
        ids: list[int] = []
        starts: list[int] = []
        for part, windows in zip(parts, [*token_lens, []], strict=True):
            if part:
                ids += self.tokenizer(part, add_special_tokens=False)["input_ids"]
            for num_tokens in windows:
                starts.append(len(ids))
                ids += [self.tokenizer.eos_token_id] * num_tokens
        return ids, starts

    def apply_chat_template(self, messages: Any, **options: Any) -> str:
        """The conversation as text: the tokenizer's template; `add_generation_prompt=True` asks."""
        text: str = self.tokenizer.apply_chat_template(messages, tokenize=False, **options)
        return text

    def decode(self, ids: Any, **options: Any) -> Any:
        """The tokenizer's."""
        return self.tokenizer.decode(ids, **options)

    def batch_decode(self, ids: Any, **options: Any) -> Any:
        """The tokenizer's."""
        return self.tokenizer.batch_decode(ids, **options)

    def push_to_hub(self, repo_id: str, *, private: bool = False, message: str = "") -> str:
        """Save and upload; the commit's address."""
        return upload(self.save_pretrained, repo_id, private=private, message=message)


def cut(mel_MT: Tensor, length: int, *, width: int, longest: int) -> Windows:
    """A spectrogram of `length` true frames in pieces of `longest`, each padded to `width`."""
    starts = range(0, length, longest)
    pieces = [mel_MT[:, start : start + longest] for start in starts]
    return Windows(
        torch.stack([functional.pad(piece, (0, width - piece.shape[1])) for piece in pieces]),
        [min(length - start, longest) for start in starts],
    )


def as_wave(clip: Any, rate_hz: int) -> Float32:
    """A clip as float32 at 16 kHz.

    Raises:
        BadSound: it is empty, not mono, or not finite.
    """
    wave = np.asarray(clip.detach().cpu() if isinstance(clip, Tensor) else clip)
    if wave.ndim != 1:
        raise BadSound(f"The sound has the shape {wave.shape}; give one channel.", param="audios")
    if not len(wave):
        raise BadSound("The sound is empty; give at least one sample.", param="audios")
    if np.issubdtype(wave.dtype, np.signedinteger):
        wave = wave / -float(np.iinfo(wave.dtype).min)
    if not np.isfinite(wave).all():
        raise BadSound("The sound holds values that are not finite numbers.", param="audios")
    if rate_hz != HEARING_RATE_HZ:
        import soxr

        wave = soxr.resample(wave.astype(np.float32), rate_hz, HEARING_RATE_HZ)
    return np.ascontiguousarray(wave, dtype=np.float32)


def _at_least_20_ms(wave: Float32) -> Float32:
    """At least 20 ms, so that there is one encoder frame."""
    return np.pad(wave, (0, max(0, MIN_SAMPLES - len(wave))))


def _as_clips(clips: Any) -> list[Any]:
    """One clip, a list of clips or none, as a list."""
    if clips is None:
        return []
    if isinstance(clips, list | tuple) and (not clips or not np.isscalar(clips[0])):
        return list(clips)
    return [clips]


def _per_prompt(texts: Sequence[str], clips: Any) -> list[list[Any]]:
    """A list of clips for each prompt; flat lists are dealt out by the placeholders."""
    clips = _as_clips(clips)
    if any(isinstance(it, list | tuple) and it and not np.isscalar(it[0]) for it in clips):
        return [_as_clips(it) for it in clips]
    dealt, rest = [], clips
    for text in texts:
        count = text.count(PLACEHOLDER)
        dealt.append(rest[:count])
        rest = rest[count:]
    dealt[-1] += rest  # too many: the last prompt's check says so
    return dealt
