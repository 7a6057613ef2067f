"""What a session was asked to be, and how it is told to the page."""

from dataclasses import dataclass, replace
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from asha.conversation.parts import Parts
from asha.core.errors import BadInput, UnknownLanguage
from asha.core.event_parts import AshaSession, AudioConfig, AudioFormat, AudioOutput, Session
from asha.core.language import TAGS

Format = Literal["audio/pcm", "audio/opus"]
AUTO = "auto"  # of languages, models and voices: Asha's own choice
OPUS_RATE_HZ = 48_000  # what an Opus decoder gives


@dataclass(frozen=True, slots=True)
class SessionConfig:
    """The settings of one session; `id` and `owner` never change."""

    id: str
    owner: str
    language: str = AUTO
    model: str = AUTO  # ids of conversation/choice.py
    voice: str = AUTO
    timezone: str = "Asia/Kolkata"
    turn_detection: Literal["server", "client"] = "server"
    speaks: bool = True
    format: Format = "audio/pcm"
    greet: bool = False
    title: str = ""  # the user's own name for it
    created_at: str = ""  # ISO 8601, UTC


def checked(config: SessionConfig) -> SessionConfig:
    """`config`, or the sentence that says what is wrong with it.

    Raises:
        UnknownLanguage: no such track.
        BadInput: an unknown time zone, turn detection or format.
    """
    if config.language not in (AUTO, *TAGS):
        raise UnknownLanguage(
            f"There is no language {config.language!r}; give auto, {', '.join(TAGS)}.",
            param="language",
        )
    try:
        ZoneInfo(config.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise BadInput(
            f"There is no time zone {config.timezone!r}; give an IANA name like Asia/Kolkata.",
            param="timezone",
        ) from unknown
    if config.turn_detection not in ("server", "client"):
        raise BadInput("turn_detection is `server` or `client`.", param="turn_detection")
    if config.format not in ("audio/pcm", "audio/opus"):
        raise BadInput("audio_format is `audio/pcm` or `audio/opus`.", param="audio_format")
    return config


def changed(config: SessionConfig, changes: dict[str, Any]) -> SessionConfig:
    """`config` with some settings changed, checked again."""
    return checked(replace(config, **changes))


def as_body(config: SessionConfig, parts: Parts) -> Session:
    """The session as events and answers carry it."""
    rate_hz = OPUS_RATE_HZ if config.format == "audio/opus" else 24_000
    names = parts.names
    return Session(
        id=config.id,
        model=names["thinks"] or "none",
        output_modalities=["audio"] if config.speaks else ["text"],
        audio=AudioConfig(
            output=AudioOutput(
                format=AudioFormat(type=config.format, rate=rate_hz), voice=names["speaks"]
            )
        ),
        asha=AshaSession(
            language=config.language,
            timezone=config.timezone,
            model=config.model,
            voice=config.voice,
            notice=parts.notice,
            **names,
        ),
    )
