"""Alarms, timers and reminders: rows of the store that are due some day.

Rows: {"kind": "alarm" | "timer" | "reminder", "due_at": ISO 8601 in UTC, "what": ..., "text": ...}.
Whoever owns the loop tells them when they are due; here they are only set and listed.
"""

from datetime import UTC, datetime, timedelta

from asha.conversation.tools.scene import Arguments, Recipe, Scene, delete, put, text, whole
from asha.conversation.tools.wording import Wording
from asha.core.ports import Prepared, Row

PARTS = ("morning", "afternoon", "evening", "night")
UNITS = {"seconds": 1, "minutes": 60, "hours": 3_600}
MAX_AMOUNT = 1_000
NOON, MIDNIGHT = 12, 0
FIRST_NIGHT_HOUR = 6  # "six at night" is 18:00, "five at night" 5:00


def hour_of_day(hour: int, part: str) -> int:
    """0 to 23, of an hour as people say it: (7, "evening") -> 19, (12, "night") -> 0."""
    if part == "morning":
        return hour % 12
    if part == "afternoon":
        return hour if hour in (10, 11) else hour % 12 + 12
    if part == "evening":
        return hour % 12 + 12
    return hour + 12 if FIRST_NIGHT_HOUR <= hour < 12 else hour % 12


def next_time(now: datetime, hour: int, minute: int) -> datetime:
    """The next moment at which the clocks of `now`'s zone show this time."""
    moment = now.replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0)
    if moment.astimezone(UTC) <= now.astimezone(UTC):
        tomorrow = moment.date() + timedelta(days=1)
        moment = moment.replace(year=tomorrow.year, month=tomorrow.month, day=tomorrow.day)
    return moment


def _alarm_set(arguments: Arguments, scene: Scene, wording: Wording) -> Prepared:
    due = _wanted(arguments, scene, whole(arguments, "minute", low=0, high=59))
    said = wording.time(due)
    return put(
        "alarm",
        wording.line("alarm_set", time=said),
        kind="alarm",
        due_at=_utc(due),
        text=said,
    )


def _alarm_list(_: Arguments, scene: Scene, wording: Wording) -> Prepared:
    alarms = scene.upcoming("alarm")
    if not alarms:
        return Prepared(wording.empty("alarm_list"))
    times = [wording.time(_local(row, scene)) for row in alarms]
    return Prepared(wording.line("alarm_list", alarms=wording.listed(times)))


def _alarm_cancel(_: Arguments, scene: Scene, wording: Wording) -> Prepared:
    return _cancelled("alarm", scene, wording)


def _timer_set(arguments: Arguments, scene: Scene, wording: Wording) -> Prepared:
    unit = text(arguments, "unit", known=list(UNITS))
    amount = whole(arguments, "amount", low=1, high=MAX_AMOUNT)
    length = timedelta(seconds=amount * UNITS[unit])
    name = unit.removesuffix("s") if amount == 1 else unit
    said = wording.form(name, n=str(amount))
    return put(
        "alarm",
        wording.line("timer_set", duration=said),
        kind="timer",
        due_at=_utc(scene.now + length),
        text=said,
    )


def _timer_left(_: Arguments, scene: Scene, wording: Wording) -> Prepared:
    timers = scene.upcoming("timer")
    if not timers:
        return Prepared(wording.empty("timer_left"))
    left = datetime.fromisoformat(timers[0]["due_at"]) - scene.now
    return Prepared(wording.line("timer_left", left=wording.duration(left)))


def _timer_cancel(_: Arguments, scene: Scene, wording: Wording) -> Prepared:
    return _cancelled("timer", scene, wording)


def _reminder_set(arguments: Arguments, scene: Scene, wording: Wording) -> Prepared:
    what = text(arguments, "what")
    due = _wanted(arguments, scene, 0)
    said = wording.slot("reminder", what)
    return put(
        "alarm",
        wording.line("reminder_set", reminder=said, time=wording.time(due)),
        kind="reminder",
        due_at=_utc(due),
        what=what,
        text=said,
    )


def _reminder_list(_: Arguments, scene: Scene, wording: Wording) -> Prepared:
    reminders = scene.upcoming("reminder")
    if not reminders:
        return Prepared(wording.empty("reminder_list"))
    items = [
        wording.form(
            "reminder_item",
            reminder=wording.slot("reminder", row["what"]),
            time=wording.time(_local(row, scene)),
        )
        for row in reminders
    ]
    return Prepared(wording.line("reminder_list", reminders=wording.listed(items)))


def _cancelled(kind: str, scene: Scene, wording: Wording) -> Prepared:
    """The one that is due next; there is no way to name another."""
    rows = scene.upcoming(kind)
    if not rows:
        return Prepared(wording.empty(f"{kind}_cancel"))
    return delete("alarm", wording.line(f"{kind}_cancel"), rows[:1])


def _wanted(arguments: Arguments, scene: Scene, minute: int) -> datetime:
    hour = whole(arguments, "hour", low=1, high=12)
    return next_time(scene.now, hour_of_day(hour, text(arguments, "part", known=PARTS)), minute)


def _local(row: Row, scene: Scene) -> datetime:
    return datetime.fromisoformat(row["due_at"]).astimezone(scene.now.tzinfo)


def _utc(moment: datetime) -> str:
    # Through UTC: a time that the clocks skip in spring becomes the one right after.
    return moment.astimezone(UTC).isoformat(timespec="seconds")


_HOUR = {"type": "integer", "minimum": 1, "maximum": 12}
_PART = {"type": "string", "enum": list(PARTS)}
TOOLS = (
    Recipe(
        "alarm_set",
        "Wake the user at a time, today or tomorrow.",
        _alarm_set,
        effect="write",
        arguments={
            "hour": _HOUR,
            "minute": {"type": "integer", "minimum": 0, "maximum": 59},
            "part": _PART,
        },
    ),
    Recipe("alarm_list", "Which alarms are set.", _alarm_list),
    Recipe("alarm_cancel", "Cancel the next alarm.", _alarm_cancel, effect="write"),
    Recipe(
        "timer_set",
        "Start a timer.",
        _timer_set,
        effect="write",
        arguments={
            "amount": {"type": "integer", "minimum": 1, "maximum": MAX_AMOUNT},
            "unit": {"type": "string", "enum": list(UNITS)},
        },
    ),
    Recipe("timer_left", "How long the timer still runs.", _timer_left),
    Recipe("timer_cancel", "Stop the timer.", _timer_cancel, effect="write"),
    Recipe(
        "reminder_set",
        "Remind the user of something at a full hour.",
        _reminder_set,
        effect="write",
        arguments={"what": {"type": "string"}, "hour": _HOUR, "part": _PART},
    ),
    Recipe("reminder_list", "What the user will be reminded of.", _reminder_list),
)
