"""ElevenLabs' speech protocol as pure functions: messages out, frames in, errors."""

import base64
import json
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import urlencode

from asha.core.errors import (
    ProviderBusy,
    ProviderCut,
    ProviderError,
    ProviderRefused,
    ProviderUnfit,
)

RATE_HZ = 24_000
FORMAT = f"pcm_{RATE_HZ}"
IDLE_S = 180  # the longest a socket may wait for its text
# What a JSON error frame or the reason of a close may name, and what it means.
REFUSED_WORDS = ("quota", "credit", "payment", "api_key", "unauthorized", "auth", "permission")
BUSY_WORDS = ("system_busy", "too_many", "rate_limit", "overload", "concurrent")
CLOSE_BUSY = (1011, 1012, 1013)  # internal error, restart, try again later
CLOSE_POLICY = 1008


@dataclass(frozen=True, slots=True)
class VoiceModel:
    """One of ElevenLabs' models; `languages` maps our tags to its codes."""

    id: str
    socket: bool
    languages: dict[str, str]


@dataclass(frozen=True, slots=True)
class Frame:
    """What came in one message: sound, the characters it speaks (None: not told), the end."""

    pcm: bytes
    chars: str | None
    is_final: bool


@cache
def voice_models() -> tuple[VoiceModel, ...]:
    """The models of elevenlabs.toml, the preferred first."""
    text = resources.files("asha.providers.tts").joinpath("elevenlabs.toml").read_text("utf-8")
    return tuple(VoiceModel(name, **table) for name, table in tomllib.loads(text).items())


def model_for(tag: str, provider: str) -> VoiceModel:
    """The first model that has the language. Raises ProviderUnfit."""
    for model in voice_models():
        if tag in model.languages:
            return model
    raise ProviderUnfit(provider, f"no model of elevenlabs.toml speaks {tag}.")


def socket_path(voice_id: str, query: str) -> str:
    """The address of one generation."""
    return f"/v1/text-to-speech/{voice_id}/stream-input?{query}"


def socket_query(model: VoiceModel, tag: str) -> str:
    """What is asked there; the phrase comes whole, so the server need not buffer."""
    query = {
        "model_id": model.id,
        "language_code": model.languages[tag],
        "output_format": FORMAT,
        "auto_mode": "true",
        "sync_alignment": "true",
        "inactivity_timeout": IDLE_S,
        "apply_text_normalization": "off",  # the phrase has been through ours
    }
    return urlencode(query)


def opening() -> str:
    """The first message."""
    return json.dumps({"text": " "})


def saying(phrase: str) -> list[str]:
    """The messages of one phrase: the text, which ends in a space, and the end."""
    return [json.dumps({"text": phrase + " ", "flush": True}), json.dumps({"text": ""})]


def parse_frame(message: str | bytes, provider: str) -> Frame:
    """A message of the server; keys are taken in camelCase and snake_case: both are seen.

    Raises:
        ValueError: not JSON, not base64, half a sample.
        ProviderError: an error frame.
    """
    told = json.loads(message)
    if not isinstance(told, dict):
        raise ValueError("a frame is an object")
    if told.get("error") or (told.get("code") and "audio" not in told):
        raise frame_failure(told, provider)
    pcm = base64.b64decode(told.get("audio") or "", validate=True)
    if len(pcm) % 2:
        raise ValueError("half a sample")
    alignment = told.get("alignment") or {}
    chars = alignment.get("chars") if isinstance(alignment, dict) else None
    is_final = bool(told.get("isFinal") or told.get("is_final"))
    return Frame(pcm, None if chars is None else "".join(chars), is_final)


def frame_failure(told: dict[str, Any], provider: str) -> ProviderError:
    """What an error frame means."""
    words = f"{told.get('error')} {told.get('message')}".lower()
    return _by_words(words, provider) or ProviderCut(
        provider, "it ended the reply with an error; try again."
    )


def close_failure(
    code: int | None, reason: str, provider: str, *, has_begun: bool
) -> ProviderError:
    """What a closed socket means, if the last frame had not come."""
    if "timeout" in reason.lower():  # it waited too long for its text: a policy close, our doing
        return ProviderBusy(provider, "the connection was left idle.", kind="connect")
    by_words = _by_words(reason.lower(), provider)
    if by_words:
        return by_words
    if code == CLOSE_POLICY:
        return ProviderRefused(provider, "the account may not do this; check key, plan and quota.")
    if has_begun:
        return ProviderCut(provider, "the speech broke off; try again.")
    if code in CLOSE_BUSY:
        return ProviderBusy(provider, f"overloaded (close {code}).")
    return ProviderBusy(provider, "the connection ended before it spoke.", kind="connect")


def _by_words(words: str, provider: str) -> ProviderError | None:
    if any(word in words for word in REFUSED_WORDS):
        return ProviderRefused(provider, "key or quota is not accepted; check the account.")
    if any(word in words for word in BUSY_WORDS):
        return ProviderBusy(provider, "too many requests at once.", kind="rate")
    if "voice_id_does_not_exist" in words or "voice_not_found" in words:
        return ProviderRefused(
            provider, "the voice is not in the account any more; choose another."
        )
    return None
