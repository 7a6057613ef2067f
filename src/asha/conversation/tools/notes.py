"""Notes, and what is remembered about the user."""

from asha.conversation.tools.scene import Arguments, Recipe, Scene, delete, put, text
from asha.conversation.tools.wording import Wording
from asha.core.ports import Prepared, Row

NAME = "name"


def _note_add(arguments: Arguments, scene: Scene, wording: Wording) -> Prepared:
    del scene
    what = text(arguments, "what")
    said = wording.slot("note", what)
    return put("note", wording.line("note_add", note=said), what=what, text=said)


def _note_list(_: Arguments, scene: Scene, wording: Wording) -> Prepared:
    rows = scene.rows.get("note", ())
    if not rows:
        return Prepared(wording.empty("note_list"))
    items = list(dict.fromkeys(wording.slot("note", row["what"]) for row in rows))
    return Prepared(wording.line("note_list", notes=wording.listed(items)))


def _note_clear(_: Arguments, scene: Scene, wording: Wording) -> Prepared:
    rows = scene.rows.get("note", ())
    if not rows:
        return Prepared(wording.empty("note_clear"))
    return delete("note", wording.line("note_clear"), rows)


def _name_tell(arguments: Arguments, scene: Scene, wording: Wording) -> Prepared:
    del scene
    name = text(arguments, "name")
    said = wording.slot("name", name)
    fact = wording.form("fact_name", name=said)
    line = wording.line("name_tell", name=said)
    return put("fact", line, about=NAME, value=name, said=fact, text=fact)


def _name_ask(_: Arguments, scene: Scene, wording: Wording) -> Prepared:
    names = [row for row in scene.rows.get("fact", ()) if row.get("about") == NAME]
    if not names:
        return Prepared(wording.empty("name_ask"))
    if _is_edited(names[-1]):
        return Prepared(wording.line("memory_list", facts=str(names[-1]["text"])))
    return Prepared(wording.line("name_ask", name=wording.slot("name", names[-1]["value"])))


def _memory_list(_: Arguments, scene: Scene, wording: Wording) -> Prepared:
    facts = scene.rows.get("fact", ())
    if not facts:
        return Prepared(wording.empty("memory_list"))
    said = list(dict.fromkeys(_fact(row, wording) for row in facts))
    return Prepared(wording.line("memory_list", facts=wording.listed(said)))


def _memory_clear(_: Arguments, scene: Scene, wording: Wording) -> Prepared:
    facts = scene.rows.get("fact", ())
    if not facts:
        return Prepared(wording.empty("memory_clear"))
    return delete("fact", wording.line("memory_clear"), facts)


def _fact(row: Row, wording: Wording) -> str:
    """In the language of the reply; a fact that the user has put right stays as it was written."""
    if row.get("about") != NAME or _is_edited(row):
        return str(row["text"])
    return wording.form("fact_name", name=wording.slot("name", row["value"]))


def _is_edited(row: Row) -> bool:
    return bool(row["text"] != row.get("said"))


TOOLS = (
    Recipe(
        "note_add",
        "Write something down on the user's list.",
        _note_add,
        effect="write",
        arguments={"what": {"type": "string"}},
    ),
    Recipe("note_list", "Read the list.", _note_list),
    Recipe("note_clear", "Empty the list.", _note_clear, effect="write"),
    Recipe(
        "name_tell",
        "Remember the user's name.",
        _name_tell,
        effect="write",
        arguments={"name": {"type": "string"}},
    ),
    Recipe("name_ask", "The user's name.", _name_ask),
    Recipe("memory_list", "What is remembered about the user.", _memory_list),
    Recipe("memory_clear", "Forget everything about the user.", _memory_clear, effect="write"),
)
ASK_FIRST = ("note_clear", "memory_clear")
