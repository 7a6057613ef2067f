"""Every setting of the service, typed, with its default. Read once, frozen, passed down."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

MAX_BUDGET_USD = 10_000.0


class Settings(BaseSettings):
    """From the environment (ASHA_...; vendors' keys under the vendors' names) or a .env file."""

    model_config = SettingsConfigDict(
        env_prefix="ASHA_", env_file=".env", extra="ignore", frozen=True, populate_by_name=True
    )

    host: str = "127.0.0.1"
    port: int = Field(default=8_000, ge=0, le=65_535)
    data_dir: Path = Path("var")
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    language: str = "auto"
    timezone: str = "Asia/Kolkata"

    listens: str = "auto"  # a provider's name, or auto: the best that has what it needs
    thinks: str = "auto"
    speaks: str = "auto"

    openai_api_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    openai_base_url: str = "https://api.openai.com/v1"
    openai_model: str = "gpt-4o-mini"  # a profile of providers/models.toml, or any id
    # How a model that hears is given sound; unset: as its profile says, else not at all.
    openai_audio: Literal["none", "input_audio", "audio_url"] | None = None
    openai_stt_model: str = "gpt-live-transcribe"
    openai_stt_url: str | None = None  # up to /v1; unset: OpenAI's own, if that is where it thinks
    elevenlabs_api_key: SecretStr | None = Field(
        default=None, validation_alias="ELEVENLABS_API_KEY"
    )
    elevenlabs_base_url: str = "https://api.elevenlabs.io"
    elevenlabs_voice: str = "Prem"  # found by name when it is first needed
    elevenlabs_voice_id: str | None = None  # wins over the name
    elevenlabs_second_voice: str = "George"  # speaks, with a warning, where the first is missing
    coqui_url: str | None = None  # where `asha coqui` runs
    speech_url: str | None = None  # any server with OpenAI's /v1/audio/speech, up to /v1
    speech_api_key: SecretStr | None = None
    speech_model: str = "tts-1"
    speech_voice: str = "alloy"
    whisper_model: str | None = None  # faster-whisper's size or folder: needs the extra `whisper`
    deadline_scale: float = Field(default=1.0, gt=0)  # slow lines need more, tests less
    nano_dir: Path | None = None  # exported weights; None: the ones in the package
    checkpoint: str | None = None  # an Ultravox-format checkpoint, by path or hub id

    runs_dir: Path = Path("out/evals")  # where `asha eval` writes, and the page's Scores reads
    shelf_dir: Path = Path("var/corpora")  # where the lab keeps the corpora it fetched
    hub_url: str = Field(default="https://huggingface.co", validation_alias="HF_ENDPOINT")
    hub_token: SecretStr | None = Field(default=None, validation_alias="HF_TOKEN")

    speculation: Literal["off", "text", "speech"] = "speech"
    fillers: bool = True
    # Money for vendors; when it is used up, what costs nothing goes on. 0: nothing is ever paid.
    budget_session_usd: float = Field(default=1.0, ge=0, le=MAX_BUDGET_USD)
    budget_day_usd: float = Field(default=5.0, ge=0, le=MAX_BUDGET_USD)  # of all sessions, UTC
    max_sessions: int = Field(default=200, ge=1)
    max_turn_s: float = Field(default=60.0, gt=0)
    max_body_bytes: int = Field(default=8_000_000, ge=1_000)
    allow_noncommercial: bool = False
    max_sessions_per_owner: int = Field(default=50, ge=1)  # open ones; they sleep when left
    cors_origins: list[str] = Field(default_factory=list)
    public: bool = False  # reachable by others: only with a login (`asha account`) and TLS
    tls_cert: Path | None = None  # the chain, in PEM
    tls_key: Path | None = None
    behind_proxy: bool = False  # a proxy in front ends TLS (Caddy, a tunnel)
    trusted_proxies: str = "127.0.0.1,::1"  # whose X-Forwarded-* headers are believed; * is all
    secret: SecretStr | None = None  # signs cookies and stream tokens; made on first start

    @property
    def thinks_at(self) -> str | None:
        """The address of the language model: with a key, or of a server that needs none."""
        is_own = "api.openai.com" not in self.openai_base_url
        return self.openai_base_url if self.openai_api_key or is_own else None

    @property
    def transcribes_at(self) -> str | None:
        """The address of live transcription: servers that imitate OpenAI's chat rarely have it."""
        is_openai = "api.openai.com" in self.openai_base_url
        implied = self.openai_base_url if is_openai else None
        return (self.openai_stt_url or implied) if self.openai_api_key else None
