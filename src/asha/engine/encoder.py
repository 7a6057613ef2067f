"""Sound to embeddings while it arrives.

Legend: F encoder frames, K embeddings (tokens of sound), D width, S CTC symbols.
"""

from copy import copy
from dataclasses import dataclass

import numpy as np

from asha.core.audio import Float32
from asha.engine.exported import Weights, empty_cache
from asha.speech.ctc_alphabet import SYMBOLS
from asha.speech.ctc_search import log_softmax
from asha.speech.mel import HOP, MelStream
from asha.speech.mel_blocks import MelBlock, MelBlocks


@dataclass(frozen=True, slots=True)
class Encoded:
    """Embeddings, shape (K, D), and the CTC head's log probabilities, shape (F, S)."""

    embeds_KD: Float32
    logprobs_FS: Float32


class Hearing:
    """One voice. All pushes and the rest equal the whole sound encoded at once.

    Sound longer than a window (30 s) is heard window by window, as the format has it.
    """

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._window_samples = weights.facts.window_mel_frames * HOP
        self._begin_window()

    def push(self, samples: Float32) -> Encoded:
        """What 16 kHz `samples` complete: perhaps nothing yet."""
        done: list[Encoded] = []
        while len(samples):
            room = self._window_samples - self._num_samples
            piece, samples = samples[:room], samples[room:]
            self._num_samples += len(piece)
            done += self._encode(self._blocks.push(self._mel.push(piece)))
            if self._num_samples == self._window_samples:
                done.append(self.rest())
                self._begin_window()
        return joined(done, self._weights)

    def rest(self) -> Encoded:
        """What is missing if the sound ends here. It may go on: nothing changes by asking."""
        ahead = copy(self)
        ahead._mel, ahead._blocks = copy(self._mel), copy(self._blocks)
        blocks = ahead._blocks.push(ahead._mel.finish())
        return joined(ahead._encode([*blocks, *ahead._blocks.rest()]), self._weights)

    def _begin_window(self) -> None:
        facts = self._weights.facts
        self._mel = MelStream(floor=facts.log_floor)
        self._blocks = MelBlocks(facts.block_frames, facts.num_mels)
        self._cache = empty_cache(facts.encoder_cache)
        self._num_samples = 0

    def _encode(self, blocks: list[MelBlock]) -> list[Encoded]:
        return [self._encode_block(block) for block in blocks]

    def _encode_block(self, block: MelBlock) -> Encoded:
        first, count = block.first_frame, block.num_frames
        encoded_1FD, logits_1FS, *new = self._weights.encoder.run(
            None,
            {
                "mel_1MT": np.ascontiguousarray(block.mel_TM.T[None]),
                "inside_T": block.inside_T,
                "frames_F": np.arange(first, first + count),
                **self._cache,
            },
        )
        past = self._weights.facts.past_frames
        kept = slice(-past if past else None, None)
        self._cache = {name: it[:, :, kept] for name, it in zip(self._cache, new, strict=True)}
        stack = self._weights.facts.stack_factor
        padded = np.pad(encoded_1FD[0], ((0, -count % stack), (0, 0)))
        stacked_1KC = padded.reshape(1, -1, stack * padded.shape[1])
        embeds_1KD = self._weights.projector.run(None, {"stacked_1KC": stacked_1KC})[0]
        return Encoded(embeds_1KD[0], log_softmax(logits_1FS[0]))


def joined(pieces: list[Encoded], weights: Weights) -> Encoded:
    """Several in a row as one."""
    none_KD = np.zeros((0, weights.embeddings_VD.shape[1]), dtype=np.float32)
    none_FS = np.zeros((0, len(SYMBOLS)), dtype=np.float32)
    return Encoded(
        np.concatenate([none_KD, *(piece.embeds_KD for piece in pieces)]),
        np.concatenate([none_FS, *(piece.logprobs_FS for piece in pieces)]),
    )
