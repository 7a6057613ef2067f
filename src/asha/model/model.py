"""The audio LLM: encoder, projector and any causal language model of transformers.

Legend: R rows (prompts), L tokens, W windows of sound, K tokens of a window, D width.
"""

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from asha.model import bases, lora
from asha.model.batch import ALTERNATIVE, SoundBatch
from asha.model.config import AudioLLMConfig
from asha.model.encoder import num_frames, within
from asha.model.projector import Projector

DEFAULT_STD = 0.02  # of fresh weights, where the language model's config names none


class AudioLLM(nn.Module):
    """Hears and reads, answers in text. Parts: audio_tower, multi_modal_projector, language_model.

    The towers are frozen but for their adapters (or `unfreeze_layers`); the projector is trained.
    """

    config_class = AudioLLMConfig
    main_input_name = "input_ids"

    def __init__(
        self,
        config: AudioLLMConfig,
        *,
        language_model: nn.Module | None = None,
        audio_tower: nn.Module | None = None,
    ) -> None:
        """The model that `config` describes, on the CPU and in evaluation mode.

        Towers with an id have their base's weights; whatever else is new begins at random. A tower
        that the caller has loaded already is used as it is.

        Raises:
            BadCheckpoint: a base cannot be read, or the config is none that we know.
        """
        super().__init__()
        bases.resolve_configs(config)
        self.config = config
        dtype: Any = config.dtype or torch.float32
        if language_model is None:
            language_model = bases.base_language_model(config, dtype)
        self.language_model: Any = language_model
        parameters = inspect.signature(self.language_model.forward).parameters
        self._takes_positions = "position_ids" in parameters  # ALiBi models know of none
        self.keeps_logits = "logits_to_keep" in parameters  # whether it can make only the last ones
        lora.adapt(self.language_model, config.text_lora)
        self.stored_keys: frozenset[str] = frozenset()  # what the loaded checkpoint held
        if not config.llm_only_training:
            self.audio_tower: Any = (audio_tower or bases.base_encoder(config)).to(dtype)
            lora.adapt(self.audio_tower, config.audio_lora)
            self.multi_modal_projector = Projector(config.projector_shape).to(dtype)
            self._begin_projector_at_random()
        self.eval()

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return next(self.parameters()).device

    @property
    def dtype(self) -> torch.dtype:
        """What the language model computes in."""
        embeddings: Tensor = self.get_input_embeddings().weight
        return embeddings.dtype

    @property
    def generation_config(self) -> Any:
        """transformers' defaults for `generate`: the ids that end a reply, among others."""
        return self.language_model.generation_config

    @generation_config.setter
    def generation_config(self, generation_config: Any) -> None:
        self.language_model.generation_config = generation_config

    def get_input_embeddings(self) -> Any:
        """The language model's token table."""
        return self.language_model.get_input_embeddings()

    def embed_sound(self, sound: SoundBatch) -> Tensor:
        """Embeddings of each window's sound, shape (W, K, D); only its own tokens are meant."""
        encoded_WFC = self.audio_tower(
            sound.mel_WMT.to(self.audio_tower.conv1.weight.dtype),
            sound.lens_W,
            extent_B=sound.extents_W,
            block_frames=self.config.audio_latency_block_size,
            past_frames=self.config.audio_past_frames,
        )
        # Past its extent a row holds zeros, as it would alone: what the longest row of a batch
        # brings along must not be stacked into another's last token.
        is_own_WF = within(num_frames(sound.extents_W), encoded_WFC.shape[1])
        projected: Tensor = self.multi_modal_projector(encoded_WFC * is_own_WF[..., None])
        return projected

    def embed(self, input_ids: Tensor, sound: SoundBatch | None) -> Tensor:
        """Embeddings of a prompt with its sound, shape (R, L, D)."""
        embeds_RLD: Tensor = self.get_input_embeddings()(input_ids)
        if sound is None:
            return embeds_RLD
        return sound.placed(embeds_RLD, self.embed_sound(sound))

    def forward(
        self,
        input_ids: Tensor | None = None,
        *,
        inputs_embeds: Tensor | None = None,
        attention_mask: Tensor | None = None,
        labels: Tensor | None = None,
        **inputs: Any,
    ) -> Any:
        """The language model's output: `logits`, with `labels` the mean cross-entropy as `loss`.

        Args:
            input_ids: shape (R, L); where there is sound, any id.
            inputs_embeds: shape (R, L, D), in place of `input_ids` and sound.
            attention_mask: shape (R, L), 0 where padded (on either side).
            labels: shape (R, L), -100 where nothing is to be learnt.
            inputs: the contract's sound fields (`batch.SOUND_FIELDS`); all else goes to the
                language model: past_key_values, logits_to_keep ...
        """
        sound, inputs = self._split(inputs)
        if inputs_embeds is None:
            if input_ids is None:
                raise ValueError("Give input_ids or inputs_embeds.")
            inputs_embeds = self.embed(input_ids, sound)
        is_start = inputs.get("past_key_values") is None
        if attention_mask is not None and is_start and self._takes_positions:
            inputs.setdefault("position_ids", positions(attention_mask))
        if labels is not None:
            inputs["labels"] = labels
        return self.language_model(
            inputs_embeds=inputs_embeds, attention_mask=attention_mask, **inputs
        )

    @torch.no_grad()
    def generate(self, input_ids: Tensor, **inputs: Any) -> Any:
        """transformers' `generate`: the prompt's ids and then the new ones, shape (R, L + new).

        The sound is encoded and put in place once. Takes the contract's fields and whatever the
        language model's own `generate` takes (max_new_tokens, do_sample, streamer ...).
        """
        sound, inputs = self._split(inputs)
        return self.language_model.generate(
            input_ids=input_ids, inputs_embeds=self.embed(input_ids, sound), **inputs
        )

    def merge_and_unload(self) -> "AudioLLM":
        """Fold the adapters into their layers; the towers that had one are then stored whole."""
        if lora.merge(self.language_model):
            self.config.text_model_id, self.config.text_model_lora_config = None, {}
        if not self.config.llm_only_training and lora.merge(self.audio_tower):
            self.config.audio_model_id, self.config.audio_model_lora_config = None, {}
        return self

    @classmethod
    def from_pretrained(
        cls, name: str | Path, *, config: AudioLLMConfig | None = None, **options: Any
    ) -> "AudioLLM":
        """Load a checkpoint from a folder or from the hub: see `checkpoint.load`."""
        from asha.model import checkpoint

        return checkpoint.load(name, config=config, **options)

    def save_pretrained(self, folder: str | Path, **options: Any) -> None:
        """Write config and weights, all or nothing: see `checkpoint.save`."""
        from asha.model import checkpoint

        checkpoint.save(self, Path(folder), **options)

    def push_to_hub(self, repo_id: str, **options: Any) -> str:
        """Save and upload; returns the commit's address: see `checkpoint.push`."""
        from asha.model import checkpoint

        return checkpoint.push(self, repo_id, **options)

    def _split(self, inputs: Mapping[str, Any]) -> tuple[SoundBatch | None, dict[str, Any]]:
        rest = {name: it for name, it in inputs.items() if not name.startswith(ALTERNATIVE)}
        sound = SoundBatch.taken_from(rest, is_causal=self.config.is_causal)
        return sound, rest

    def _begin_projector_at_random(self) -> None:
        for layer in (self.multi_modal_projector.linear_1, self.multi_modal_projector.linear_2):
            nn.init.normal_(layer.weight, std=self.config.initializer_range or DEFAULT_STD)


def positions(attention_mask_RL: Tensor) -> Tensor:
    """Places counted from each row's first real token, so that padding on the left moves none."""
    return (attention_mask_RL.long().cumsum(dim=1) - 1).clamp(min=0)
