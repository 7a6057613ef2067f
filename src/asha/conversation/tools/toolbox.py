"""The tools of one user, ready to be called: the port `Tool` around the recipes.

`refresh` reads the store; between two of them `prepare` sees the same scene, so it is pure and may
be speculated. What is changed is changed by `apply`, once per turn.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from asha.conversation.tools import alarms, clock, manner, notes, sums
from asha.conversation.tools.manner import PATIENCE
from asha.conversation.tools.notes import ASK_FIRST
from asha.conversation.tools.sayings import SPARE, Sayings
from asha.conversation.tools.scene import KINDS, Arguments, Recipe, Request, Scene
from asha.conversation.tools.wording import Wording
from asha.core.errors import BadInput
from asha.core.language import Language, language
from asha.core.ports import Effect, Prepared, Row, Store, ToolSpec

RECIPES = {
    recipe.name: recipe for group in (clock, alarms, sums, notes, manner) for recipe in group.TOOLS
}
# What changes something is not done on a guess (providers/llm/embedded.py asks first). Deletions
# ask anyway, and the answers to a question are not questioned again.
CAREFUL = frozenset(
    recipe.name
    for recipe in RECIPES.values()
    if recipe.effect == "write" and recipe.name not in (*ASK_FIRST, "yes", "no", "confirm")
)
Clock = Callable[[], datetime]  # an aware moment


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose rows are read and written, and where the clock is read."""

    name: str
    zone: ZoneInfo


@dataclass(slots=True)
class Toolbox:
    """One user's tools. `last_said` is kept by whoever speaks, for "say that again"."""

    store: Store
    owner: Owner
    sayings: Mapping[str, Sayings]
    clock: Clock = lambda: datetime.now(UTC)
    chance: Random = field(default_factory=Random)
    last_said: str = ""
    _rows: dict[str, list[Row]] = field(default_factory=dict)
    _waiting: Request | None = None
    _applied: set[tuple[str, str]] = field(default_factory=set)

    @property
    def tools(self) -> dict[str, "BoxedTool"]:
        """By name, as the port has them."""
        return {name: BoxedTool(self, recipe) for name, recipe in RECIPES.items()}

    @property
    def is_asking(self) -> bool:
        """Whether a question waits for its yes."""
        return self._scene().waiting is not None

    async def refresh(self) -> None:
        """Read what is stored; once before a turn."""
        for kind in KINDS:
            self._rows[kind] = list(await self.store.find(kind, owner=self.owner.name))

    def prepare(self, name: str, arguments: Arguments, language: Language) -> Prepared:
        """What a tool would say and do now."""
        scene = self._scene()
        if name == "yes" and scene.waiting is not None:
            return self._prepared(scene.waiting.name, scene.waiting.arguments, scene, language)
        prepared = self._prepared(name, arguments, scene, language)
        if name in ASK_FIRST and prepared.result:
            return self._prepared("confirm", {"name": name, "arguments": {}}, scene, language)
        return prepared

    async def apply(self, name: str, prepared: Prepared, turn_id: str) -> None:
        """Do what was prepared, unless this turn has done it already."""
        if (turn_id, name) in self._applied:
            return
        result = prepared.result
        if "put" in result:
            await self._put(result["put"], key=f"{turn_id}.{name}")
        if "delete" in result:
            for key in result["delete"]["ids"]:
                await self.store.delete(result["delete"]["kind"], owner=self.owner.name, id=key)
        self._applied.add((turn_id, name))
        self._waiting = None
        if "ask" in result:
            asked = result["ask"]
            self._waiting = Request(asked["name"], asked["arguments"], self.clock())
        await self.refresh()

    async def _put(self, wanted: Mapping[str, Any], *, key: str) -> None:
        now = self.clock().astimezone(UTC).isoformat(timespec="seconds")
        row = {"id": key, "created_at": now, **wanted["row"]}
        await self.store.put(wanted["kind"], key, row, owner=self.owner.name)

    def _scene(self) -> Scene:
        now = self.clock()
        waiting = self._waiting
        if waiting is not None and now - waiting.asked_at > PATIENCE:
            waiting = None
        zoned = now.astimezone(self.owner.zone)
        return Scene(zoned, dict(self._rows), self.last_said, waiting, self.chance)

    def _prepared(
        self, name: str, arguments: Arguments, scene: Scene, spoken: Language
    ) -> Prepared:
        recipe = RECIPES.get(name)
        if recipe is None:
            raise BadInput(f"There is no tool {name!r}; there are {', '.join(RECIPES)}.")
        if unknown := sorted(set(arguments) - set(recipe.arguments)):
            raise BadInput(f"{name} has no argument {unknown[0]!r}.", param=unknown[0])
        wording = self._wording(spoken)
        prepared: Prepared = recipe.prepare(arguments, scene, wording)
        if name == "language":
            tag = prepared.result["session"]["language"]
            prepared = recipe.prepare(arguments, scene, self._wording(language(tag)))
        return prepared

    def _wording(self, spoken: Language) -> Wording:
        words = self.sayings.get(spoken.tag)
        if words is None:
            words, spoken = self.sayings[SPARE], language(SPARE)
        return Wording(words, spoken, self.chance)


class BoxedTool:
    """One tool of a box: fills the port `Tool`."""

    def __init__(self, box: Toolbox, recipe: Recipe) -> None:
        self._box, self._name = box, recipe.name
        self.effect: Effect = recipe.effect
        parameters = {
            "type": "object",
            "properties": {name: dict(schema) for name, schema in recipe.arguments.items()},
            "required": list(recipe.arguments),
            "additionalProperties": False,
        }
        self.spec = ToolSpec(recipe.name, recipe.description, parameters)

    def prepare(self, arguments: Arguments, *, language: Language) -> Prepared:
        """What would be done and said; changes nothing. Raises BadInput."""
        return self._box.prepare(self._name, arguments, language)

    async def apply(self, prepared: Prepared, *, turn_id: str) -> None:
        """Do it, once per turn; a tool without effect does nothing here."""
        if self.effect == "write":
            await self._box.apply(self._name, prepared, turn_id)


def boxes(sayings: Mapping[str, Sayings]) -> Callable[[Store, str, str], Toolbox]:
    """Makes the box of an owner in a time zone (IANA's name), kept in a store."""

    def box(store: Store, owner: str, timezone: str) -> Toolbox:
        return Toolbox(store, Owner(owner, ZoneInfo(timezone)), sayings)

    return box
