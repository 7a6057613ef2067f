"""Makes transformers' Auto classes know the model type."""


def register() -> None:
    """Let AutoConfig, AutoModel, AutoModelForCausalLM and AutoProcessor load ours; idempotent."""
    from transformers import AutoConfig, AutoModel, AutoModelForCausalLM, AutoProcessor

    from asha.model.config import MODEL_TYPE, AudioLLMConfig
    from asha.model.model import AudioLLM
    from asha.model.processor import AudioProcessor

    AutoConfig.register(MODEL_TYPE, AudioLLMConfig, exist_ok=True)
    AutoModel.register(AudioLLMConfig, AudioLLM, exist_ok=True)
    AutoModelForCausalLM.register(AudioLLMConfig, AudioLLM, exist_ok=True)
    AutoProcessor.register(AudioLLMConfig, AudioProcessor, exist_ok=True)
