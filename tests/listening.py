"""Somebody who listens to one whole answer, with the doubles as vendors."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from scripted import LoudIsSpeech

from asha.conversation.draft import (
    Asking,
    Broken,
    Draft,
    Finished,
    PhraseBegun,
    PhraseSound,
    Question,
)
from asha.conversation.parts import Parts
from asha.core.account import Switch
from asha.core.audio import Chunk
from asha.core.errors import AshaError
from asha.core.message import said
from asha.core.settings import Settings
from asha.doubles.legible import heard
from asha.doubles.vendors import KEY, Vendors
from asha.providers.choosing import Chosen, chosen

LIMIT_S = 20.0


def settings_for(vendors: Vendors, folder: Path, **given: Any) -> Settings:
    """Every vendor is a double; deadlines are short unless given."""
    wanted: dict[str, Any] = {
        "openai_api_key": SecretStr(KEY),
        "openai_base_url": vendors.url + "/v1",
        "openai_stt_url": vendors.url + "/v1",
        "elevenlabs_api_key": SecretStr(KEY),
        "elevenlabs_base_url": vendors.url,
        "coqui_url": vendors.url,
        "data_dir": folder,
        "deadline_scale": 0.25,
        "_env_file": None,
    }
    return Settings(**{**wanted, **given})


@dataclass
class Listened:
    """What reached the listener, and when."""

    pcm: bytes = b""
    shown: str = ""
    errors: list[AshaError] = field(default_factory=list)
    switches: list[Switch] = field(default_factory=list)
    failed: bool = False
    sounds: list[tuple[float, float]] = field(default_factory=list)  # (arrival s, length s)
    switched_s: list[float] = field(default_factory=list)

    @property
    def heard(self) -> str:
        return "".join(heard(self.pcm).split())

    def gaps_ms(self) -> list[float]:
        """From the last sound of each voice that failed to the first of the one that took over."""
        gaps = []
        for when_s in self.switched_s:
            before = [at_s for at_s, _ in self.sounds if at_s <= when_s]
            after = [at_s for at_s, _ in self.sounds if at_s > when_s]
            if before and after:
                gaps.append((after[0] - before[-1]) * 1_000)
        return gaps

    def silence_ms(self) -> float:
        """The longest silence inside the answer, if it is played as it arrives."""
        longest, end_s = 0.0, self.sounds[0][0] if self.sounds else 0.0
        for at_s, length_s in self.sounds:
            longest = max(longest, at_s - end_s)
            end_s = max(end_s, at_s) + length_s
        return longest * 1_000


class Listener:
    """Asks the providers that `settings` allow, as a session does, and listens."""

    def __init__(self, settings: Settings) -> None:
        self.able: Chosen = chosen(settings, self._switched)
        self._now: Listened | None = None

    def _switched(self, switch: Switch) -> None:
        if self._now:
            self._now.switches.append(switch)
            self._now.switched_s.append(time.monotonic())

    async def ask(self, tag: str = "en-IN", text: str = "When does my train leave?") -> Listened:
        """One turn."""
        self._now = listened = Listened()
        parts = Parts(llm=self.able.llm, tts=self.able.tts, detector=LoudIsSpeech)

        async def question(_: bool) -> Question:
            return Question([said("user", text)], tag)

        async def settle() -> None:
            return None

        asking = Asking(
            "turn_1",
            question,
            changed=asyncio.Event().wait,  # never
            mark=lambda _: None,
            tools={},
            heard=lambda _: "en-IN",
            settle=settle,
        )
        draft = Draft(parts, asking)
        draft.start()
        draft.release()
        async with asyncio.timeout(LIMIT_S):
            while not isinstance(out := await draft.take(), Finished):
                if isinstance(out, PhraseBegun):
                    listened.shown += out.text
                elif isinstance(out, PhraseSound):
                    listened.pcm += out.pcm
                    listened.sounds.append((time.monotonic(), len(out.pcm) / 48_000))
                elif isinstance(out, Broken):
                    listened.errors.append(out.error)
        listened.failed = out.failed
        await draft.discard()
        return listened

    async def close(self) -> None:
        for part in (self.able.llm, self.able.tts, self.able.stt):
            if part:
                await part.close()


def is_whole(heard_text: str, answer: str) -> bool:
    """Whether the answer was heard to its end, at most one word of it twice at the seam."""
    whole = "".join(answer.split())
    if heard_text == whole:
        return True
    num_twice = len(heard_text) - len(whole)
    longest = max(len(word) for word in answer.split())
    return 0 <= num_twice <= longest and any(
        heard_text == whole[: end + num_twice] + whole[end:] for end in range(len(whole))
    )


async def clip_chunks(num_chunks: int = 5) -> AsyncIterator[Chunk]:
    """Half a second of sound at 16 kHz, as a session gives it."""
    for _ in range(num_chunks):
        yield Chunk(b"\x00\x10" * 1_600, 16_000)
