"""Many conversations at once, each in real time, against doubles that take no time.

    python benches/load.py [--sessions 100] [--seconds 60] [--slice-ms 200] [--opus]

Every session has a stream of its own and speaks without end: a clip, then silence for as long as
the answer plays. Checked: every slice is accepted and counted, every turn is answered to its end,
every delta of sound follows the one before without a gap and comes before it has to be played.
The server runs in a process of its own; client and server share the machine.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clips import RATE_HZ, Spoken, spoken_clips
from figures import machine, percentile

from asha.providers.tts.espeak import EspeakTTS

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from slicer import FRAME, slices_of

HERE = Path(__file__).parent
ANSWER_MS = 3_000  # silence after a clip: the answer of load_server.py plays in that time
PCM_BYTES_PER_MS = 48  # s16 at 24 kHz
PACKET_MS = 20.0  # of Opus


@dataclass
class Tally:
    """What went wrong or right over all sessions."""

    num_slices: int = 0
    num_refused: int = 0
    num_spoken: int = 0
    num_answered: int = 0
    num_gaps: int = 0  # a delta that does not begin where the one before ended
    num_late: int = 0  # a delta that came after it should have been playing
    num_lagged: int = 0
    num_deltas: int = 0
    worst_late_ms: float = 0.0
    clocks: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, value: float | None) -> None:
        if value is not None:
            self.clocks.setdefault(name, []).append(value)


class Wire:
    """One keep-alive connection, spoken to by hand: a client library would cost more than the
    server that is measured."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter

    async def open(self) -> "Wire":
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    def send(self, method: str, path: str, body: bytes = b"", *headers: str) -> None:
        head = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
        self.writer.write("\r\n".join([*head, *headers, "", ""]).encode() + body)

    async def head(self) -> tuple[int, dict[str, str]]:
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        pairs = (line.partition(": ") for line in lines[1:] if line)
        return int(lines[0].split()[1]), {name.lower(): value for name, _, value in pairs}

    async def ask(self, method: str, path: str, body: bytes = b"", *headers: str) -> Any:
        """A whole JSON answer and its status."""
        self.send(method, path, body, *headers)
        status, found = await self.head()
        told = await self.reader.readexactly(int(found.get("content-length", 0)))
        return status, json.loads(told) if told else None


@dataclass(frozen=True)
class Round:
    """What is said again and again: a clip and the silence in which its answer plays."""

    pcm: bytes
    end_s: float  # of its speech
    slices: list[tuple[int, int]]  # cut ahead: 100 clients share the machine with the server


def round_of(clip: Spoken, slice_ms: int) -> Round:
    """The clip's round, in whole frames of the detector."""
    pcm = clip.pcm + bytes(ANSWER_MS * RATE_HZ // 1_000 * 2)
    pcm += bytes(-len(pcm) % (2 * FRAME))
    return Round(pcm, clip.speech_end_ms / 1_000, list(slices_of(pcm, slice_ms)))


class Talker:
    """One session: a stream that is read and a microphone that never stops."""

    def __init__(self, port: int, says: Round, tally: Tally) -> None:
        self.port, self.says, self.tally = port, says, tally
        self.last_sample_s: float | None = None  # when the clip's last sample was spoken
        self.playing_s = self.next_ms = 0.0
        self.response = ""

    async def run(self, *, ends_s: float, is_opus: bool) -> None:
        wire = await Wire(self.port).open()
        settings = {"language": "hi", "audio_format": "audio/opus" if is_opus else "audio/pcm"}
        _, made = await wire.ask(
            "POST", "/v1/sessions", json.dumps(settings).encode(), "Content-Type: application/json"
        )
        self.auth = f"Authorization: Bearer {made['stream_token']}"
        reading = asyncio.create_task(self._read(made["stream_url"], is_opus=is_opus))
        try:
            await self._speak(wire, made["id"], ends_s)
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _speak(self, wire: Wire, session: str, ends_s: float) -> None:
        says, begun, seq = self.says, time.perf_counter(), 0
        while time.perf_counter() < ends_s:
            self.tally.num_spoken += 1
            start = 0
            for num_samples, at in says.slices:
                end, due = start + 2 * num_samples, begun + at / RATE_HZ
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                if start <= says.end_s * RATE_HZ * 2 < end:
                    self.last_sample_s = begun + says.end_s
                status, told = await wire.ask(
                    "POST",
                    f"/v1/sessions/{session}/input_audio?stream=mic&seq={seq}",
                    says.pcm[start:end],
                    f"Content-Type: audio/pcm;rate={RATE_HZ}",
                    self.auth,
                )
                seq, start = seq + 1, end
                self.tally.num_slices += 1
                if status != 202 or told["next_seq"] != seq:
                    self.tally.num_refused += 1
                self.tally.add("slice", (time.perf_counter() - due) * 1_000)
            begun += len(says.pcm) / 2 / RATE_HZ

    async def _read(self, url: str, *, is_opus: bool) -> None:
        wire = await Wire(self.port).open()
        wire.send("GET", url, b"", self.auth)
        await wire.head()
        rest = b""
        while size := int(await wire.reader.readline(), 16):
            rest += await wire.reader.readexactly(size)
            await wire.reader.readexactly(2)
            *frames, rest = rest.split(b"\n\n")
            for frame in frames:
                self._take(frame, is_opus=is_opus)

    def _take(self, frame: bytes, *, is_opus: bool) -> None:
        head, found, data = frame.partition(b"data: ")
        if not found:
            return
        if b"event: response.output_audio.delta" in head:
            self._hear(json.loads(data), is_opus=is_opus)
        elif b"event: asha.latency.report" in head:
            for name, value in json.loads(data)["clocks"].items():
                if name != "voice_to_voice":  # counted here, on this side of the wire
                    self.tally.add(name, value)
        elif b"event: response.done" in head:
            status = json.loads(data)["response"]["status"]
            self.tally.num_answered += status == "completed"
        elif b"event: asha.stream.lagged" in head:
            self.tally.num_lagged += 1

    def _hear(self, event: dict[str, Any], *, is_opus: bool) -> None:
        now_s, tally = time.perf_counter(), self.tally
        tally.num_deltas += 1
        sound_ms = PACKET_MS if is_opus else len(event["delta"]) * 3 / 4 / PCM_BYTES_PER_MS
        if event["response_id"] != self.response:
            self.response, self.playing_s, self.next_ms = event["response_id"], now_s, 0.0
            if self.last_sample_s:
                tally.add("voice_to_voice", (now_s - self.last_sample_s) * 1_000)
                self.last_sample_s = None
        late_ms = (now_s - self.playing_s) * 1_000 - event["start_ms"]
        if late_ms > 1.0 and event["start_ms"]:
            tally.num_late += 1
            tally.worst_late_ms = max(tally.worst_late_ms, late_ms)
        tally.num_gaps += abs(event["start_ms"] - self.next_ms) > PACKET_MS
        self.next_ms = event["start_ms"] + sound_ms


async def observed(port: int, seconds: float, every_s: float) -> list[dict[str, float]]:
    """What the server used at the beginning and after each `every_s`."""
    found = []
    ends_s = time.perf_counter() + seconds
    while True:
        wire = await Wire(port).open()  # a new one: an idle line is closed
        _, told = await wire.ask("GET", "/load")
        wire.writer.close()
        found.append({**told, "at_s": time.perf_counter()})
        left_s = ends_s - time.perf_counter()
        if left_s <= 0.5:
            return found
        await asyncio.sleep(min(every_s, left_s))


async def main() -> None:
    """Talk, count, tell; exits with 1 where anything was lost."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sessions", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--slice-ms", type=int, default=0, help="0: as the page cuts them")
    parser.add_argument("--opus", action="store_true")
    parser.add_argument("--memory-every-s", type=float, default=60.0)
    args = parser.parse_args()
    tts = EspeakTTS()
    clips = await spoken_clips(tts, tags=["hi", "en-IN", "ta"])
    await tts.close()
    rounds = [round_of(clip, args.slice_ms) for clip in clips]
    tally = Tally()
    before = machine()
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(HERE / "load_server.py"),
            json.dumps({"folder": folder, "max_sessions": args.sessions + 1}),
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout
        port = int(await process.stdout.readline())
        try:
            ends_s = time.perf_counter() + args.seconds
            async with asyncio.TaskGroup() as tasks:
                watching = tasks.create_task(observed(port, args.seconds, args.memory_every_s))
                for number in range(args.sessions):
                    talker = Talker(port, rounds[number % len(rounds)], tally)
                    tasks.create_task(talker.run(ends_s=ends_s, is_opus=args.opus))
                    await asyncio.sleep(min(0.05, 5.0 / args.sessions))  # they do not come as one
            seen = watching.result()
        finally:
            process.terminate()
            await process.wait()
    show(args, tally, seen, before)


def show(args: argparse.Namespace, tally: Tally, seen: list[dict[str, float]], before: str) -> None:
    """Everything that was counted."""
    first, last = seen[0], seen[-1]
    share = (last["cpu_s"] - first["cpu_s"]) / (last["at_s"] - first["at_s"])
    print(
        f"{before}; load {os.getloadavg()[0]:.1f} after; "
        f"{args.sessions} sessions for {args.seconds:.0f} s, "
        f"slices {f'of {args.slice_ms} ms' if args.slice_ms else 'as the page cuts them'}, "
        f"{'Opus' if args.opus else 'PCM'}"
    )
    memory = ", ".join(f"{row['rss_mb']:.0f}" for row in seen)
    print(
        f"server's CPU: {100 * share:.0f} % of a core, {1_000 * share / args.sessions:.1f} ms/s "
        f"a session; memory {memory} MB"
    )
    print(
        f"slices {tally.num_slices:,}, refused {tally.num_refused}; spoken {tally.num_spoken:,}, "
        f"answered {tally.num_answered:,}; deltas {tally.num_deltas:,}, gaps {tally.num_gaps}, "
        f"late {tally.num_late} (worst {tally.worst_late_ms:.0f} ms), lagged {tally.num_lagged}"
    )
    for name, values in sorted(tally.clocks.items()):
        points = ", ".join(
            f"p{share} {percentile(values, share / 100):.1f}" for share in (50, 95, 99)
        )
        print(f"  {name:<15} {points} ms (n = {len(values):,})")
    if tally.num_refused or tally.num_gaps or tally.num_lagged:
        sys.exit("Something was lost.")


if __name__ == "__main__":
    asyncio.run(main())
