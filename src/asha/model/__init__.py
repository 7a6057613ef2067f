"""The audio LLM in torch: reads, runs, trains and writes checkpoints of the Ultravox format.

`from asha.model import AudioLLM, AudioProcessor` also makes the Auto classes of transformers know
the model type. Importing `asha.model` itself loads neither torch nor transformers.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asha.model.config import AudioLLMConfig
    from asha.model.model import AudioLLM
    from asha.model.processor import AudioProcessor

__all__ = ["AudioLLM", "AudioLLMConfig", "AudioProcessor"]

_HOMES = {"AudioLLM": "model", "AudioLLMConfig": "config", "AudioProcessor": "processor"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import_module("asha.model.auto").register()
    return getattr(import_module(f"asha.model.{_HOMES[name]}"), name)
