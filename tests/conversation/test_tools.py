"""What the tools do and say: pure until applied, once per turn, in the user's zone and language."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from asha.conversation.tools.alarms import hour_of_day, next_time
from asha.conversation.tools.sayings import Sayings
from asha.conversation.tools.short_memory import ShortMemory
from asha.conversation.tools.toolbox import CAREFUL, RECIPES, Owner, Toolbox
from asha.conversation.tools.wording import number
from asha.core.errors import BadInput
from asha.core.language import TAGS, language
from asha.data.intents import scope
from asha.data.sayings import sayings

KOLKATA = ZoneInfo("Asia/Kolkata")
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=KOLKATA)  # a Tuesday

WORDS = {tag: Sayings(**row) for tag, row in sayings(TAGS).items()}


class Wrist:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def wrist() -> Wrist:
    return Wrist()


@pytest.fixture
def box(wrist: Wrist) -> Toolbox:
    owner = Owner("someone", KOLKATA)
    return Toolbox(ShortMemory(), owner, WORDS, clock=wrist, chance=Random(1))


async def _turn(
    box: Toolbox, tool_name: str, turn: str = "t", /, tag: str = "en-IN", **arguments: Any
) -> str:
    await box.refresh()
    tool = box.tools[tool_name]
    prepared = tool.prepare(arguments, language=language(tag))
    await tool.apply(prepared, turn_id=turn)
    return prepared.say


def test_every_tool_of_nano_is_there_with_its_effect_and_arguments() -> None:
    for intent in scope().intents.values():
        if intent.kind == "tool" and intent.id not in ("yes", "no"):
            recipe = RECIPES[intent.id]
            assert list(recipe.arguments) == intent.public_arguments, intent.id
            assert recipe.effect == intent.effect, intent.id


EXAMPLES: dict[str, dict[str, Any]] = {
    "name_tell": {"name": "Ravi"},
    "weekday": {"day": "tomorrow"},
    "alarm_set": {"hour": 7, "minute": 30, "part": "evening"},
    "timer_set": {"amount": 1, "unit": "hours"},
    "reminder_set": {"what": "medicine", "hour": 9, "part": "night"},
    **{name: {"a": 12, "b": 5} for name in ("add", "subtract", "multiply", "divide")},
    "percent": {"p": 15, "n": 2_400},
    "convert": {"n": 30, "pair": "c_f"},
    "note_add": {"what": "milk"},
    "language": {"language": "ta"},
    "confirm": {"name": "note_add", "arguments": {"what": "milk"}},
}
MUTE = {"stop", "backchannel"}


@pytest.mark.parametrize("tag", TAGS)
async def test_every_tool_says_something_in_every_track(box: Toolbox, tag: str) -> None:
    for name in RECIPES:
        for turn in range(3):  # empty first, then with something stored
            said = await _turn(box, name, f"{name}{turn}", tag=tag, **EXAMPLES.get(name, {}))
            assert bool(said) != (name in MUTE), name
            assert "{" not in said, (name, said)


async def test_an_alarm_is_stored_at_the_commit_and_only_once(box: Toolbox) -> None:
    tool = box.tools["alarm_set"]
    arguments = {"hour": 7, "minute": 30, "part": "evening"}
    prepared = tool.prepare(arguments, language=language("en-IN"))
    assert await box.store.find("alarm", owner="someone") == []
    for _ in range(2):
        await tool.apply(prepared, turn_id="turn_1")
    (row,) = await box.store.find("alarm", owner="someone")
    assert row["due_at"] == "2026-03-10T14:00:00+00:00"  # half past seven in Kolkata
    assert "P M" in prepared.say or "evening" in prepared.say


async def test_a_turn_replayed_after_a_crash_changes_nothing_more(
    box: Toolbox, wrist: Wrist
) -> None:
    prepared = box.tools["note_add"].prepare({"what": "milk"}, language=language("hi"))
    await box.tools["note_add"].apply(prepared, turn_id="turn_1")
    reborn = Toolbox(box.store, box.owner, WORDS, clock=wrist)
    await reborn.tools["note_add"].apply(prepared, turn_id="turn_1")
    assert len(await box.store.find("note", owner="someone")) == 1


async def test_alarms_are_listed_in_order_and_the_next_is_cancelled(
    box: Toolbox, wrist: Wrist
) -> None:
    await _turn(box, "alarm_set", "1", hour=9, minute=0, part="night")
    await _turn(box, "alarm_set", "2", hour=6, minute=15, part="morning")
    said = await _turn(box, "alarm_list", "3")
    assert said.index("nine") < said.index("six")
    await _turn(box, "alarm_cancel", "4")
    assert "nine" not in await _turn(box, "alarm_list", "5")
    wrist.now += timedelta(days=2)
    assert await _turn(box, "alarm_list", "6") == WORDS["en-IN"].tools["alarm_list"]["say_empty"][0]


async def test_a_timer_runs_down(box: Toolbox, wrist: Wrist) -> None:
    await _turn(box, "timer_set", "1", amount=90, unit="minutes")
    wrist.now += timedelta(minutes=29, seconds=59)
    assert "1 hour 1 second" in await _turn(box, "timer_left", "2")
    wrist.now += timedelta(hours=2)
    assert "no timer" in await _turn(box, "timer_left", "3")


@pytest.mark.parametrize(
    ("hour", "part", "wanted"),
    [
        (7, "morning", 7),
        (12, "morning", 0),
        (12, "afternoon", 12),
        (3, "afternoon", 15),
        (11, "afternoon", 11),
        (7, "evening", 19),
        (9, "night", 21),
        (12, "night", 0),
        (2, "night", 2),
    ],
)
def test_hours_are_meant_as_people_say_them(hour: int, part: str, wanted: int) -> None:
    assert hour_of_day(hour, part) == wanted


def test_a_time_that_has_passed_is_tomorrows_also_across_the_change_of_clocks() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    eve = datetime(2026, 3, 28, 12, 0, tzinfo=berlin)  # the clocks change that night
    due = next_time(eve, 7, 0)
    assert (due.day, due.hour) == (29, 7)
    assert due.astimezone(UTC).hour == 5  # summer time: two hours ahead of UTC
    assert next_time(eve, 13, 0).day == 28
    assert next_time(eve, 12, 0).day == 29


async def test_the_clock_is_the_users_own(box: Toolbox, wrist: Wrist) -> None:
    assert "twelve" in await _turn(box, "time")
    box.owner = Owner("someone", ZoneInfo("Asia/Tokyo"))
    assert "three thirty" in await _turn(box, "time")
    wrist.now = datetime(2026, 3, 10, 16, 0, tzinfo=UTC)  # already Wednesday in Tokyo
    assert "Wednesday" in await _turn(box, "weekday", day="today")
    assert "Thursday" in await _turn(box, "weekday", day="tomorrow")


@pytest.mark.parametrize(
    ("name", "arguments", "result"),
    [
        ("add", {"a": 999, "b": 1}, "1,000"),
        ("subtract", {"a": 5, "b": 12}, "-7"),
        ("multiply", {"a": 99, "b": 99}, "9,801"),
        ("divide", {"a": 10, "b": 3}, "3.33"),
        ("percent", {"p": 15, "n": 2_400}, "360"),
        ("convert", {"n": 30, "pair": "c_f"}, "86"),
        ("convert", {"n": 5, "pair": "mile_km"}, "8.05"),
        ("convert", {"n": 2, "pair": "dozen_count"}, "24"),
    ],
)
async def test_sums_are_right(box: Toolbox, name: str, arguments: Any, result: str) -> None:
    assert f" {result}" in await _turn(box, name, **arguments)


@pytest.mark.parametrize(
    ("value", "written"),
    [(0, "0"), (999, "999"), (1_000, "1,000"), (125_000, "1,25,000"), (12_345_678, "1,23,45,678"),
     (-1_234.5, "-1,234.5"), (2 / 3, "0.67"), (-0.001, "0")],
)  # fmt: skip
def test_numbers_have_indian_grouping(value: float, written: str) -> None:
    assert number(value) == written


async def test_nothing_is_deleted_without_a_yes(box: Toolbox, wrist: Wrist) -> None:
    await _turn(box, "note_add", "1", what="milk")
    question = await _turn(box, "note_clear", "2")
    assert question == WORDS["en-IN"].tools["note_clear"]["confirm"][0]
    assert len(await box.store.find("note", owner="someone")) == 1
    await _turn(box, "no", "3")
    await _turn(box, "yes", "4")  # to nothing
    assert len(await box.store.find("note", owner="someone")) == 1
    await _turn(box, "note_clear", "5")
    wrist.now += timedelta(minutes=2)
    await _turn(box, "yes", "6")  # too late: who knows what it was to
    assert len(await box.store.find("note", owner="someone")) == 1
    await _turn(box, "note_clear", "7")
    await _turn(box, "yes", "8")
    assert await box.store.find("note", owner="someone") == []


async def test_what_was_perhaps_not_meant_is_done_after_a_yes(box: Toolbox) -> None:
    assert "alarm_set" in CAREFUL
    wanted = {"name": "alarm_set", "arguments": {"hour": 6, "minute": 0, "part": "morning"}}
    await _turn(box, "confirm", "1", **wanted)
    assert await box.store.find("alarm", owner="someone") == []
    assert "six" in await _turn(box, "yes", "2")
    assert len(await box.store.find("alarm", owner="someone")) == 1


async def test_the_name_is_remembered_said_and_forgotten(box: Toolbox) -> None:
    await _turn(box, "name_tell", "1", tag="hi", name="Priya")
    assert "Priya" in await _turn(box, "name_ask", "2")
    assert "प्रिया" in await _turn(box, "name_ask", "3", tag="hi")
    (fact,) = await box.store.find("fact", owner="someone")
    await box.store.put("fact", fact["id"], {**fact, "text": "call me boss"}, owner="someone")
    assert "call me boss" in await _turn(box, "name_ask", "4")
    await _turn(box, "memory_clear", "5")
    await _turn(box, "yes", "6")
    assert await box.store.find("fact", owner="someone") == []


async def test_another_owner_sees_nothing(box: Toolbox, wrist: Wrist) -> None:
    await _turn(box, "note_add", "1", what="milk")
    other = Toolbox(box.store, Owner("other", KOLKATA), WORDS, clock=wrist)
    assert "empty" in await _turn(other, "note_list")


async def test_a_new_language_is_announced_in_itself(box: Toolbox) -> None:
    said = await _turn(box, "language", tag="hi", language="te")
    assert said in WORDS["te"].tools["language"]["say"][""]


async def test_the_last_answer_is_said_again(box: Toolbox) -> None:
    box.last_said = "It is noon."
    assert await _turn(box, "repeat") == "It is noon."


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("alarm_set", {"hour": 25, "minute": 0, "part": "morning"}),
        ("alarm_set", {"hour": 7, "minute": 0, "part": "noon"}),
        ("alarm_set", {"hour": True, "minute": 0, "part": "morning"}),
        ("alarm_set", {}),
        ("divide", {"a": 1, "b": 0}),
        ("add", {"a": "1", "b": 2}),
        ("note_add", {"what": "  "}),
        ("note_add", {"what": "x" * 300}),
        ("convert", {"n": 1, "pair": "km_kg"}),
        ("time", {"zone": "UTC"}),
        ("language", {"language": "fr"}),
        ("timer_set", {"amount": 0, "unit": "minutes"}),
    ],
)
async def test_a_call_that_makes_no_sense_is_refused(
    box: Toolbox, name: str, arguments: dict[str, Any]
) -> None:
    with pytest.raises(BadInput):
        box.tools[name].prepare(arguments, language=language("en-IN"))
