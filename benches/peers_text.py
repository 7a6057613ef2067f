"""The peers' text paths, run by an interpreter that has them: JSON in, JSON out.

Input: [[tag, sentence], ...]. Output: {tool: [text, ...]}; an error is told in the text's place.
Run by benches/side_by_side.py.
"""

import asyncio
import importlib.metadata
import json
import re
import sys
from collections.abc import AsyncIterator, Callable

DIGITS = re.compile(r"\d+(?:,\d+)*")
NUM2WORDS = {"en-IN": "en_IN", "hi-Latn": "en_IN", "te": "te"}  # its other tracks: not implemented


def pipecat() -> Callable[[str, str], str]:
    """VoiceFormatter with everything on; numbers are off by default there."""
    from pipecat.utils.text.transforms import VoiceFormatter

    formatter = VoiceFormatter(expand_numbers=True)
    return lambda _tag, text: asyncio.run(formatter(text, "sentence"))


def livekit() -> Callable[[str, str], str]:
    """The transforms that AgentSession applies to text on its way to a voice by default."""
    from livekit.agents.voice.transcription.filters import filter_emoji, filter_markdown

    async def read(text: str) -> str:
        async def once() -> AsyncIterator[str]:
            yield text

        return "".join([part async for part in filter_emoji(filter_markdown(once()))])

    return lambda _tag, text: asyncio.run(read(text))


def indic_numtowords() -> Callable[[str, str], str]:
    """A library of numbers: every run of digits is replaced, its commas taken out."""
    from indic_numtowords import num2words

    def read(tag: str, text: str) -> str:
        def words(run: re.Match[str]) -> str:
            return str(num2words(int(run[0].replace(",", "")), lang=tag.split("-")[0]))

        return DIGITS.sub(words, text)

    return read


def num2words() -> Callable[[str, str], str]:
    """As above."""
    from num2words import num2words as in_words

    def read(tag: str, text: str) -> str:
        if tag not in NUM2WORDS:
            return "(language not implemented)"

        def words(run: re.Match[str]) -> str:
            return str(in_words(int(run[0].replace(",", "")), lang=NUM2WORDS[tag]))

        return DIGITS.sub(words, text)

    return read


def main() -> None:
    sentences = json.load(sys.stdin)
    tools = {
        "pipecat-ai": pipecat,
        "livekit-agents": livekit,
        "indic-numtowords": indic_numtowords,
        "num2words": num2words,
    }
    answers = {}
    for name, make in tools.items():
        read = make()
        said = []
        for tag, text in sentences:
            try:
                said.append(read(tag, text))
            except Exception as error:  # what a user of the tool would meet
                said.append(f"({type(error).__name__}: {error})")
        answers[f"{name} {importlib.metadata.version(name)}"] = said
    json.dump(answers, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
