"""asha setup, models and doctor, as a person runs them."""

import os
import pty
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from asha.cli.configuration import write
from asha.core.errors import BadInput
from asha.core.settings import Settings
from asha.doubles.vendors import KEY, Vendors, serving

PROGRAM = "from asha.cli import main; import sys; sys.argv = ['asha', *sys.argv[1:]]; main()"
ID = "owner/tiny-model"


@pytest.fixture
async def vendors() -> AsyncIterator[Vendors]:
    async with serving() as running:
        running.repositories[ID] = {"model.safetensors": bytes(5_000), "config.json": b"{}"}
        yield running


def environment(vendors: Vendors) -> dict[str, str]:
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ASHA_", "HF_")) and not name.endswith("_API_KEY")
    }
    return {
        **clean,
        "ASHA_OPENAI_BASE_URL": vendors.url + "/v1",
        "ASHA_ELEVENLABS_BASE_URL": vendors.url,
        "HF_ENDPOINT": vendors.url,
    }


async def asha(vendors: Vendors, folder: Path, *words: str, stdin: str = "") -> tuple[int, str]:
    """Run it beside the doubles, which share this loop; code and everything it said."""
    import asyncio

    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PROGRAM,
        *words,
        cwd=folder,
        env=environment(vendors),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await process.communicate(stdin.encode())
    process._transport.close()  # type: ignore[attr-defined]
    assert process.returncode is not None
    return process.returncode, told.decode()


async def test_keys_are_tested_and_written_for_their_owner_only(
    vendors: Vendors, tmp_path: Path
) -> None:
    file = tmp_path / ".env"
    file.write_text("# mine\nOTHER=1\nOPENAI_API_KEY=old\n")
    given = f"OPENAI_API_KEY={KEY}\nELEVENLABS_API_KEY={KEY}\nASHA_LANGUAGE=hi\n"
    code, told = await asha(vendors, tmp_path, "setup", "--stdin", stdin=given)
    assert code == 0, told
    assert "gpt-4o-mini is there" in told and "voice Prem is there" in told
    assert KEY not in told
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text()
    assert text.startswith("# mine\nOTHER=1\n") and "old" not in text
    settings = Settings(_env_file=file)
    assert settings.language == "hi"
    assert settings.openai_api_key and settings.openai_api_key.get_secret_value() == KEY


async def test_a_key_that_the_vendor_refuses_is_not_written(
    vendors: Vendors, tmp_path: Path
) -> None:
    code, told = await asha(vendors, tmp_path, "setup", "--stdin", stdin="OPENAI_API_KEY=wrong\n")
    assert code == 2 and "check it" in told and "Nothing was written" in told
    assert not (tmp_path / ".env").exists()


async def test_what_is_no_setting_or_no_value_is_told(vendors: Vendors, tmp_path: Path) -> None:
    for line, word in (
        ("COLOUR=red", "COLOUR"),
        ("nonsense", "NAME=VALUE"),
        ("ASHA_PORT=many", "port"),
    ):
        code, told = await asha(vendors, tmp_path, "setup", "--stdin", stdin=line + "\n")
        assert code == 2 and word in told and "Traceback" not in told
    code, told = await asha(vendors, tmp_path, "setup")
    assert code == 2 and "--stdin" in told


async def test_a_person_at_a_terminal_is_asked_again_after_a_wrong_key(
    vendors: Vendors, tmp_path: Path
) -> None:
    import asyncio

    controller, terminal = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PROGRAM,
        "setup",
        cwd=tmp_path,
        env=environment(vendors),
        stdin=terminal,
        start_new_session=True,  # else getpass would ask the terminal of whoever runs the tests
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    os.close(terminal)
    assert process.stdout
    questions = [("thinks): ", "wrong"), ("thinks): ", KEY), ("hears): ", ""), ("[auto]: ", "ta")]
    told = seen = b""
    try:
        async with asyncio.timeout(60):
            for question, answer in questions:
                # getpass throws away what was typed before it asks.
                while not seen.endswith(question.encode()):
                    piece = await process.stdout.read(1)
                    assert piece, told
                    seen += piece
                os.write(controller, f"{answer}\n".encode())
                told, seen = told + seen, b""
            told += await process.stdout.read()
            code = await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
    process._transport.close()  # type: ignore[attr-defined]
    os.close(controller)
    said = told.decode()
    assert code == 0, said
    assert "not accepted" in said and "the key works" in said
    settings = Settings(_env_file=tmp_path / ".env")
    assert settings.language == "ta" and settings.elevenlabs_api_key is None


async def test_models_come_with_weight_and_licence_first(vendors: Vendors, tmp_path: Path) -> None:
    code, told = await asha(vendors, tmp_path, "models", "get", ID)
    assert code == 2 and "--yes" in told and "licence mit" in told
    code, told = await asha(vendors, tmp_path, "models", "get", ID, "--yes")
    assert code == 0, told
    first = told.splitlines()[0]
    assert "5.0 kB" in first or "0.0 MB" in first
    assert "100 %" in told
    code, told = await asha(vendors, tmp_path, "models", "list", "--check")
    assert code == 0 and ID in told and "whisper-small" in told
    (tmp_path / "var/models/owner--tiny-model/config.json").write_text("[]")
    code, told = await asha(vendors, tmp_path, "models", "list", "--check")
    assert code == 2 and "DAMAGED: config.json" in told
    code, told = await asha(vendors, tmp_path, "models", "remove", ID)
    assert code == 0 and "gone" in told


async def test_weights_that_may_not_be_sold_are_refused(vendors: Vendors, tmp_path: Path) -> None:
    vendors.license = "cc-by-nc-4.0"
    code, told = await asha(vendors, tmp_path, "models", "get", ID, "--yes")
    assert code == 2 and "--allow-noncommercial" in told
    assert not vendors.hub.asked
    code, told = await asha(
        vendors, tmp_path, "models", "get", ID, "--yes", "--allow-noncommercial"
    )
    assert code == 0, told


async def test_the_doctor_knows_configuration_and_weights(vendors: Vendors, tmp_path: Path) -> None:
    code, told = await asha(vendors, tmp_path, "doctor")
    assert code == 0 and "asha setup" in told and "asha models list" in told
    (tmp_path / ".env").write_text("ASHA_LANGUAGE=hi\n")
    (tmp_path / ".env").chmod(0o644)
    await asha(vendors, tmp_path, "models", "get", ID, "--yes")
    code, told = await asha(vendors, tmp_path, "doctor")
    assert "chmod 600" in told and ID in told


def test_values_survive_the_file_as_they_are(tmp_path: Path) -> None:
    for value in ("plain", "two words", "it's # not \\ a $comment", 'say "hi"', "नमस्ते"):
        write(tmp_path / ".env", {"ASHA_ELEVENLABS_VOICE": value})
        assert Settings(_env_file=tmp_path / ".env").elevenlabs_voice == value
    with pytest.raises(BadInput, match="printable"):
        write(tmp_path / ".env", {"ASHA_ELEVENLABS_VOICE": "a\nASHA_PUBLIC=1"})
    write(tmp_path / ".env", {"ASHA_ELEVENLABS_VOICE": None})
    assert "VOICE" not in (tmp_path / ".env").read_text()
