"""The config of an audio LLM: `config.json` of the Ultravox format, and two fields of our own."""

from collections.abc import Mapping
from typing import Any, ClassVar

from huggingface_hub.errors import StrictDataclassError
from transformers import AutoConfig, PretrainedConfig, WhisperConfig

from asha.core.errors import BadCheckpoint
from asha.model.encoder import EncoderShape
from asha.model.lora import LoraSpec
from asha.model.projector import ProjectorShape

MODEL_TYPE = "ultravox"
LOCAL = ("_name_or_path", "output_attentions")  # of this object and machine, never in a file


class AudioLLMConfig(PretrainedConfig):
    """Fields as in the file; `audio_config` and `text_config` are config objects once known.

    A tower whose `*_model_id` is set takes config and weights from that base (a hub id, or a path
    relative to the checkpoint's folder, `name_or_path`), and its inline config is not written.

    Ours, all optional, with defaults that keep the stock behaviour:
        audio_log_floor: None is Whisper's rule (clamp at the clip's own maximum, clips of a prompt
            padded together). A number is a fixed floor in log10 of power: hearing is causal, and
            every window of sound is computed as if it were alone.
        audio_latency_block_size: encoder frames (20 ms) per block of the block-causal mask. The
            format wants a divisor of 3000; with `audio_log_floor` a multiple of `stack_factor`.
        audio_past_frames: encoder frames before its block that a block may look at, so that long
            speech costs no more than short; None: all of them.
    """

    model_type: ClassVar[str] = MODEL_TYPE

    audio_model_id: str | None = None
    text_model_id: str | None = None
    audio_config: Any = None
    text_config: Any = None
    llm_only_training: bool = False
    ignore_index: int = -100
    audio_token_index: int | None = None
    hidden_size: int = 4_096
    stack_factor: int = 8
    norm_init: float = 0.4
    projector_act: str = "swiglu"
    projector_ln_mid: bool = False
    text_model_lora_config: Any = None
    audio_model_lora_config: Any = None
    audio_latency_block_size: int | None = None
    audio_past_frames: int | None = None
    audio_log_floor: float | None = None
    vocab_size: int | None = None
    initializer_range: float | None = None
    pad_token_id: int | None = None

    def __post_init__(self, **kwargs: Any) -> None:
        super().__post_init__(**kwargs)
        if not isinstance(self.audio_config, PretrainedConfig):
            self.audio_config = audio_config_of(self.audio_config)
        if not isinstance(self.text_config, PretrainedConfig):
            self.text_config = text_config_of(self.text_config)
        self.take_from_text(self.text_config)
        self._check()

    @classmethod
    def from_pretrained(cls, name: Any, **options: Any) -> Any:  # type: ignore[override]
        """transformers' own, but remembering where relative ids start."""
        return super().from_pretrained(name, **{"name_or_path": str(name)} | options)

    def take_from_text(self, text_config: PretrainedConfig | None) -> None:
        """Remember the text side's config, and copy what the format copies from it."""
        self.text_config = text_config
        if text_config is None:
            return
        words = text_config.get_text_config()
        self.vocab_size = words.vocab_size
        self.initializer_range = getattr(words, "initializer_range", None)

    def get_text_config(self, *_: Any, **__: Any) -> PretrainedConfig:
        """The config that transformers asks for token ids and cache sizes."""
        return self if self.text_config is None else self.text_config.get_text_config()

    @property
    def is_causal(self) -> bool:
        """Whether what is heard later changes nothing that was heard before."""
        return self.audio_log_floor is not None

    @property
    def encoder_shape(self) -> EncoderShape:
        """Of the audio tower."""
        if self.audio_config is None:
            raise BadCheckpoint("The config names no audio model; set audio_model_id.")
        return EncoderShape.of_whisper(self.audio_config.to_dict())

    @property
    def projector_shape(self) -> ProjectorShape:
        """Of the projector between the towers."""
        return ProjectorShape(
            encoder_width=self.encoder_shape.width,
            text_width=self.text_config.get_text_config().hidden_size,
            hidden_width=self.hidden_size,
            stack_factor=self.stack_factor,
            norm_init=self.norm_init,
            activation=self.projector_act,
            has_mid_norm=self.projector_ln_mid,
        )

    @property
    def audio_lora(self) -> LoraSpec:
        """The encoder's adapter."""
        return LoraSpec.of_config(self.audio_model_lora_config)

    @property
    def text_lora(self) -> LoraSpec:
        """The language model's adapter."""
        return LoraSpec.of_config(self.text_model_lora_config)

    def to_dict(self) -> dict[str, Any]:
        """What stands in the file: inline configs only for towers without an id."""
        fields = _written(super().to_dict())
        for tower in ("audio", "text"):
            inline = getattr(self, f"{tower}_config")
            if fields[f"{tower}_model_id"] is not None or inline is None:
                del fields[f"{tower}_config"]
            else:
                fields[f"{tower}_config"] = _written(inline.to_dict())
        if "audio_config" in fields:
            fields["audio_config"]["_name_or_path"] = _whisper_name(self.audio_config)
        for ours in ("audio_log_floor", "audio_past_frames"):
            if fields[ours] is None:
                del fields[ours]  # a stock file keeps the stock's fields
        return fields

    def to_diff_dict(self) -> dict[str, Any]:
        """Everything is written, defaults too: other readers' defaults differ from ours."""
        return self.to_dict()

    def _check(self) -> None:
        for name in ("hidden_size", "stack_factor"):
            if not isinstance(getattr(self, name), int) or getattr(self, name) < 1:
                raise BadCheckpoint(f"The config's {name} must be a positive number; correct it.")
        block, past = self.audio_latency_block_size, self.audio_past_frames
        if past is not None and (past < 1 or block is None):
            raise BadCheckpoint(
                f"audio_past_frames {past} must be positive, and needs audio_latency_block_size; "
                "correct them."
            )
        if block is None:
            return
        if block < 1 or (block % self.stack_factor if self.is_causal else 3_000 % block):
            rule = f"a multiple of {self.stack_factor}" if self.is_causal else "a divisor of 3000"
            raise BadCheckpoint(f"audio_latency_block_size {block} must be {rule}; correct it.")


def _written(fields: dict[str, Any]) -> dict[str, Any]:
    """Without what every config has by default, and with the names that older readers know."""
    usual = PretrainedConfig().to_dict()
    missing = object()
    fields = {
        key: value
        for key, value in fields.items()
        if key not in LOCAL and usual.get(key, missing) != value
    }
    if "dtype" in fields:
        fields["torch_dtype"] = fields.pop("dtype")
    rope = fields.get("rope_parameters") or {}
    if "rope_theta" in rope:  # transformers 4 reads these two and knows nothing of the dict
        fields["rope_theta"] = rope["rope_theta"]
        scaling = {key: value for key, value in rope.items() if key != "rope_theta"}
        fields["rope_scaling"] = None if scaling == {"rope_type": "default"} else scaling
    return fields


def audio_config_of(fields: Mapping[str, Any] | None) -> WhisperConfig | None:
    """An inline or a base's config; None for none.

    Raises:
        BadCheckpoint: it is not Whisper's.
    """
    if not fields:
        return None
    kind = fields.get("model_type", "whisper")
    if kind != "whisper":
        raise BadCheckpoint(
            f"The audio tower's type {kind!r} is unknown; only Whisper-shaped encoders are read."
        )
    return _built(WhisperConfig, fields)


def text_config_of(fields: Mapping[str, Any] | None) -> PretrainedConfig | None:
    """An inline or a base's config; None for none.

    Raises:
        BadCheckpoint: transformers does not know the type.
    """
    if not fields:
        return None
    kind = fields.get("model_type", "llama")
    try:
        known = AutoConfig.for_model(kind)
    except ValueError as unknown:
        raise BadCheckpoint(
            f"The language model's type {kind!r} is unknown to the installed transformers; "
            "upgrade it or choose another base."
        ) from unknown
    return _built(type(known), fields)


def _built(kind: Any, fields: Mapping[str, Any]) -> Any:
    try:
        return kind.from_dict(dict(fields))
    except (StrictDataclassError, TypeError, ValueError, AttributeError, KeyError) as broken:
        raise BadCheckpoint(
            f"The {kind.model_type} config has a field of a wrong kind; correct it."
        ) from broken


def _whisper_name(audio_config: PretrainedConfig) -> str:
    """Other readers choose the encoder's class by this name: it must contain "whisper"."""
    name = audio_config.name_or_path or ""
    return name if "whisper" in name.lower() else "whisper"
