"""Logging in and out of a public service."""

import asyncio
from dataclasses import dataclass, field
from importlib import resources
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from asha.core.errors import BadInput, Busy
from asha.server.accounts import MAX_CHARS, MAX_NAME_CHARS, Account, Accounts
from asha.server.desk import Desk
from asha.server.login import COOKIE, LOGIN_S, login_proof
from asha.server.problems import problem
from asha.server.throttle import Throttle, neighbourhood

router = APIRouter(tags=["login"])
MAX_OF_ADDRESS, MAX_OF_NAME = 10, 30  # wrong passwords in a quarter of an hour
MAX_WAITING = 8  # each check is 32 MB and a third of a second: one at a time
WRONG = "Name and password do not fit."


class Credentials(BaseModel):
    """Who wants to come in."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=MAX_NAME_CHARS)
    password: str = Field(max_length=MAX_CHARS)


@dataclass(slots=True)
class Doorman:
    """Checks passwords, one at a time, and remembers who fails."""

    accounts: Accounts
    of_address: Throttle = field(default_factory=lambda: Throttle(MAX_OF_ADDRESS))
    of_name: Throttle = field(default_factory=lambda: Throttle(MAX_OF_NAME))
    _checking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _num_waiting: int = 0

    async def admitted(self, who: Credentials, address: str) -> Account | None:
        """The account, or None. Raises Busy: too many wrong ones, or too many at once."""
        if self._num_waiting >= MAX_WAITING:
            raise Busy("Many people are logging in; try again in a moment.", retry_after_ms=3_000)
        self.of_address.count(neighbourhood(address))
        self.of_name.count(who.name)
        self._num_waiting += 1
        try:
            async with self._checking:
                account = await asyncio.to_thread(self.accounts.proved, who.name, who.password)
        finally:
            self._num_waiting -= 1
        if account:
            self.of_address.take_back(neighbourhood(address))
            self.of_name.take_back(who.name)
        return account


async def _doorman(request: Request) -> Doorman:
    doorman: Doorman = request.app.state.doorman
    return doorman


AtTheDoor = Annotated[Doorman, Depends(_doorman)]


@router.get("/login", include_in_schema=False)
async def login_page() -> HTMLResponse:
    """A form."""
    return _page("")


@router.post("/v1/login", response_model=None)
async def log_in(request: Request, doorman: AtTheDoor, desk: Desk) -> Response:
    """Log in (JSON or a form: `name`, `password`): a cookie, and for programs the same as a token.

    Wrong passwords are counted by address and by name; too many are answered with 429.
    """
    is_form = "urlencoded" in request.headers.get("content-type", "")
    who = _credentials(await request.body(), is_form=is_form)
    account = await doorman.admitted(who, request.client.host if request.client else "")
    if account is None:
        return _page(WRONG) if is_form else problem(401, WRONG, code="wrong_password")
    proof = login_proof(account, desk.signer)
    answer: Response = (
        RedirectResponse("/", 303)
        if is_form
        else JSONResponse({"access_token": proof, "token_type": "bearer", "expires_in": LOGIN_S})
    )
    answer.headers["Cache-Control"] = "no-store"
    answer.set_cookie(
        COOKIE, proof, max_age=LOGIN_S, path="/", secure=True, httponly=True, samesite="lax"
    )
    return answer


@router.post("/v1/logout", status_code=204)
async def log_out(response: Response) -> None:
    """Forget the login in this browser."""
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")


def _credentials(body: bytes, *, is_form: bool) -> Credentials:
    try:
        if not is_form:
            return Credentials.model_validate_json(body)
        given = parse_qs(body.decode())
        return Credentials(name=given["name"][0], password=given["password"][0])
    except (ValueError, KeyError) as wrong:
        raise BadInput("Send `name` and `password`, as JSON or as a form.", param="body") from wrong


def _page(problem_text: str) -> HTMLResponse:
    text = resources.files("asha.server").joinpath("login.html").read_text(encoding="utf-8")
    status = 401 if problem_text else 200
    headers = {"Cache-Control": "no-store"}
    return HTMLResponse(text.replace("{problem}", problem_text), status, headers)
