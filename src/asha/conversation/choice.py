"""Who thinks and who speaks in one session: what there is, and what its user wants of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from asha.conversation.session_config import AUTO, SessionConfig
from asha.core.errors import BadInput

if TYPE_CHECKING:
    from asha.conversation.context import Context
    from asha.conversation.parts import Parts

KINDS = ("model", "voice")


@dataclass(frozen=True, slots=True)
class Choice:
    """One that can be had: `id` in the API, `title` for people.

    `languages` are the tags it is known to speak or answer; None: it tells when it is asked.
    """

    id: str
    title: str
    languages: Sequence[str] | None = None
    is_paid: bool = False


class Menu(Protocol):
    """What can be chosen here; the first of each is `auto`, under the name of who it means now."""

    @property
    def models(self) -> Sequence[Choice]:
        """Who can think."""
        ...

    @property
    def voices(self) -> Sequence[Choice]:
        """Who can speak."""
        ...

    def parts(self, model: str, voice: str) -> "Parts":
        """The parts of a session that wants these two, by their ids."""
        ...

    async def close(self) -> None:
        """End whatever was made for choices."""
        ...


def check_choice(wanted: Mapping[str, Any], menu: Menu | None) -> None:
    """Raises BadInput where the wanted model or voice is not there, with what there is instead."""
    for kind in KINDS:
        if sentence := _missing(kind, wanted.get(kind, AUTO), menu):
            raise BadInput(sentence, param=kind)


def parts_for(config: SessionConfig, parts: "Parts") -> "Parts":
    """What works in a session; a wish that cannot be met any more gives way, and it is said."""
    menu, lost, wanted = parts.menu, [], {"model": config.model, "voice": config.voice}
    for kind in KINDS:
        if sentence := _missing(kind, wanted[kind], menu):
            lost.append(sentence)
            wanted[kind] = AUTO
    found = parts
    if menu and set(wanted.values()) != {AUTO}:
        found = menu.parts(wanted["model"], wanted["voice"])
        if wanted["voice"] == AUTO:
            found = replace(found, tts=parts.tts)  # with what was rendered ahead
    if lost:
        found = replace(found, notice=" ".join(filter(None, [*lost, found.notice])))
    return found


def adopt(shared: "Context") -> None:
    """Between two turns: whoever was chosen meanwhile takes their places."""
    if shared.next_parts:
        shared.parts, shared.paid_parts = shared.next_parts, None
        shared.next_parts = None


def _missing(kind: str, wanted: str, menu: Menu | None) -> str | None:
    """The sentence where there is no such thing."""
    there = [choice.id for choice in getattr(menu, f"{kind}s", ())] or [AUTO]
    if wanted in there:
        return None
    return f"There is no {kind} {wanted!r} here; there are {', '.join(there)}."
