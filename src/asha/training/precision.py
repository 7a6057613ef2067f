"""In which precision a step is computed. Weights and moments stay in 32 bit either way."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

from asha.training.recipe import Precision


@contextmanager
def computing(precision: Precision, device: torch.device) -> Iterator[None]:
    """Around a step's forward and backward passes."""
    with ExitStack() as stack:
        if precision == "bf16":
            stack.enter_context(torch.autocast(device.type, torch.bfloat16))
            if device.type == "cpu":
                # The fused kernel's way back is the slower one there (docs/log.md, 2026-11-22).
                stack.enter_context(sdpa_kernel(SDPBackend.MATH))
        yield
