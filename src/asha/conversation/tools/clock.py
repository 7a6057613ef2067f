"""The clock and the calendar, in the user's time zone."""

from datetime import timedelta

from asha.conversation.tools.scene import Arguments, Recipe, Scene, text
from asha.conversation.tools.wording import Wording
from asha.core.ports import Prepared

DAYS = {"today": 0, "tomorrow": 1, "yesterday": -1}


def _time(_: Arguments, scene: Scene, wording: Wording) -> Prepared:
    said = wording.line("time", time=wording.time(scene.now))
    return Prepared(said, {"time": scene.now.isoformat(timespec="minutes")})


def _date(_: Arguments, scene: Scene, wording: Wording) -> Prepared:
    today = scene.now.date()
    return Prepared(wording.line("date", date=wording.date(today)), {"date": today.isoformat()})


def _weekday(arguments: Arguments, scene: Scene, wording: Wording) -> Prepared:
    day = text(arguments, "day", known=list(DAYS))
    date = scene.now.date() + timedelta(days=DAYS[day])
    said = wording.line("weekday", by=day, weekday=wording.weekday(date))
    return Prepared(said, {"date": date.isoformat()})


TOOLS = (
    Recipe("time", "The time now, where the user is.", _time),
    Recipe("date", "Today's date.", _date),
    Recipe(
        "weekday",
        "Which day of the week today, tomorrow or yesterday is.",
        _weekday,
        arguments={"day": {"type": "string", "enum": list(DAYS)}},
    ),
)
