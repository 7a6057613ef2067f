"""What a Nano in training answers: text or sound in, greedy text out, many at a time."""

from collections.abc import Sequence

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from asha.core.audio import Clip
from asha.data.shards import Utterance
from asha.data.tokens import ASHA, BOS, EOT, PAD, USER, prompt_ids, token_id
from asha.model.encoder import num_frames
from asha.speech.ctc_alphabet import written
from asha.speech.ctc_search import Search
from asha.speech.letter_model import LetterModel
from asha.speech.mel import log_mel
from asha.speech.plain import plain
from asha.training.batches import Batch
from asha.training.hear import Ears
from asha.training.join import Nano

MAX_TOKENS = 72
BATCH = 32
MIN_SAMPLES = 320  # one encoder frame


@torch.inference_mode()
def answers(nano: Nano, tokenizer: Tokenizer, asked: Sequence[tuple[Clip | str, str]]) -> list[str]:
    """One greedy answer for each (sound or text, reply tag), in order."""
    nano.eval()
    said = [""] * len(asked)
    order = sorted(range(len(asked)), key=lambda index: _length(asked[index][0]))
    for start in range(0, len(order), BATCH):
        group = order[start : start + BATCH]
        embeds = [_prompt(nano, tokenizer, *asked[index]) for index in group]
        for index, answer in zip(group, _generate(nano, tokenizer, embeds), strict=True):
            said[index] = answer
    return said


@torch.inference_mode()
def transcripts(ears: Ears, clips: Sequence[Clip], letters: LetterModel | None = None) -> list[str]:
    """What the ears spell in each clip."""
    ears.eval()
    texts = []
    for clip in clips:
        batch, search = sound_batch([clip]), Search(letters)
        frames = int(num_frames(batch.lens_B[0]))
        search.push(ears.ctc(ears.encode(batch)[0, :frames]).log_softmax(1).numpy())
        texts.append(written(search.best()))
    return texts


def sound_batch(clips: Sequence[Clip]) -> Batch:
    """Clips at 16 kHz as a batch without words."""
    mels = [
        log_mel(np.pad(clip.samples, (0, max(0, MIN_SAMPLES - len(clip.samples)))))
        for clip in clips
    ]
    longest = max(len(mel) for mel in mels)
    padded = np.stack([np.pad(mel, ((0, longest - len(mel)), (0, 0))) for mel in mels])
    return Batch(
        torch.from_numpy(padded).transpose(1, 2).contiguous(),
        torch.tensor([len(mel) for mel in mels]),
        [Utterance("", "", "")] * len(clips),
    )


def _length(heard: Clip | str) -> int:
    return len(heard) if isinstance(heard, str) else len(heard.samples)


def _prompt(nano: Nano, tokenizer: Tokenizer, heard: Clip | str, reply: str) -> Tensor:
    """The embeddings of a prompt, shape (L, D)."""
    embed = nano.language_model.model.embed_tokens
    if isinstance(heard, str):
        return embed(torch.tensor(prompt_ids(tokenizer, plain(heard), reply)))
    start = [token_id(tokenizer, token) for token in (BOS, f"<|{reply}|>", USER)]
    batch = sound_batch([heard])
    sound_KD = nano.projector(nano.ears.encode(batch))[0]
    end = torch.tensor([token_id(tokenizer, ASHA)])
    return torch.cat([embed(torch.tensor(start)), sound_KD, embed(end)])


def _generate(nano: Nano, tokenizer: Tokenizer, embeds: list[Tensor]) -> list[str]:
    longest = max(len(row) for row in embeds)
    padded = torch.zeros(len(embeds), longest, embeds[0].shape[1])
    mask = torch.zeros(len(embeds), longest, dtype=torch.long)
    for row, embed_LD in enumerate(embeds):
        padded[row, longest - len(embed_LD) :] = embed_LD
        mask[row, longest - len(embed_LD) :] = 1
    ids = nano.language_model.generate(
        inputs_embeds=padded,
        attention_mask=mask,
        max_new_tokens=MAX_TOKENS,
        do_sample=False,
        use_cache=True,
        eos_token_id=token_id(tokenizer, EOT),
        pad_token_id=token_id(tokenizer, PAD),
    )
    return [_text(tokenizer, row) for row in ids.tolist()]


def _text(tokenizer: Tokenizer, ids: list[int]) -> str:
    end = token_id(tokenizer, EOT)
    kept = ids[: ids.index(end)] if end in ids else ids
    return str(tokenizer.decode(kept, skip_special_tokens=False)).strip()
