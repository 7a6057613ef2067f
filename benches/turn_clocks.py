"""The five clocks, measured from outside: speech in real time over HTTP, sound back over SSE.

    python benches/turn_clocks.py [--turns 30] [--pauses 105] [--slice-ms 200]

The server runs in a process of its own with doubles for the vendors (clock_server.py); clips are
made by eSpeak NG at run time. The same settings for every row. voice_to_voice and yield are on
the client's clock, from the moment a sample was spoken. Slices are the page's, which end where a
voice does, or of one length (--slice-ms).
"""

import argparse
import asyncio
import contextlib
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from clips import RATE_HZ, Spoken, hesitant_clips, known_tags, spoken_clips
from figures import machine, percentile

from asha.providers.tts.espeak import EspeakTTS

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from slicer import slices_of

VENDORS = {"stt_ms": 150.0, "llm_ms": 350.0, "tts_ms": 150.0}
NO_LATENCY = {"stt_ms": 0.0, "llm_ms": 0.0, "tts_ms": 0.0}
PAUSES_MS = [300, 400, 500, 600, 700, 800, 900, 1_000, 1_100, 1_200]
HERE = Path(__file__).parent


@dataclass
class Turn:
    """What was seen of one clip; times in s of the client's clock."""

    started_s: float = 0.0
    events: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(self, kind: str, *, after_s: float = 0.0) -> tuple[float, dict[str, Any]]:
        """The first event of a type, when it has come."""
        async with asyncio.timeout(30):
            while (found := self.first(kind, after_s=after_s)) is None:
                self.news.clear()
                await self.news.wait()
        return found

    def first(self, kind: str, *, after_s: float = 0.0) -> tuple[float, dict[str, Any]] | None:
        return next(
            ((at, event) for at, event in self.events if event["type"] == kind and at >= after_s),
            None,
        )

    def all(self, kind: str) -> list[tuple[float, dict[str, Any]]]:
        return [(at, event) for at, event in self.events if event["type"] == kind]


@contextlib.asynccontextmanager
async def served(**given: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A server with doubles in its own process."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = json.dumps({"folder": folder, **given})
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(HERE / "clock_server.py"), wanted, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout
        port = int(await process.stdout.readline())
        url = f"http://127.0.0.1:{port}"
        try:
            async with httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as client:
                yield client
        finally:
            process.kill()
            await process.wait()


async def read_events(client: httpx.AsyncClient, url: str, turn: Turn) -> None:
    """Stamp every event with its arrival."""
    async with client.stream("GET", url) as response:
        async for line in response.aiter_lines():
            if line.startswith("data: "):
                turn.events.append((time.perf_counter(), json.loads(line[6:])))
                turn.news.set()


class Microphone:
    """Sends slices in real time; slice n leaves when its last sample has been spoken."""

    def __init__(self, client: httpx.AsyncClient, session: str, slice_ms: int) -> None:
        self.client, self.slice_ms, self.seq = client, slice_ms, 0
        self.url = f"/v1/sessions/{session}/input_audio"

    async def send(self, pcm: bytes, *, until: Any = None, is_quick: bool = False) -> float:
        """Speak `pcm`; when it was begun, on the client's clock."""
        slices, start = list(slices_of(pcm, self.slice_ms, is_quick=is_quick)), 0
        begun = time.perf_counter()
        for num_samples, at in slices:
            due = begun + at / RATE_HZ
            end = start + 2 * num_samples
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            where = {"stream": "mic", "seq": self.seq}
            self.seq += 1
            sent = await self.client.post(
                self.url,
                params=where,
                content=pcm[start:end],
                headers={"Content-Type": f"audio/pcm;rate={RATE_HZ}"},
            )
            sent.raise_for_status()
            start = end
            if until and until():
                break
        return begun


@contextlib.asynccontextmanager
async def conversation(
    client: httpx.AsyncClient, clip: Spoken, slice_ms: int
) -> AsyncIterator[tuple[Turn, Microphone]]:
    """A session that is listened to, with the recogniser's double told what will be said."""
    answer = await client.post("/v1/sessions", json={"language": clip.tag})
    made = answer.raise_for_status().json()
    await client.post("/double", json={"pieces": clip.pieces})
    turn = Turn()
    reading = asyncio.create_task(read_events(client, made["stream_url"], turn))
    try:
        await turn.until("session.created")
        yield turn, Microphone(client, made["id"], slice_ms)
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await client.delete(f"/v1/sessions/{made['id']}")


async def one_turn(client: httpx.AsyncClient, clip: Spoken, slice_ms: int) -> dict[str, float]:
    """The clocks of one clip, in ms."""
    async with conversation(client, clip, slice_ms) as (turn, microphone):
        turn.started_s = await microphone.send(
            clip.pcm, until=lambda: turn.first("response.output_audio.delta")
        )
        player = await turn.until("response.output_audio.delta")
        filler = turn.first("asha.filler.started")
        committed = turn.first("asha.turn.committed")
        assert committed
        response = player[1]["response_id"]
        words = await turn.until("response.output_audio_transcript.delta")
        answer = await turn.until("response.output_audio.delta", after_s=words[0])
        body = {"audio_end_ms": 0}
        session = microphone.url.rsplit("/", 1)[0]
        await client.post(f"{session}/responses/{response}/cancel", json=body)
        report = await turn.until("asha.latency.report")
        cost = await turn.until("asha.cost.report")
    last_sample_s = turn.started_s + clip.speech_end_ms / 1_000
    clocks = report[1]["clocks"]
    segments = report[1]["segments_ms"]
    total = clocks["voice_to_voice"] or 0.0
    return {
        "ack": clocks["ack"],
        "first_audio": clocks["first_audio"],
        "first_answer": clocks["first_answer"],
        "voice_to_voice": (answer[0] - last_sample_s) * 1_000,
        "committed_after": (committed[0] - last_sample_s) * 1_000,
        "unattributed": abs(total - sum(segments.values())),
        "filler": float(filler is not None),
        "wasted_characters": float(cost[1]["wasted_characters"]),
        "wasted_tokens": float(cost[1]["wasted_tokens"]),
    }


async def one_interruption(
    client: httpx.AsyncClient, clip: Spoken, slice_ms: int
) -> dict[str, float]:
    """Onset of speech into an answer -> the pause arrives."""
    async with conversation(client, clip, slice_ms) as (turn, microphone):
        await microphone.send(clip.pcm, until=lambda: turn.first("response.output_audio.delta"))
        await turn.until("response.output_audio.delta")
        quiet = bytes(RATE_HZ * 2 * 1_300 // 1_000)
        await microphone.send(quiet, is_quick=True)
        begun = await microphone.send(
            clip.pcm, until=lambda: turn.first("asha.playback.paused"), is_quick=True
        )
        paused = turn.first("asha.playback.paused")
        if paused is None:
            return {}
    onset_s = begun + clip.speech_start_ms / 1_000
    return {"yield": (paused[0] - onset_s) * 1_000}


async def one_pressed(client: httpx.AsyncClient, clip: Spoken, slice_ms: int) -> dict[str, float]:
    """Push-to-talk: from letting go at the last sample to the first sound of the answer."""
    async with conversation(client, clip, slice_ms) as (turn, microphone):
        session = microphone.url.rsplit("/", 1)[0]
        patched = await client.patch(session, json={"turn_detection": "client"})
        patched.raise_for_status()
        await microphone.send(clip.pcm[: int(clip.speech_end_ms * RATE_HZ / 1_000) * 2])
        ended = time.perf_counter()
        (await client.post(f"{microphone.url}/commit")).raise_for_status()
        await turn.until("response.done")
        sound = turn.first("response.output_audio.delta")
    return {"voice_to_voice": (sound[0] - ended) * 1_000} if sound else {}


async def one_pause(client: httpx.AsyncClient, clip: Spoken, slice_ms: int) -> dict[str, float]:
    """Whether a clip with a pause in it was committed before its end."""
    async with conversation(client, clip, slice_ms) as (turn, microphone):
        turn.started_s = await microphone.send(clip.pcm)
        end_s = turn.started_s + clip.speech_end_ms / 1_000
        commits = turn.all("asha.turn.committed")
        early = [at for at, _ in commits if at < end_s]
        turns = {event["turn_id"] for _, event in commits}
    return {"early": float(bool(early)), "split": float(len(turns) > 1)}


def show(title: str, rows: list[dict[str, float]]) -> None:
    """One line a clock."""
    print(f"\n{title} (n = {len(rows)})")
    for name in rows[0]:
        values = [row[name] for row in rows if name in row and row[name] is not None]
        if name in ("filler", "early", "split"):
            print(f"  {name:<18} {100 * sum(values) / len(values):6.1f} %")
        elif name.startswith("wasted"):
            print(f"  {name:<18} {sum(values):6.0f} in all")
        else:
            middle, high = percentile(values, 0.5), percentile(values, 0.95)
            print(f"  {name:<18} p50 {middle:7.1f}   p95 {high:7.1f} ms")


async def rows_of(
    measure: Any, clips: list[Spoken], count: int, slice_ms: int, given: dict[str, Any]
) -> list[dict[str, float]]:
    latencies = given.pop("latencies")
    async with served(**given) as client:
        await client.post("/double", json=latencies)
        warm = measure if given["path"] == "nano" else one_turn
        await warm(client, clips[0], slice_ms)
        rows = [
            await measure(client, clips[number % len(clips)], slice_ms) for number in range(count)
        ]
    return [row for row in rows if row]  # what was not answered aloud has no clocks


async def main() -> None:
    """Every table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--turns", type=int, default=30)
    parser.add_argument("--pauses", type=int, default=105)
    parser.add_argument("--slice-ms", type=int, default=0, help="0: as the page cuts them")
    parser.add_argument("--detector", default="best")
    parser.add_argument("--only", default="")
    args = parser.parse_args()
    tts = EspeakTTS()
    plain = await spoken_clips(tts, tags=known_tags())
    hesitant = hesitant_clips(tags=known_tags(), pauses_ms=PAUSES_MS)
    await tts.close()
    print(
        f"{machine()}; slices {f'of {args.slice_ms} ms' if args.slice_ms else 'of the page'}, "
        f"detector {args.detector}; {len(known_tags())} tracks"
    )
    quiet = {"fillers": False, "speculation": "speech"}
    tables = [
        ("cascade, vendors 150/350+60/s/150, no fillers", one_turn, "cascade", VENDORS, quiet),
        ("direct path, the same", one_turn, "direct", VENDORS, quiet),
        ("cascade with fillers", one_turn, "cascade", VENDORS, {"fillers": True}),
        (
            "own share: zero latency, no speculation (first_answer is all ours)",
            one_turn,
            "cascade",
            NO_LATENCY,
            {"fillers": False, "speculation": "off"},
        ),
        ("Nano, push-to-talk", one_pressed, "nano", NO_LATENCY, {"fillers": False}),
        ("Nano, pauses of 300-1,200 ms inside", one_pause, "nano", NO_LATENCY, {"fillers": False}),
        ("interruptions", one_interruption, "cascade", VENDORS, quiet),
        ("pauses of 300-1,200 ms inside", one_pause, "cascade", VENDORS, quiet),
    ]
    for title, measure, path, latencies, settings in tables:
        if args.only not in title:
            continue
        is_pause = measure is one_pause
        clips = hesitant if is_pause else plain
        count = args.pauses if is_pause else args.turns
        given = {
            "path": path,
            "latencies": latencies,
            "settings": settings,
            "detector": args.detector,
        }
        show(title, await rows_of(measure, clips, count, args.slice_ms, given))


if __name__ == "__main__":
    asyncio.run(main())
