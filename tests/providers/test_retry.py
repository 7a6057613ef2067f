"""Breaker, retry and deadlines, each fact on its own."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from asha.core.errors import (
    AshaError,
    ProviderBusy,
    ProviderCut,
    ProviderRefused,
    ProviderUnfit,
)
from asha.providers.breaker import OPEN_S, REFUSED_S, Breaker
from asha.providers.deadlines import Deadlines, in_time
from asha.providers.retry import Care, careful, retry_pause_s

QUICK = Deadlines(first_s=0.05, gap_s=0.05, total_s=None)
LONG = Deadlines(first_s=5.0, gap_s=5.0, total_s=None)


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(now_s=clock, spread=lambda: 1.0)


def test_three_failures_in_a_row_open_it_and_one_probe_closes_it(
    breaker: Breaker, clock: Clock
) -> None:
    for _ in range(3):
        assert breaker.admits()
        breaker.failed(ProviderCut("x", "cut."))
    assert not breaker.admits()
    clock.now_s += OPEN_S
    assert breaker.admits(), "one probe"
    assert not breaker.admits(), "only one"
    breaker.succeeded()
    assert breaker.admits()


def test_each_failed_probe_doubles_the_rest(breaker: Breaker, clock: Clock) -> None:
    for _ in range(3):
        breaker.failed(ProviderCut("x", "cut."))
    for rest_s in (OPEN_S, OPEN_S * 2, OPEN_S * 4):
        clock.now_s += rest_s - 0.1
        assert not breaker.admits()
        clock.now_s += 0.1
        assert breaker.admits()
        breaker.failed(ProviderCut("x", "cut."))


def test_a_success_in_between_keeps_it_closed(breaker: Breaker) -> None:
    for _ in range(4):
        breaker.failed(ProviderCut("x", "cut."))
        breaker.succeeded()
    assert breaker.admits()


def test_half_of_ten_failing_opens_it(breaker: Breaker) -> None:
    for number in range(10):
        if number % 2:
            breaker.failed(ProviderCut("x", "cut."))
        else:
            breaker.succeeded()
    assert not breaker.admits()


def test_a_refused_key_opens_it_at_once_and_for_long(breaker: Breaker, clock: Clock) -> None:
    breaker.failed(ProviderRefused("x", "key."))
    clock.now_s += REFUSED_S - 1
    assert not breaker.admits()


def test_a_rate_limit_weighs_half_and_a_bad_request_nothing(breaker: Breaker) -> None:
    for _ in range(5):
        breaker.failed(ProviderBusy("x", "rate.", kind="rate"))
    for _ in range(9):
        breaker.failed(ProviderUnfit("x", "language."))
    assert breaker.admits()
    breaker.failed(ProviderBusy("x", "rate.", kind="rate"))
    assert not breaker.admits()


def test_a_call_given_up_by_its_caller_says_nothing(breaker: Breaker, clock: Clock) -> None:
    for _ in range(3):
        breaker.failed(ProviderCut("x", "cut."))
    clock.now_s += OPEN_S
    assert breaker.admits()
    breaker.abandoned()
    assert breaker.admits(), "the next call is the probe"


@pytest.mark.parametrize(
    ("failure", "is_retried"),
    [
        (ProviderBusy("x", "rate.", kind="rate", retry_after_ms=200), True),
        (ProviderBusy("x", "rate.", kind="rate", retry_after_ms=2_000), False),
        (ProviderBusy("x", "rate.", kind="rate"), False),
        (ProviderBusy("x", "overload."), True),
        (ProviderBusy("x", "overload.", retry_after_ms=60_000), False),
        (ProviderBusy("x", "connect.", kind="connect"), True),
        (ProviderBusy("x", "stall.", kind="stall"), False),
        (ProviderRefused("x", "key."), False),
        (ProviderUnfit("x", "language."), False),
        (ProviderCut("x", "cut."), False),
    ],
)
def test_what_is_asked_again(failure: AshaError, is_retried: bool) -> None:
    assert (retry_pause_s(failure) is not None) == is_retried


class Calls:
    """Plays one script of items and errors per call."""

    def __init__(self, *scripts: list[object]) -> None:
        self.scripts, self.num_calls, self.num_closed = list(scripts), 0, 0

    async def __call__(self) -> AsyncIterator[object]:
        script = self.scripts[min(self.num_calls, len(self.scripts) - 1)]
        self.num_calls += 1
        try:
            for item in script:
                if isinstance(item, AshaError):
                    raise item
                if item == "hang":
                    await asyncio.Event().wait()
                yield item
        finally:
            self.num_closed += 1


async def test_a_call_is_repeated_once_before_its_first_item_and_never_after() -> None:
    refused = ProviderBusy("x", "connect.", kind="connect")
    calls = Calls([refused], ["a", "b"])
    got = [item async for item in careful(Care("x", LONG, Breaker()), calls)]
    assert (got, calls.num_calls) == (["a", "b"], 2)

    calls = Calls(["a", refused])
    with pytest.raises(ProviderBusy):
        [item async for item in careful(Care("x", LONG, Breaker()), calls)]
    assert calls.num_calls == 1

    calls = Calls([refused])
    with pytest.raises(ProviderBusy):
        [item async for item in careful(Care("x", LONG, Breaker()), calls)]
    assert calls.num_calls == 2


async def test_a_stall_ends_in_time_and_closes_the_connection() -> None:
    for script in (["hang"], ["a", "hang"]):
        calls = Calls(script)
        with pytest.raises(ProviderBusy) as told:
            [item async for item in in_time(calls(), QUICK, provider="x")]
        assert told.value.kind == "stall"
        assert calls.num_closed == 1


async def test_the_time_a_listener_takes_is_not_the_providers() -> None:
    slow_listener = Deadlines(first_s=1.0, gap_s=1.0, total_s=0.5)
    got = []
    async for item in in_time(Calls(["a", "b"])(), slow_listener, provider="x"):
        got.append(item)
        await asyncio.sleep(0)
    assert got == ["a", "b"]


async def test_an_open_breaker_answers_at_once() -> None:
    breaker = Breaker()
    breaker.failed(ProviderRefused("x", "key."))
    calls = Calls(["a"])
    with pytest.raises(ProviderBusy, match="rests"):
        [item async for item in careful(Care("x", LONG, breaker), calls)]
    assert calls.num_calls == 0
