"""Turns as browsers measured them."""

from asha.core.event_parts import Clocks
from asha.server.browser_figures import BrowserFigures, MeasuredTurn


def turn(number: int, heard_ms: float | None, **more: object) -> MeasuredTurn:
    clocks = Clocks(ack=1.0, first_answer=100.0, voice_to_voice=heard_ms)
    given = {"turn_id": f"turn_{number}", "clocks": clocks, **more}
    return MeasuredTurn.model_validate(given)


def test_percentiles_are_told_by_clock_stage_language_and_provider() -> None:
    figures = BrowserFigures()
    for number in range(100):
        figures.add(
            "s",
            turn(
                number,
                float(number),
                language="hi" if number < 50 else "ta",
                providers={"thinks": "asha-nano"},
                segments_ms={"endpoint": 640.0},
            ),
        )
    told = figures.figures()
    assert told.num_turns == 100
    assert (told.clocks["voice_to_voice"].p50, told.clocks["voice_to_voice"].p95) == (50.0, 95.0)
    assert told.stages["endpoint"].n == 100
    assert told.languages["hi"].p99 == 49.0
    assert told.providers["thinks: asha-nano"].n == 100


def test_a_typed_turn_counts_from_its_end_and_a_turn_told_twice_counts_once() -> None:
    figures = BrowserFigures()
    figures.add("s", turn(1, None, language="hi"))
    figures.add("s", turn(1, None, language="te"))
    told = figures.figures()
    assert told.num_turns == 1
    assert told.languages["te"].p50 == 100.0
    assert "voice_to_voice" not in told.clocks


async def test_a_page_tells_its_own_sessions_turns_and_nobody_elses(serve) -> None:
    body = turn(1, 640.0, language="hi").model_dump(by_alias=True)
    async with serve() as running, running.client() as one, running.client() as other:
        made = (await one.post("/v1/sessions", json={})).json()["id"]
        await other.post("/v1/sessions", json={})
        assert (await one.post(f"/v1/sessions/{made}/measured", json=body)).status_code == 204
        assert (await other.post(f"/v1/sessions/{made}/measured", json=body)).status_code == 404
        absurd = {**body, "segments_ms": {"endpoint": 1e12}}
        assert (await one.post(f"/v1/sessions/{made}/measured", json=absurd)).status_code == 400
        told = (await one.get("/v1/measured")).json()
        assert told["figures"]["clocks"]["voice_to_voice"]["p50"] == 640.0
        assert told["endings"] == []
