"""How Asha speaks, small change, and the yes and no to what she asked."""

from datetime import timedelta

from asha.conversation.tools.scene import Arguments, Prepare, Recipe, Scene, text
from asha.conversation.tools.wording import Wording
from asha.core.language import TAGS
from asha.core.ports import Prepared

PATIENCE = timedelta(seconds=60)  # how long a question waits for its yes
SIDES = ("heads", "tails")


def _setting(name: str, **change: int) -> Prepare:
    """A change of the session: the one who speaks finds it in the result."""

    def prepare(arguments: Arguments, scene: Scene, wording: Wording) -> Prepared:
        del arguments, scene
        return Prepared(wording.line(name), {"session": change})

    return prepare


def _line(name: str) -> Prepare:
    def prepare(arguments: Arguments, scene: Scene, wording: Wording) -> Prepared:
        del arguments, scene
        return Prepared(wording.line(name))

    return prepare


def _language(arguments: Arguments, scene: Scene, wording: Wording) -> Prepared:
    """Said in the new language: the toolbox gives its words."""
    del scene
    tag = text(arguments, "language", known=TAGS)
    return Prepared(wording.line("language"), {"session": {"language": tag}})


def _repeat(_: Arguments, scene: Scene, wording: Wording) -> Prepared:
    return Prepared(scene.last_said or wording.empty("repeat"))


def _coin(_: Arguments, scene: Scene, wording: Wording) -> Prepared:
    side = scene.chance.choice(SIDES)
    return Prepared(wording.line("coin", by=side), {"side": side})


def _dice(_: Arguments, scene: Scene, wording: Wording) -> Prepared:
    eyes = scene.chance.randint(1, 6)
    return Prepared(wording.line("dice", number=str(eyes)), {"number": eyes})


def _not_understood(_: Arguments, scene: Scene, wording: Wording) -> Prepared:
    del scene
    return Prepared(wording.reply("out_of_scope"))


def _ask(arguments: Arguments, scene: Scene, wording: Wording) -> Prepared:
    del scene
    name = text(arguments, "name")
    wanted = {"name": name, "arguments": dict(arguments.get("arguments", {}))}
    return Prepared(wording.question(name), {"ask": wanted})


def _no(_: Arguments, scene: Scene, wording: Wording) -> Prepared:
    del scene
    return Prepared(wording.line("no"), {"drop": True})


def _yes(_: Arguments, scene: Scene, wording: Wording) -> Prepared:
    """Nothing is waiting here: the toolbox looks first."""
    del scene
    return Prepared(wording.line("yes"))


TOOLS = (
    Recipe("slower", "Speak slower.", _setting("slower", rate=-1), effect="write"),
    Recipe("faster", "Speak faster.", _setting("faster", rate=1), effect="write"),
    Recipe("louder", "Speak louder.", _setting("louder", volume=1), effect="write"),
    Recipe("softer", "Speak more quietly.", _setting("softer", volume=-1), effect="write"),
    Recipe(
        "language",
        "Speak another language from now on.",
        _language,
        effect="write",
        arguments={"language": {"type": "string", "enum": list(TAGS)}},
    ),
    Recipe("repeat", "Say the last answer again.", _repeat),
    Recipe("stop", "Be quiet.", _line("stop")),
    Recipe("wait", "Wait a moment.", _line("wait")),
    Recipe("backchannel", "The user only listens.", _line("backchannel")),
    Recipe("joke", "Tell a joke.", _line("joke")),
    Recipe("proverb", "Tell a proverb.", _line("proverb")),
    Recipe("coin", "Flip a coin.", _coin),
    Recipe("dice", "Roll a die.", _dice),
    Recipe("yes", "The user agrees to what was asked.", _yes, effect="write"),
    Recipe("no", "The user does not agree.", _no, effect="write"),
    Recipe(
        "confirm",
        "Ask before doing what was perhaps not meant.",
        _ask,
        effect="write",
        arguments={"name": {"type": "string"}, "arguments": {"type": "object"}},
    ),
    Recipe("not_understood", "Say that this is beyond Asha.", _not_understood),
)
