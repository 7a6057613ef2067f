"""The voice and the model of a session are its user's to choose, while it lives."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from listening import settings_for
from scripted import ScriptedLLM, ScriptedTTS
from server.conftest import scripted_parts, serving

from asha.conversation.choice import Choice
from asha.conversation.parts import Parts
from asha.core.language import TAGS
from asha.core.settings import Settings
from asha.doubles.vendors import Vendors
from asha.doubles.vendors import serving as serving_vendors
from asha.server.wiring import wired


@pytest.fixture
async def vendors() -> AsyncIterator[Vendors]:
    async with serving_vendors() as running:
        yield running


async def asked(client: Any, open_stream: Any, session: dict[str, Any], *changes: Any) -> list[Any]:
    """One typed turn before the first change and one after each; all events."""
    url = f"/v1/sessions/{session['id']}"
    async with open_stream(client, session["stream_url"]) as stream:
        for number, change in enumerate([None, *changes]):
            if change:
                answer = await client.patch(url, json=change)
                assert answer.status_code == 200, answer.text
            text = {"seq": number, "text": "hello", "final": True}
            await client.post(f"{url}/input_text", json=text)
            await stream.until("asha.cost.report")
    return list(stream.events)


async def test_what_is_configured_can_be_chosen(vendors: Vendors, tmp_path: Path) -> None:
    parts = wired(settings_for(vendors, tmp_path))
    async with serving(parts, tmp_path) as running, running.client() as client:
        found = (await client.get("/v1/choices")).json()
    models = {row["id"]: row["title"] for row in found["models"]}
    voices = {row["id"]: row["title"] for row in found["voices"]}
    assert models == {"auto": "gpt-4o-mini", "openai": "gpt-4o-mini", "nano": "Asha Nano"}
    assert voices["auto"] == voices["elevenlabs"] == "ElevenLabs (Prem)"
    assert list(voices)[1:] == ["elevenlabs", "coqui", "espeak", "espeak-woman", "espeak-man"]
    by_id = {row["id"]: row for row in found["voices"]}
    assert by_id["espeak"]["languages"] == list(TAGS)
    assert by_id["coqui"]["languages"] is None
    assert [by_id[name]["is_paid"] for name in ("elevenlabs", "coqui")] == [True, False]


def test_without_keys_there_are_nano_and_espeak_s_ways_to_sound() -> None:
    menu = wired(Settings(_env_file=None)).menu
    assert menu
    assert [choice.id for choice in menu.models] == ["auto", "nano"]
    assert [choice.id for choice in menu.voices] == ["auto", "espeak", "espeak-woman", "espeak-man"]


async def test_another_voice_speaks_from_the_next_turn_on_and_auto_brings_back_the_first(
    vendors: Vendors, open_stream: Any, tmp_path: Path
) -> None:
    vendors.reply = "Good morning to you."
    parts = wired(settings_for(vendors, tmp_path, deadline_scale=4.0))
    async with serving(parts, tmp_path) as running, running.client() as client:
        session = (await client.post("/v1/sessions", json={"language": "en-IN"})).json()
        assert session["session"]["asha"]["voice"] == "auto"
        events = await asked(
            client, open_stream, session, {"voice": "coqui"}, {"voice": "auto"}, {"model": "nano"}
        )
    assert len(vendors.coqui.asked) == 1
    assert len([row for row in vendors.elevenlabs.asked if row["text"].strip()]) >= 2
    changed = [row["session"]["asha"] for row in events if row["type"] == "session.updated"]
    assert [(row["voice"], row["model"]) for row in changed] == [
        ("coqui", "auto"),
        ("auto", "auto"),
        ("auto", "nano"),
    ]
    assert [row["speaks"] for row in changed] == ["coqui", "elevenlabs", "elevenlabs"]
    assert [row["thinks"] for row in changed] == ["openai:gpt-4o-mini"] * 2 + ["asha-nano"]
    assert not [row for row in events if row["type"] == "asha.provider.failover"]


@pytest.mark.parametrize(
    ("wish", "there"),
    [({"voice": "siri"}, "auto, espeak"), ({"model": "gpt-9"}, "auto"), ({"voice": ""}, "auto")],
)
async def test_what_is_not_there_is_a_sentence_that_names_what_is(
    tmp_path: Path, wish: dict[str, str], there: str
) -> None:
    parts = wired(Settings(_env_file=None))
    async with serving(parts, tmp_path) as running, running.client() as client:
        made = (await client.post("/v1/sessions", json={})).json()
        for answer in (
            await client.patch(f"/v1/sessions/{made['id']}", json=wish),
            await client.post("/v1/sessions", json=wish),
        ):
            told = answer.json()["error"]
            assert answer.status_code == 400
            assert told["param"] in wish
            assert there in told["message"]
        after = (await client.get(f"/v1/sessions/{made['id']}")).json()
        assert after["session"]["asha"]["voice"] == "auto"


class Menu:
    """One more voice and nothing else."""

    def __init__(self, parts: Parts, voices: list[str]) -> None:
        self.models, self.voices = [Choice("auto", "")], [Choice(name, name) for name in voices]
        self._parts = parts

    def parts(self, model: str, voice: str) -> Parts:
        return self._parts

    async def close(self) -> None: ...


def parts_with(voices: list[str]) -> Parts:
    other = scripted_parts(tts=ScriptedTTS(), llm=ScriptedLLM(["Hello again."]))
    return scripted_parts(llm=ScriptedLLM(["Hello."]), menu=Menu(other, voices))


async def test_a_voice_that_is_gone_after_a_restart_gives_way_and_it_is_said(
    tmp_path: Path,
) -> None:
    parts = parts_with(["auto", "prem"])
    async with serving(parts, tmp_path) as running, running.client() as client:
        made = (await client.post("/v1/sessions", json={"voice": "prem"})).json()
        assert made["session"]["asha"]["voice"] == "prem"
        cookies = client.cookies
    async with serving(parts_with(["auto"]), tmp_path) as running, running.client() as client:
        client.cookies = cookies
        found = (await client.get(f"/v1/sessions/{made['id']}")).json()["session"]["asha"]
        assert "There is no voice 'prem' here" in found["notice"]
        changed = await client.patch(f"/v1/sessions/{made['id']}", json={"language": "ta"})
        assert changed.status_code == 200  # other settings can be changed all the same
