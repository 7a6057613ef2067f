"""A voice by its name: found in the account when first needed, remembered on disk.

No id is written into the program: the same name has another id in every account.
"""

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import structlog

from asha.core.errors import ProviderRefused
from asha.core.settings import Settings
from asha.providers.http import Line

PAGE_SIZE = 100
MAX_PAGES = 20
PREFERRED_LABELS = {"language": "hi", "accent": "indian", "gender": "male"}

Warn = Callable[[str], None]


def _logged(sentence: str) -> None:
    structlog.get_logger().warning("voice.missing", notice=sentence)


@dataclass(frozen=True, slots=True)
class FoundVoice:
    """A voice of the account."""

    id: str
    name: str


class VoiceName:
    """A name, the id it has in this account, and who speaks where the name is missing."""

    def __init__(
        self,
        name: str,
        *,
        second: str,
        fixed_id: str | None = None,
        cache: Path | None = None,
        account: str = "",
        warn: Warn = _logged,
    ) -> None:
        """`account` tells accounts apart in the cache: a digest of address, key and name."""
        self.name, self._second, self._fixed_id = name, second, fixed_id
        self._cache, self._account, self._warn = cache, account, warn
        self._found: FoundVoice | None = None
        self._finding = asyncio.Lock()

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The voice that the settings name, remembered under their data folder."""
        key = settings.elevenlabs_api_key.get_secret_value() if settings.elevenlabs_api_key else ""
        identity = f"{settings.elevenlabs_base_url}\n{key}\n{settings.elevenlabs_voice}"
        return cls(
            settings.elevenlabs_voice,
            second=settings.elevenlabs_second_voice,
            fixed_id=settings.elevenlabs_voice_id,
            cache=settings.data_dir / "elevenlabs-voice.json",
            account=hashlib.sha256(identity.encode()).hexdigest()[:16],
        )

    async def id(self, line: Line) -> str:
        """The voice's id. Raises ProviderError; ProviderRefused where the account has no voice."""
        if self._fixed_id:
            return self._fixed_id
        async with self._finding:
            if self._found is None:
                self._found = self._remembered() or await self._searched(line)
            return self._found.id

    def forget(self) -> None:
        """The id is not there any more: find it anew next time."""
        self._found = None
        if self._cache:
            self._cache.unlink(missing_ok=True)

    async def _searched(self, line: Line) -> FoundVoice:
        found = named(await account_voices(line, self.name), self.name)
        if found:
            self._remember(found)
            return found
        voices = await account_voices(line, "")
        other = named(voices, self._second) or (_best(voices) if voices else None)
        if other is None:
            raise ProviderRefused(line.provider, "the account has no voice at all; add one.")
        self._warn(
            f"The voice {self.name!r} is not in the ElevenLabs account; {other.name!r} speaks. "
            "Add it in ElevenLabs' voice library, or set ASHA_ELEVENLABS_VOICE."
        )
        return other

    def _remembered(self) -> FoundVoice | None:
        try:
            kept = json.loads(self._cache.read_text("utf-8")) if self._cache else {}
        except (OSError, ValueError):
            return None
        if not isinstance(kept, dict) or kept.get("account") != self._account:
            return None
        voice_id, name = kept.get("id"), kept.get("name")
        return FoundVoice(str(voice_id), str(name)) if voice_id else None

    def _remember(self, found: FoundVoice) -> None:
        if self._cache is None:
            return
        kept = {
            "account": self._account,
            "id": found.id,
            "name": found.name,
            "found_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        self._cache.parent.mkdir(parents=True, exist_ok=True)
        self._cache.write_text(json.dumps(kept), encoding="utf-8")


def named(voices: Sequence[Mapping[str, Any]], name: str) -> FoundVoice | None:
    """The voice called `name`, or "`name` - something"; "Premium" is no "Prem"."""
    wanted = name.casefold()
    exact = [voice for voice in voices if str(voice.get("name", "")).casefold() == wanted]
    longer = [
        voice
        for voice in voices
        if str(voice.get("name", "")).casefold().startswith((wanted + " ", wanted + "-"))
    ]
    candidates = exact or longer
    return _best(candidates) if candidates else None


def _best(voices: Sequence[Mapping[str, Any]]) -> FoundVoice:
    """The one whose labels fit an Indian assistant best; the first of equals."""

    def fit(voice: Mapping[str, Any]) -> int:
        labels = voice.get("labels") or {}
        wanted = PREFERRED_LABELS.items()
        return sum(str(labels.get(label, "")).casefold() == value for label, value in wanted)

    best = max(voices, key=fit)
    return FoundVoice(str(best["voice_id"]), str(best.get("name", "")))


async def account_voices(line: Line, search: str) -> list[Mapping[str, Any]]:
    """All pages of the account's voices that match."""
    found: list[Mapping[str, Any]] = []
    query: dict[str, Any] = {"page_size": PAGE_SIZE}
    if search:
        query["search"] = search
    for _ in range(MAX_PAGES):
        page = await line.json("GET", "/v2/voices", params=query)
        found += [voice for voice in page.get("voices") or [] if voice.get("voice_id")]
        token = page.get("next_page_token")
        if not page.get("has_more", bool(token)) or not token:
            break
        query["next_page_token"] = token
    return found
