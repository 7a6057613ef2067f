"""docs/phone.md, command by command: an account, a certificate, a service that asks for both."""

import asyncio
import os
import re
import shlex
import signal
import ssl
import sys
from pathlib import Path

import httpx
import pytest

from asha.core.errors import BadInput
from asha.core.settings import Settings
from asha.server.accounts import Accounts, Cost
from asha.server.reach import listening

PAGE = (Path(__file__).parents[2] / "docs" / "phone.md").read_text(encoding="utf-8")
PROGRAM = "from asha.cli import main; import sys; sys.argv = ['asha', *sys.argv[1:]]; main()"
LIMIT_S = 120  # scrypt takes a third of a second of CPU, a busy machine ten times as long


def command(beginning: str) -> list[str]:
    """The first command of the page that begins so, as words."""
    found = re.search(rf"^ {{4}}(.*{re.escape(beginning)}.*)$", PAGE, re.M)
    assert found, beginning
    return shlex.split(found[1])


async def run(words: list[str], folder: Path, stdin: str = "") -> None:
    process = await asyncio.create_subprocess_exec(
        *words, cwd=folder, stdin=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    _, told = await process.communicate(stdin.encode())
    process._transport.close()  # type: ignore[attr-defined]
    assert process.returncode == 0, told.decode()


async def test_the_page_leads_to_a_service_that_asks_for_a_login(tmp_path: Path) -> None:
    asha = [sys.executable, "-c", PROGRAM]
    account = command("asha account add me")
    password = account[account.index("echo") + 1]
    words = account[account.index(".venv/bin/asha") + 1 :]
    await run([*asha, *words], tmp_path, password + "\n")
    await run(command("openssl req"), tmp_path)
    served = command("asha serve --public --tls-cert")[1:]
    process = await asyncio.create_subprocess_exec(
        *[*asha, *served, "--host", "127.0.0.1", "--port", "0"],
        cwd=tmp_path,
        stderr=asyncio.subprocess.PIPE,
        env={key: value for key, value in os.environ.items() if not key.endswith("_API_KEY")},
    )
    assert process.stderr
    told = ""
    async with asyncio.timeout(LIMIT_S):
        while not (found := re.search(r"Asha is at (https://\S+)/", told)):
            line = await process.stderr.readline()
            assert line, told
            told += line.decode()
    trust = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    trust.check_hostname = False  # it was made for the address in the page
    async with httpx.AsyncClient(
        base_url=found[1], verify=trust, timeout=LIMIT_S, trust_env=False
    ) as client:
        assert (await client.post("/v1/sessions", json={})).status_code == 401
        who = {"name": "me", "password": password}
        assert (await client.post("/v1/login", json=who)).status_code == 200
        assert (await client.post("/v1/sessions", json={})).status_code == 201
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(LIMIT_S):
        await process.wait()
    process._transport.close()  # type: ignore[attr-defined]


def settings(folder: Path, **given: object) -> Settings:
    return Settings(_env_file=None, data_dir=folder, **given)  # type: ignore[arg-type]


def test_nothing_is_public_without_an_account_and_tls(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="asha account add"):
        listening(settings(tmp_path, public=True, behind_proxy=True))
    Accounts(tmp_path).add("me", "neem tamarind monsoon", cost=Cost(n=16, p=1))
    with pytest.raises(BadInput, match="--behind-proxy"):
        listening(settings(tmp_path, public=True))
    (tmp_path / "x.pem").write_text("nonsense")
    with pytest.raises(BadInput, match="belong together"):
        listening(
            settings(tmp_path, public=True, tls_cert=tmp_path / "x.pem", tls_key=tmp_path / "x.pem")
        )
    with pytest.raises(BadInput, match="--public"):
        listening(settings(tmp_path, host="0.0.0.0"))
    behind = listening(settings(tmp_path, public=True, behind_proxy=True))
    assert behind["host"] == "127.0.0.1" and behind["forwarded_allow_ips"] == "127.0.0.1,::1"
    assert listening(settings(tmp_path))["host"] == "127.0.0.1"
