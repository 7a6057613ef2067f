"""A voice's socket that is opened before the words are there: used once, closed if not."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr
from virtual_time import run_virtual

from asha.core.errors import ProviderBusy
from asha.core.language import language
from asha.core.settings import Settings
from asha.doubles.faults import Fault
from asha.doubles.legible import heard
from asha.doubles.vendors import KEY, PREM, Vendors
from asha.providers.choosing import Chosen, chosen
from asha.providers.spares import Spares

HINDI, ENGLISH, GUJARATI = language("hi"), language("en-IN"), language("gu")
LIMIT_S = 20.0  # nothing here is timed: only against waiting for ever


@pytest.fixture
async def able(vendors: Vendors) -> AsyncIterator[Chosen]:
    """ElevenLabs with eSpeak NG behind it, as the service has them."""
    settings = Settings(
        elevenlabs_api_key=SecretStr(KEY),
        elevenlabs_base_url=vendors.url,
        elevenlabs_voice_id=str(PREM["voice_id"]),
        deadline_scale=10.0,
        _env_file=None,
    )
    made = chosen(settings)
    yield made
    await made.tts.close()


async def said(able: Chosen, phrase: str) -> str:
    chunks = [chunk async for chunk in able.tts.speak(phrase, language=ENGLISH)]
    return heard(b"".join(chunk.pcm for chunk in chunks)).strip()


async def test_the_first_sound_does_not_wait_for_a_handshake(
    able: Chosen, vendors: Vendors
) -> None:
    """The door is shut before the phrase is there: a handshake now would never end."""
    async with asyncio.timeout(LIMIT_S):
        able.tts.stand_by("a session", language=ENGLISH)
        await vendors.until(lambda seen: seen.open_sockets == 1)
        assert not vendors.elevenlabs.asked, "nothing was said"
        vendors.door.clear()
        assert await said(able, "hello there") == "hello there"
        await vendors.until(lambda seen: seen.num_handshakes == 2)  # for the next phrase
    assert [told["text"] for told in vendors.elevenlabs.asked] == ["hello there "]


async def test_one_a_session_and_it_is_closed_where_nothing_is_said(
    able: Chosen, vendors: Vendors
) -> None:
    async with asyncio.timeout(LIMIT_S):
        for _ in range(3):
            able.tts.stand_by("one", language=ENGLISH)
        able.tts.stand_by("two", language=ENGLISH)
        able.tts.stand_by("three", language=GUJARATI)  # its model has no sockets
        await vendors.until(lambda seen: seen.open_sockets == 2)
        able.tts.stand_down("one")
        able.tts.stand_down("one")
        await vendors.until(lambda seen: seen.open_sockets == 1)
        able.tts.stand_by("two", language=HINDI)  # another language is another socket
        await vendors.until(lambda seen: seen.num_handshakes == 3 and seen.open_sockets == 1)
        able.tts.stand_down("two")
        await vendors.until(lambda seen: seen.open_sockets == 0)
    assert not vendors.elevenlabs.asked
    assert not able.meter.tallies.get("elevenlabs"), "standing by costs nothing"


@pytest.mark.parametrize(
    "fault",
    [Fault("close", status=1008, code="input_timeout_exceeded"), Fault("cut"), Fault("empty")],
    ids=lambda fault: fault.kind,
)
async def test_a_spare_that_died_does_not_lose_or_repeat_a_word(
    able: Chosen, vendors: Vendors, fault: Fault
) -> None:
    """It ends as the phrase reaches it: the phrase is heard once, whoever speaks it."""
    vendors.elevenlabs.faults.append(fault)
    async with asyncio.timeout(LIMIT_S):
        able.tts.stand_by("a session", language=ENGLISH)
        await vendors.until(lambda seen: seen.open_sockets == 1)
        chunks = [chunk async for chunk in able.tts.speak("seven", language=ENGLISH)]
    pcm = b"".join(chunk.pcm for chunk in chunks)
    by_prem = heard(pcm).strip() == "seven"
    assert by_prem if fault.kind == "close" else pcm


async def test_a_spare_that_cannot_be_opened_is_nobodys_error(
    able: Chosen, vendors: Vendors
) -> None:
    vendors.elevenlabs.faults.append(Fault("status", status=503, code="overloaded"))
    async with asyncio.timeout(LIMIT_S):
        able.tts.stand_by("a session", language=ENGLISH)
        assert await said(able, "hello") == "hello"


async def test_a_voice_that_rests_is_not_called(able: Chosen, vendors: Vendors) -> None:
    vendors.elevenlabs.always = Fault("status", status=401, code="quota_exceeded")
    async with asyncio.timeout(LIMIT_S):
        assert [chunk async for chunk in able.tts.speak("hello", language=ENGLISH)]
        num_handshakes = vendors.num_handshakes
        able.tts.stand_by("a session", language=ENGLISH)
        await asyncio.sleep(0)
    assert vendors.num_handshakes == num_handshakes


async def test_giving_up_while_the_hand_is_shaken_leaves_nothing_open(
    able: Chosen, vendors: Vendors
) -> None:
    vendors.door.clear()
    async with asyncio.timeout(LIMIT_S):
        able.tts.stand_by("a session", language=ENGLISH)
        await vendors.until(lambda seen: seen.num_handshakes == 1)
        speaking: Any = able.tts.speak("hello", language=ENGLISH)
        waiting = asyncio.ensure_future(anext(speaking))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await speaking.aclose()
        vendors.door.set()
        await vendors.until(lambda seen: seen.open_sockets == 0)
    assert not vendors.elevenlabs.asked


class Socket:
    """Something that is open until it is closed."""

    is_open = True

    async def close(self) -> None:
        self.is_open = False


def test_what_nobody_uses_is_closed_in_time() -> None:
    sockets: list[Socket] = []

    async def opened(way: str) -> Any:
        if way == "shut":
            raise ProviderBusy("vendor", "it cannot be reached.", kind="connect")
        sockets.append(Socket())
        return sockets[-1]

    async def scene() -> None:
        spares = Spares(opened, lasts_s=90)
        spares.open("one", "way")
        spares.open("two", "shut")
        await asyncio.sleep(89)
        assert [socket.is_open for socket in sockets] == [True]
        await asyncio.sleep(2)
        assert [socket.is_open for socket in sockets] == [False]
        assert spares.take("way") is None
        await spares.close()

    run_virtual(scene())
