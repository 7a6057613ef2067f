"""Chooses the spoken questions of tests/server/nano_talks.toml anew, after Nano was retrained.

    python tests/choose_talks.py

Held-out phrasings by held-out voices; a question is taken when the shipped weights give its tool
and arguments each time it is spoken (eSpeak NG never says a thing twice in the same way).
"""

import asyncio
import json
from pathlib import Path

import numpy as np

from asha.core.audio import Clip
from asha.core.language import TAGS
from asha.core.message import Message, Sound, ToolCall
from asha.core.ports import ReplyOptions
from asha.data.synthesis import VOICES, Speaker, Synthesiser
from asha.engine.client import Engine
from asha.engine.exported import shipped
from asha.evaluation.nano import Row, held_out
from asha.providers.llm.embedded import EmbeddedLanguageModel

HERE = Path(__file__).parent
TALKS = HERE / "server" / "nano_talks.toml"
TOOLS = (
    "time",
    "date",
    "weekday",
    "add",
    "subtract",
    "multiply",
    "divide",
    "percent",
    "convert",
    "alarm_list",
    "timer_left",
)
VARIANTS = ("m4", "f3", "linda", "Mike")
RATE_WPM, PITCH = 160, 50
NUM_TURNS = 3
SILENCE = (3_200, 3_200)  # 200 ms before and after


def speaker_of(tag: str, variant: str) -> Speaker:
    """A throat that Nano was never trained on."""
    return Speaker(f"{VOICES[tag][0]}+{variant}", RATE_WPM, PITCH)


def clip_of(synthesiser: Synthesiser, text: str, tag: str, variant: str) -> Clip:
    """The question as sound."""
    samples = synthesiser.speak(text, speaker_of(tag, variant))
    return Clip(np.pad(samples, SILENCE).astype(np.float32))


async def called(llm: EmbeddedLanguageModel, clip: Clip, tag: str) -> tuple[str, object] | None:
    """The tool that Nano calls, with its arguments."""
    asked = [Message("user", (Sound(clip),))]
    async for piece in llm.reply(asked, ReplyOptions(language=tag)):
        if isinstance(piece, ToolCall):
            return piece.name, json.loads(piece.arguments)
    return None


async def is_understood(
    llm: EmbeddedLanguageModel, synthesiser: Synthesiser, row: Row, variant: str
) -> bool:
    """Whether the question is understood every time."""
    wanted = (row.intent, dict(row.slots))
    for tag in (row.tag, "auto", row.tag):
        clip = clip_of(synthesiser, row.spoken or row.text, row.tag, variant)
        if await called(llm, clip, tag) != wanted:
            return False
    return True


async def main() -> None:
    """Write the file."""
    llm, synthesiser = EmbeddedLanguageModel(Engine(shipped() or Path())), Synthesiser()
    lines = ["# Written by tests/choose_talks.py: what the shipped weights understand."]
    for tag in TAGS:
        rows = [row for row in held_out(HERE / "heldout", tag) if row.intent in TOOLS]
        found: dict[str, list[str]] = {}
        for row in rows:
            if row.intent in found or len(found) == NUM_TURNS:
                continue
            for variant in VARIANTS:
                if await is_understood(llm, synthesiser, row, variant):
                    found[row.intent] = [row.spoken or row.text, variant, json.dumps(row.slots)]
                    break
        for tool, (text, variant, arguments) in found.items():
            lines += ["", f"[[{tag}]]", f'text = "{text}"', f'variant = "{variant}"']
            lines += [f'tool = "{tool}"', f"arguments = '{arguments}'"]
        print(f"{tag}: {', '.join(found)}", flush=True)  # noqa: T201 - it is a program here
        TALKS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    await llm.close()
    synthesiser.close()


if __name__ == "__main__":
    asyncio.run(main())
