"""A public service: TLS and a login, over real sockets with a self-made certificate."""

import asyncio
import contextlib
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
import uvicorn
from certificate import make_certificate, trusting
from scripted import LoudIsSpeech, ScriptedLLM, ScriptedTTS

from asha.conversation.parts import Parts
from asha.core.errors import Busy
from asha.core.settings import Settings
from asha.server.accounts import USUAL, Accounts, Cost
from asha.server.app import create_app
from asha.server.reach import listening
from asha.server.throttle import WINDOW_S, Throttle, neighbourhood

PASSWORD = "neem tamarind monsoon"
CHEAP = Cost(n=16, r=8, p=1)  # the real one takes a third of a second of CPU
COOKIE = "__Host-asha_login"
LOGIN = {"name": "asha", "password": PASSWORD}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("tls"))


class Public:
    """A running public service and how to reach it."""

    def __init__(self, port: int, cert: Path) -> None:
        self.url, self._trust = f"https://127.0.0.1:{port}", trusting(cert)

    def client(self, **more: Any) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=self.url, verify=self._trust, timeout=60, trust_env=False, **more
        )


@contextlib.asynccontextmanager
async def public(
    folder: Path, certificate: tuple[Path, Path], **more: Any
) -> AsyncIterator[Public]:
    """The service as `asha serve --public` starts it, on a free port of loopback."""
    cert, key = certificate
    settings = Settings(
        _env_file=None,
        data_dir=folder,
        public=True,
        tls_cert=cert,
        tls_key=key,
        host="127.0.0.1",
        fillers=False,
        **more,
    )
    parts = Parts(
        llm=ScriptedLLM(["Namaste, how are you?"]), tts=ScriptedTTS(), detector=LoudIsSpeech
    )
    config = uvicorn.Config(
        create_app(settings, parts),
        port=0,
        log_level="error",
        ws="none",
        timeout_graceful_shutdown=1,
        **listening(settings),
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0)
        assert not task.done(), task.exception()
    try:
        yield Public(server.servers[0].sockets[0].getsockname()[1], cert)
    finally:
        server.should_exit = True
        await task


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Accounts(tmp_path).add("asha", PASSWORD, cost=CHEAP)
    return tmp_path


async def test_nobody_comes_in_without_a_login(folder: Path, certificate) -> None:
    async with public(folder, certificate) as service, service.client() as client:
        page = await client.get("/")
        assert page.status_code == 303 and page.headers["location"] == "/login"
        for method, path in [
            ("POST", "/v1/sessions"),
            ("POST", "/v1/chat/completions"),
            ("GET", "/metrics"),
            ("GET", "/docs"),
            ("GET", "/v1/memory"),
            ("GET", "/assets/anything.js"),
        ]:
            answer = await client.request(method, path)
            assert answer.status_code == 401, path
            assert "/login" in answer.json()["error"]["message"]
        assert (await client.get("/health/live")).status_code == 200
        client.cookies.set("asha_device", "device_0.forged")
        assert (await client.post("/v1/sessions", json={})).status_code == 401


async def test_a_login_is_a_cookie_that_scripts_and_other_sites_cannot_use(
    folder: Path, certificate
) -> None:
    async with public(folder, certificate) as service, service.client() as client:
        form = await client.get("/login")
        assert 'type="password"' in form.text
        done = await client.post("/v1/login", data=LOGIN)
        assert done.status_code == 303 and done.headers["location"] == "/"
        cookie = done.headers["set-cookie"]
        for word in (COOKIE, "HttpOnly", "Secure", "SameSite=lax", "Path=/"):
            assert word in cookie
        page = await client.get("/")
        assert page.status_code == 200 and "Asha" in page.text
        assert page.headers["strict-transport-security"]
        assert page.headers["content-security-policy"] == "frame-ancestors 'none'"
        made = await client.post("/v1/sessions", json={})
        assert made.status_code == 201
        assert "asha_device" not in made.headers.get("set-cookie", "")
        assert (await client.post("/v1/logout")).status_code == 204
        assert (await client.get("/v1/sessions")).status_code == 401


async def test_the_owner_is_the_account_on_every_device(folder: Path, certificate) -> None:
    Accounts(folder).add("ravi", "another long password", cost=CHEAP)
    async with (
        public(folder, certificate) as service,
        service.client() as phone,
        service.client() as desk,
        service.client() as ravi,
    ):
        for client in (phone, desk):
            assert (await client.post("/v1/login", json=LOGIN)).status_code == 200
        who = {"name": "ravi", "password": "another long password"}
        await ravi.post("/v1/login", json=who)
        session = (await phone.post("/v1/sessions", json={})).json()
        assert (await desk.get(f"/v1/sessions/{session['id']}")).status_code == 200
        assert (await ravi.get(f"/v1/sessions/{session['id']}")).status_code == 404
        bearer = {"Authorization": f"Bearer {session['stream_token']}"}
        async with service.client(headers=bearer) as listener:
            assert (await listener.get(f"/v1/sessions/{session['id']}")).status_code == 200
            assert (await listener.get("/v1/sessions")).status_code == 401
            other = (await ravi.post("/v1/sessions", json={})).json()
            assert (await listener.get(f"/v1/sessions/{other['id']}")).status_code == 401


async def test_a_new_password_or_a_removed_account_ends_its_logins(
    folder: Path, certificate
) -> None:
    async with public(folder, certificate) as service, service.client() as client:
        await client.post("/v1/login", json=LOGIN)
        assert (await client.get("/v1/sessions")).status_code == 200
        Accounts(folder).add("asha", "quite another password", cost=CHEAP)
        assert (await client.get("/v1/sessions")).status_code == 401
        assert (await client.post("/v1/login", json=LOGIN)).status_code == 401
        fresh = {"name": "asha", "password": "quite another password"}
        assert (await client.post("/v1/login", json=fresh)).status_code == 200
        Accounts(folder).remove("asha")
        assert (await client.get("/v1/sessions")).status_code == 401


async def test_wrong_passwords_are_throttled_and_tell_nothing_about_names(
    folder: Path, certificate
) -> None:
    async with public(folder, certificate) as service, service.client() as client:
        known = await client.post("/v1/login", json={**LOGIN, "password": "wrong"})
        unknown = await client.post("/v1/login", json={"name": "x", "password": "wrong"})
        assert known.status_code == unknown.status_code == 401
        assert known.json() == unknown.json()
        page = await client.post("/v1/login", data={**LOGIN, "password": "wrong"})
        assert page.status_code == 401 and "do not fit" in page.text
        answers = [
            (await client.post("/v1/login", json={"name": "y", "password": "wrong"})).status_code
            for _ in range(8)
        ]
        assert answers == [401] * 7 + [429]
        refused = await client.post("/v1/login", json=LOGIN)
        assert refused.status_code == 429 and int(refused.headers["retry-after"]) > 600


async def test_a_login_that_is_no_login_is_told(folder: Path, certificate) -> None:
    async with public(folder, certificate) as service, service.client() as client:
        for more in ({"json": {}}, {"content": b"{"}, {"data": {"name": "x"}}):
            answer = await client.post("/v1/login", **more)
            assert answer.status_code == 400 and "password" in answer.json()["error"]["message"]


async def test_the_stock_client_uses_the_login_as_its_key(folder: Path, certificate) -> None:
    async with public(folder, certificate) as service, service.client() as client:
        token = (await client.post("/v1/login", json=LOGIN)).json()["access_token"]
        async with service.client() as transport:
            stock = openai.AsyncOpenAI(
                api_key=token, base_url=f"{service.url}/v1", http_client=transport, max_retries=0
            )
            names = [model.id async for model in stock.models.list()]
            assert names == ["scripted-llm"]


async def test_other_peoples_pages_may_not_act_unless_they_are_listed(
    folder: Path, certificate
) -> None:
    friend = "https://friend.example"
    async with (
        public(folder, certificate, cors_origins=[friend]) as service,
        service.client() as client,
    ):
        await client.post("/v1/login", json=LOGIN)
        foreign = {"Origin": "https://evil.example"}
        answer = await client.post("/v1/sessions", json={}, headers=foreign)
        assert answer.status_code == 403 and answer.json()["error"]["param"] == "origin"
        assert (
            await client.post("/v1/sessions", json={}, headers={"Origin": service.url})
        ).status_code == 201
        asked = {"Origin": friend, "Access-Control-Request-Method": "POST"}
        preflight = await client.options("/v1/sessions", headers=asked)
        assert preflight.headers["access-control-allow-origin"] == friend
        made = await client.post("/v1/sessions", json={}, headers={"Origin": friend})
        assert made.status_code == 201
        refused = await client.options("/v1/sessions", headers={**asked, **foreign})
        assert "access-control-allow-origin" not in refused.headers


async def test_a_speaking_session_works_through_tls(folder: Path, certificate, open_stream) -> None:
    async with public(folder, certificate) as service, service.client() as client:
        await client.post("/v1/login", json=LOGIN)
        session = (await client.post("/v1/sessions", json={})).json()
        async with open_stream(
            client,
            f"/v1/sessions/{session['id']}/turns",
            method="POST",
            json={"text": "hello"},
            headers={"Accept": "text/event-stream"},
        ) as stream:
            await stream.rest()
        kinds = {event["type"] for event in stream.events}
        assert "response.output_audio.delta" in kinds


async def test_an_owner_cannot_take_every_place(folder: Path, certificate) -> None:
    async with (
        public(folder, certificate, max_sessions_per_owner=2) as service,
        service.client() as client,
    ):
        await client.post("/v1/login", json=LOGIN)
        codes = [(await client.post("/v1/sessions", json={})).status_code for _ in range(3)]
        assert codes == [201, 201, 429]


async def test_behind_a_proxy_only_https_requests_are_served(folder: Path) -> None:
    settings = Settings(
        _env_file=None, data_dir=folder, public=True, behind_proxy=True, fillers=False
    )
    parts = Parts(llm=None, tts=ScriptedTTS(), detector=LoudIsSpeech)
    config = uvicorn.Config(
        create_app(settings, parts), port=0, log_level="error", **listening(settings)
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0)
        assert not task.done(), task.exception()
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    async with httpx.AsyncClient(base_url=url, timeout=60, trust_env=False) as client:
        plain = await client.post("/v1/login", json=LOGIN)
        assert plain.status_code == 403 and "https" in plain.json()["error"]["message"]
        through = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
        done = await client.post("/v1/login", json=LOGIN, headers=through)
        assert done.status_code == 200 and "Secure" in done.headers["set-cookie"]
        assert (await client.get("/health/live")).status_code == 200
    server.should_exit = True
    await task


async def test_a_name_that_suddenly_means_this_machine_opens_nothing(serve) -> None:
    async with serve() as running, running.client() as client:
        answer = await client.get("/v1/models", headers={"Host": "evil.example"})
        assert answer.status_code == 403 and "--public" in answer.json()["error"]["message"]
        for host in ("localhost:8000", "127.0.0.1", "[::1]:8000"):
            assert (await client.get("/v1/models", headers={"Host": host})).status_code == 200
        foreign = {"Origin": "https://evil.example", "Content-Type": "text/plain"}
        answer = await client.post("/v1/chat/completions", content=b"{}", headers=foreign)
        assert answer.status_code == 403
        local = {"Origin": "http://localhost:5173"}
        assert (await client.post("/v1/sessions", json={}, headers=local)).status_code == 201


def test_what_is_kept_of_accounts_is_for_their_owner_only(folder: Path) -> None:
    path = folder / "accounts.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert PASSWORD not in path.read_text()
    assert 128 * USUAL.n * USUAL.r >= 32_000_000  # bytes that one guess needs


def test_places_in_the_throttle_come_free_again_and_ipv6_counts_by_household() -> None:
    now_s = 0.0
    throttle = Throttle(2, now_s=lambda: now_s)
    throttle.count("a")
    throttle.count("a")
    with pytest.raises(Busy, match="15 minutes"):
        throttle.count("a")
    throttle.take_back("a")
    throttle.count("a")
    now_s = WINDOW_S + 1
    throttle.count("a")
    assert neighbourhood("2001:db8:1:2:3::4") == neighbourhood("2001:db8:1:2:ffff::1")
    assert neighbourhood("::ffff:203.0.113.7") == "203.0.113.7"
