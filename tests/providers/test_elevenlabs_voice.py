"""The voice of a name: found at run time, remembered, and never a reason to fall silent."""

import json
from pathlib import Path

import pytest

from asha.core.errors import ProviderRefused
from asha.doubles.vendors import GEORGE, KEY, PREM, Vendors
from asha.providers.http import Line
from asha.providers.tts.elevenlabs_voice import VoiceName


def line(vendors: Vendors) -> Line:
    return Line("elevenlabs", vendors.url, {"xi-api-key": KEY})


def named(folder: Path, warnings: list[str], *, account: str = "mine") -> VoiceName:
    cache = folder / "voice.json"
    return VoiceName("Prem", second="George", cache=cache, account=account, warn=warnings.append)


async def test_the_name_is_found_on_any_page_and_remembered(
    vendors: Vendors, tmp_path: Path
) -> None:
    vendors.account_voices = [
        {"voice_id": "premium", "name": "Premium narrator", "labels": {"language": "hi"}},
        {"voice_id": "story", "name": "Prem - stories"},
        PREM,
    ]
    warnings: list[str] = []
    connection = line(vendors)
    assert await named(tmp_path, warnings).id(connection) == PREM["voice_id"]
    assert len(vendors.searches.asked) == 3, "three pages of one voice"
    kept = json.loads((tmp_path / "voice.json").read_text())
    assert kept["name"] == "Prem"
    assert KEY not in json.dumps(kept)
    assert await named(tmp_path, warnings).id(connection) == PREM["voice_id"]
    assert len(vendors.searches.asked) == 3, "from the disk"
    await named(tmp_path, warnings, account="another").id(connection)
    assert len(vendors.searches.asked) == 6, "another account has other ids"
    assert not warnings
    await connection.close()


async def test_a_longer_name_will_do_and_premium_will_not(vendors: Vendors, tmp_path: Path) -> None:
    vendors.account_voices = [
        {"voice_id": "premium", "name": "Premium narrator"},
        {"voice_id": "story", "name": "Prem - stories"},
    ]
    connection = line(vendors)
    assert await named(tmp_path, []).id(connection) == "story"
    await connection.close()


async def test_a_missing_voice_is_told_and_the_second_speaks(
    vendors: Vendors, tmp_path: Path
) -> None:
    vendors.account_voices = [{"voice_id": "other", "name": "Other"}, GEORGE]
    warnings: list[str] = []
    connection = line(vendors)
    assert await named(tmp_path, warnings).id(connection) == GEORGE["voice_id"]
    assert "'Prem' is not in the ElevenLabs account" in warnings[0]
    assert not (tmp_path / "voice.json").exists(), "it may be added any time"
    vendors.account_voices = [{"voice_id": "other", "name": "Other"}]
    assert await named(tmp_path, warnings).id(connection) == "other"
    await connection.close()


async def test_an_account_without_any_voice_hands_on(vendors: Vendors, tmp_path: Path) -> None:
    vendors.account_voices = []
    connection = line(vendors)
    with pytest.raises(ProviderRefused, match="no voice at all"):
        await named(tmp_path, []).id(connection)
    await connection.close()
