"""Every setting of the service, typed, with its default. Read once, frozen, passed down."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """From the environment (ASHA_...; vendors' keys under the vendors' names) or a .env file."""

    model_config = SettingsConfigDict(
        env_prefix="ASHA_", env_file=".env", extra="ignore", frozen=True, populate_by_name=True
    )

    host: str = "127.0.0.1"
    port: int = Field(default=8_000, ge=0, le=65_535)
    data_dir: Path = Path("var")
    language: str = "auto"
    timezone: str = "Asia/Kolkata"

    listens: str = "auto"  # a provider's name, or auto: the best that has what it needs
    thinks: str = "auto"
    speaks: str = "auto"

    openai_api_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    openai_base_url: str = "https://api.openai.com/v1"
    openai_model: str = "gpt-4o-mini"
    elevenlabs_api_key: SecretStr | None = Field(
        default=None, validation_alias="ELEVENLABS_API_KEY"
    )
    elevenlabs_base_url: str = "https://api.elevenlabs.io"
    elevenlabs_voice: str = "Prem"
    coqui_url: str | None = None
    nano_dir: Path | None = None  # exported weights; None: the ones in the package
    checkpoint: str | None = None  # an Ultravox-format checkpoint, by path or hub id

    speculation: Literal["off", "text", "speech"] = "speech"
    fillers: bool = True
    money_cap_usd: float = Field(default=1.0, ge=0)  # per session
    max_sessions: int = Field(default=200, ge=1)
    max_turn_s: float = Field(default=60.0, gt=0)
    max_body_bytes: int = Field(default=8_000_000, ge=1_000)
    allow_noncommercial: bool = False
    cors_origins: list[str] = Field(default_factory=list)
    secret: SecretStr | None = None  # signs cookies and stream tokens; made on first start
