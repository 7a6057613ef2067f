"""The splitters of two frameworks on token streams; run by benches/phrases.py with their Python.

Standard input: {tag: [[token, ...], ...]} as JSON. Standard output: their versions, and for each
splitter and track after how many tokens the first phrase left (one more: only at the end).
"""

import asyncio
import json
import sys
from functools import partial
from importlib.metadata import version


async def pipecat_wait(tokens: list[str], tag: str) -> int:
    """pipecat's default aggregator of sentences."""
    from pipecat.utils.text.simple_text_aggregator import SimpleTextAggregator

    aggregator = SimpleTextAggregator(language=tag.split("-")[0])
    for number, token in enumerate(tokens, 1):
        async for _ in aggregator.aggregate(token):
            return number
    return len(tokens) + 1


async def livekit_wait(tokens: list[str], tag: str, *, module: str) -> int:
    """One of livekit-agents' streams of sentences."""
    from livekit.agents import tokenize

    kind = getattr(tokenize, module).SentenceTokenizer
    stream = kind(retain_format=True).stream(language=tag.split("-")[0])
    for number, token in enumerate(tokens, 1):
        stream.push_text(token)
        if not stream._event_ch.empty():
            return number
    return len(tokens) + 1


async def main() -> None:
    """Read the streams, write the counts."""
    streams = json.load(sys.stdin)
    waits: dict[str, dict[str, list[int]]] = {}
    for name, wait in {
        "pipecat": pipecat_wait,
        "LiveKit, default (blingfire)": partial(livekit_wait, module="blingfire"),
        "LiveKit, basic": partial(livekit_wait, module="basic"),
    }.items():
        waits[name] = {
            tag: [await wait(tokens, tag) for tokens in replies] for tag, replies in streams.items()
        }
    packages = ("pipecat-ai", "livekit-agents", "livekit-blingfire", "sentencex")
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    json.dump({"versions": versions, "waits": waits}, sys.stdout)


if __name__ == "__main__":
    asyncio.run(main())
