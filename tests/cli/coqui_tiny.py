"""Makes a tiny random VITS with the real coqui-tts and lets the sidecar's own loader speak."""

import sys
from pathlib import Path

import torch
from TTS.tts.configs.vits_config import VitsConfig
from TTS.tts.models.vits import Vits

from asha.cli.coqui import loaded


def tiny(folder: Path) -> None:
    """0.4 M random parameters as config.json and model.pth."""
    config = VitsConfig(use_phonemes=False, text_cleaner="basic_cleaners")
    arguments = config.model_args
    arguments.hidden_channels = 32
    arguments.hidden_channels_ffn_text_encoder = 32
    arguments.num_layers_text_encoder = 1
    arguments.num_heads_text_encoder = 1
    arguments.num_layers_flow = 1
    arguments.num_layers_posterior_encoder = 1
    arguments.upsample_initial_channel_decoder = 32
    arguments.use_sdp = False
    arguments.init_discriminator = False
    model = Vits.init_from_config(config)
    config.save_json(str(folder / "config.json"))
    torch.save({"model": model.state_dict()}, folder / "model.pth")


if __name__ == "__main__":
    tiny(Path(sys.argv[1]))
    samples, rate_hz = loaded(Path(sys.argv[1]))("namaste, kaise hain aap?", "hi-Latn")
    print(len(samples) / rate_hz)  # noqa: T201 - it is a program
