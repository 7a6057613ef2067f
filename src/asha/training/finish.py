"""From a run's last stage to a checkpoint of the Ultravox format, with Nano's side files."""

import json
from pathlib import Path

from safetensors.torch import save_file
from tokenizers import Tokenizer
from transformers import LlamaConfig, PreTrainedTokenizerFast, WhisperConfig

from asha.data.intents import scope
from asha.data.tokens import AUDIO, BOS, EOT, PAD, UNKNOWN, token_id
from asha.model import checkpoint as checkpoints
from asha.model.config import AudioLLMConfig
from asha.model.model import AudioLLM
from asha.speech.ctc_alphabet import SYMBOLS
from asha.speech.mel import HOP, LOG_FLOOR, NUM_MELS, WINDOW
from asha.training.checkpoint import load
from asha.training.join import Nano, load_nano
from asha.training.recipe import Recipe
from asha.training.talk import tokenizer_of

WHISPER_NAME = "asha/whisper-nano"  # readers of the format look for "whisper" in it
MAX_FRAMES = 1_500
HOLD_BACK_FRAMES = 2  # mel frames that the two convolutions look ahead
CTC_FILE = "ctc.safetensors"
# One user turn; `language` is the session's reply language, "auto" where none was chosen.
CHAT_TEMPLATE = (
    "{{ '<|bos|><|' + (language or 'auto') + '|>' }}"
    "{% for message in messages %}"
    "{% if message.role == 'user' %}{{ '<|user|>' + message.content }}"
    "{% elif message.role == 'assistant' %}{{ '<|asha|>' + message.content + '<|eot|>' }}"
    "{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|asha|>' }}{% endif %}"
)


def write_checkpoint(recipe: Recipe) -> Path:
    """Write `<folder>/checkpoint` from what the last stage left; returns the folder."""
    tokenizer = tokenizer_of(recipe)
    nano = load_nano(recipe, tokenizer)
    folder = recipe.folder / "checkpoint"
    config = _config(recipe, tokenizer, nano)
    model = AudioLLM(config, language_model=nano.language_model, audio_tower=nano.ears.encoder)
    model.multi_modal_projector.load_state_dict(nano.projector.state_dict())
    checkpoints.save(model, folder)
    _fast(tokenizer).save_pretrained(folder)
    save_file(
        {
            "ctc.weight": nano.ears.ctc.weight.detach().contiguous(),
            "ctc.bias": nano.ears.ctc.bias.detach().contiguous(),
        },
        folder / CTC_FILE,
    )
    facts = json.dumps(_facts(recipe), ensure_ascii=False, indent=1)
    (folder / "nano.json").write_text(facts + "\n", encoding="utf-8")
    return folder


def _config(recipe: Recipe, tokenizer: Tokenizer, nano: Nano) -> AudioLLMConfig:
    ears = recipe.encoder
    audio = WhisperConfig(
        num_mel_bins=NUM_MELS,
        d_model=ears.width,
        encoder_layers=ears.num_layers,
        encoder_attention_heads=ears.num_heads,
        encoder_ffn_dim=ears.ffn_width,
        max_source_positions=MAX_FRAMES,
        dropout=0.0,
    )
    audio.name_or_path = WHISPER_NAME
    text: LlamaConfig = nano.language_model.config
    text.use_cache = True
    return AudioLLMConfig(
        audio_config=audio,
        text_config=text,
        audio_token_index=token_id(tokenizer, AUDIO),
        hidden_size=recipe.projector.hidden,
        stack_factor=recipe.projector.stack,
        projector_ln_mid=True,
        audio_latency_block_size=ears.block_frames,
        audio_past_frames=ears.past_frames,
        audio_log_floor=LOG_FLOOR,
        pad_token_id=token_id(tokenizer, PAD),
    )


def _fast(tokenizer: Tokenizer) -> PreTrainedTokenizerFast:
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=BOS,
        eos_token=EOT,
        pad_token=PAD,
        unk_token=UNKNOWN,
        chat_template=CHAT_TEMPLATE,
        clean_up_tokenization_spaces=False,
    )


def _facts(recipe: Recipe) -> dict[str, object]:
    found = load(recipe, "join") or load(recipe, "read")
    tools = {
        intent.id: {"arguments": intent.public_arguments, "effect": intent.effect}
        for intent in scope().intents.values()
        if intent.kind == "tool"
    }
    return {
        "recipe": recipe.name,
        "steps": found[0].step if found else 0,
        "features": {
            "num_mels": NUM_MELS,
            "n_fft": WINDOW,
            "hop": HOP,
            "log_floor": LOG_FLOOR,
            "hold_back_frames": HOLD_BACK_FRAMES,
        },
        "ctc": {"file": CTC_FILE, "symbols": list(SYMBOLS)},
        "tools": tools,
    }
