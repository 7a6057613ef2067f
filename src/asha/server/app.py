"""The service: create_app(settings, parts) and nothing that happens at import time."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from importlib import resources
from pathlib import Path

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse, HTMLResponse, Response

from asha.conversation.ahead import RenderedAhead, render_ahead
from asha.conversation.fillers import Fillers
from asha.conversation.ledger import Ledger
from asha.conversation.memory import SqliteMemory
from asha.conversation.parts import Parts
from asha.conversation.rules import Rules
from asha.conversation.session import Services
from asha.conversation.sessions import Sessions
from asha.core.settings import Settings
from asha.providers.adapters import close_all, warm_all
from asha.server.accounts import Accounts
from asha.server.desk import ServiceDesk
from asha.server.folder import held_folder
from asha.server.limits import BodyLimit
from asha.server.login import LoginWall
from asha.server.origin import OriginCheck
from asha.server.owners import Signer, signing_key
from asha.server.page_files import page_files
from asha.server.problems import add_problems
from asha.server.routes import (
    browser_figures,
    choices,
    events,
    health,
    hearing,
    lab,
    login,
    memory,
    openai_audio,
    openai_chat,
    session_list,
    sessions,
)
from asha.server.telemetry import Telemetry

NO_PAGE = """<!doctype html><meta charset="utf-8"><title>Asha</title>
<h1>Asha</h1><p>The page has not been built. The API is at <a href="/docs">/docs</a>."""


ROUTES = (
    sessions,
    session_list,
    choices,
    events,
    hearing,
    memory,
    openai_chat,
    openai_audio,
    health,
    lab,
    browser_figures,
)


def create_app(settings: Settings, parts: Parts) -> FastAPI:
    """The service with its routes; the database is opened when it starts."""
    if parts.tts:
        parts = replace(parts, tts=RenderedAhead(parts.tts))

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with held_folder(settings.data_dir):
            memory_file = await SqliteMemory.open(settings.data_dir / "asha.db")
            await memory_file.end_leases()  # the folder is ours: whoever held them is dead
            app.state.desk = desk = _desk(settings, parts, memory_file)
            desk.somebody_came.set()
            warming = _keep_warm(desk)
            works = (desk.sessions.sweep(), desk.sessions.ring(), warming)
            tasks = [asyncio.create_task(work) for work in works]
            if settings.fillers:
                fillers = desk.sessions.services.fillers
                rendering = render_ahead(parts.tts, fillers, is_paid=parts.is_paid)
                tasks.append(asyncio.create_task(rendering))
            if parts.warm:
                tasks.append(asyncio.ensure_future(parts.warm()))
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await desk.sessions.close()
                await memory_file.close()
                for each in filter(None, (parts, parts.free)):
                    await close_all([each.llm, each.tts, each.stt])
                if parts.menu:
                    await parts.menu.close()

    app = FastAPI(title="Asha", version="0.1.0", lifespan=lifespan)
    add_problems(app)
    for part in ROUTES:
        app.include_router(part.router)
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes)
    _add_doors(app, settings)
    _add_page(app)
    return app


def _add_doors(app: FastAPI, settings: Settings) -> None:
    """Who may come in; the one added last is asked first."""
    if settings.public:
        accounts = Accounts(settings.data_dir)
        app.state.doorman = login.Doorman(accounts)
        app.include_router(login.router)
        app.add_middleware(LoginWall, accounts=accounts)
    app.add_middleware(OriginCheck, allowed=settings.cors_origins, is_public=settings.public)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_credentials=True,
            allow_methods=["*"],
            allow_headers=["*"],
        )


async def _keep_warm(desk: ServiceDesk) -> None:
    """For ever: open lines to vendors at the start, and again when a session begins."""
    while True:
        await desk.somebody_came.wait()
        desk.somebody_came.clear()
        await warm_all([desk.parts.llm, desk.parts.tts])


def rules_for(settings: Settings, parts: Parts) -> Rules:
    """The turn machine's delays with these settings and parts."""
    rules = Rules(speculation=settings.speculation, max_turn_ms=settings.max_turn_s * 1_000)
    return rules.paced(is_paid=parts.is_paid, hears=parts.hears)


def _desk(settings: Settings, parts: Parts, memory_file: SqliteMemory) -> ServiceDesk:
    telemetry = Telemetry()
    services = Services(
        parts=parts,
        log=memory_file,
        store=memory_file,
        fillers=Fillers(parts.tts),
        rules=rules_for(settings, parts),
        now_ms=lambda: time.monotonic() * 1_000,
        fills=settings.fillers,
        observe=telemetry.observe,
        ledger=Ledger(settings.budget_session_usd, settings.budget_day_usd, memory_file),
    )
    secret = settings.secret.get_secret_value() if settings.secret else None
    return ServiceDesk(
        settings=settings,
        parts=parts,
        memory=memory_file,
        sessions=Sessions(services, memory_file, settings.max_sessions),
        signer=Signer(signing_key(secret, settings.data_dir)),
        telemetry=telemetry,
    )


def _add_page(app: FastAPI) -> None:
    """The page, where it has been built, at /."""
    folder = Path(str(resources.files("asha.server").joinpath("page")))
    index = folder / "index.html"
    if (folder / "assets").is_dir():
        app.mount("/assets", page_files(folder / "assets"))

    @app.get("/", include_in_schema=False)
    async def page() -> Response:
        if not index.exists():
            return HTMLResponse(NO_PAGE)
        # The files it names carry their contents' hash; it itself must always be the newest.
        return FileResponse(index, headers={"Cache-Control": "no-cache"})
