"""Mel frames cut into the blocks that a block-causal encoder takes one at a time.

Legend: F encoder frames of a block (20 ms each), T mel frames, M mel bands.

Two convolutions come first: kernel 3, the second with stride 2. Encoder frame f reads mel frames
2f-2 .. 2f+2, so block [a, b) needs mel frames 2a-2 .. 2b and leaves as soon as frame 2b is known.
Outside the clip both convolutions see zeros: what the first would make of frames that do not exist
must be zero too, which is what `inside_T` is for.
"""

from dataclasses import dataclass

import numpy as np

from asha.core.audio import Float32

STRIDE = 2  # mel frames per encoder frame
LEAD = 2  # mel frames before a block's first that its convolutions read
CONTEXT = 3  # mel frames that a block reads besides its own 2 F


@dataclass(frozen=True, slots=True)
class MelBlock:
    """One block: `mel_TM`, shape (2 F + 3, M), starts two mel frames before the block.

    `inside_T`, shape (2 F + 1,), is 1 where the first convolution's output lies in the clip.
    """

    mel_TM: Float32
    inside_T: Float32
    first_frame: int
    num_frames: int


class MelBlocks:
    """Whole blocks while the frames arrive; the rest, a shorter block, whenever it is asked for."""

    def __init__(self, block_frames: int, num_mels: int) -> None:
        self._block_frames = block_frames
        self._held_TM = np.zeros((LEAD, num_mels), dtype=np.float32)  # from frame 2a-2 on
        self._first_frame = 0  # a: of the next block
        self._num_mel_frames = 0

    def push(self, mel_TM: Float32) -> list[MelBlock]:
        """The blocks that these frames, shape (n, M), complete."""
        self._held_TM = np.concatenate([self._held_TM, mel_TM])
        self._num_mel_frames += len(mel_TM)
        blocks = []
        while len(self._held_TM) >= STRIDE * self._block_frames + CONTEXT:
            blocks.append(self._block(self._block_frames))
            self._held_TM = self._held_TM[STRIDE * self._block_frames :]
            self._first_frame += self._block_frames
        return blocks

    def rest(self) -> list[MelBlock]:
        """What is left if the clip ends here, one block or none. More may be pushed afterwards."""
        left = (self._num_mel_frames + 1) // STRIDE - self._first_frame
        return [self._block(left)] if left > 0 else []

    def _block(self, num_frames: int) -> MelBlock:
        length = STRIDE * num_frames + CONTEXT
        mel_TM = self._held_TM[:length]
        missing = length - len(mel_TM)
        first = STRIDE * self._first_frame - 1  # the first convolution's first output
        at_T = np.arange(first, first + length - LEAD)
        inside_T = (at_T >= 0) & (at_T < self._num_mel_frames)
        return MelBlock(
            np.pad(mel_TM, ((0, missing), (0, 0))),
            inside_T.astype(np.float32),
            self._first_frame,
            num_frames,
        )
