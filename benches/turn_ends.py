"""Where turns end, without the machine: the same clips and doubles as turn_clocks.py on a clock
that jumps, so the figures are the design's own and the same on every machine.

    python benches/turn_ends.py [--slice-ms 200] [--show]

105 clips with one pause of 300-1,200 ms inside, 15 a track, held-out voices: how many are
committed before their end, and of those how many become two turns. Then the same requests without
a pause: voice to voice (last speech sample -> first sound of the answer). The same settings. Once
more to a reply that does not begin with a word said alone ("Yes,"), which is heard sooner.
The direct path is measured with a model that is paid for, and with one's own: drafts are free then.
What drafts wasted is what the cost reports tell, of what the doubles made.
Slices are the page's, which end where a voice does, or of one length (--slice-ms).
Nano, whose process has a clock of its own, is asked only for how long it would wait.
"""

import argparse
import asyncio
import json
import random
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from clips import LEAD_MS, RATE_HZ, Spoken, hesitant_clips, known_tags, spoken_clips
from clock_server import REPLY, WITHOUT_OPENER, ClipSTT, HearingLLM, Latencies, TokenLLM, ToneTTS
from figures import machine, percentile

from asha.conversation.endpoint import patience_for
from asha.conversation.fillers import Fillers
from asha.conversation.parts import Parts
from asha.conversation.rules import Rules
from asha.conversation.session import Conversation, Services
from asha.conversation.session_config import SessionConfig
from asha.core.audio import samples_of
from asha.core.settings import Settings
from asha.engine.exported import load_weights, shipped
from asha.engine.utterance import Utterance
from asha.providers.tts.espeak import EspeakTTS
from asha.server.app import rules_for
from asha.speech.vad import SileroVoice

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from scripted import MemoryLog, MemoryStore
from slicer import slices_of
from virtual_time import run_virtual

PAUSES_MS = list(range(300, 1_201, 100))
MAX_ANSWER_S = 60
OWN_MODEL = "direct path, own model"
PATHS = ("cascade", "direct path, paid", OWN_MODEL)


def parts_of(path: str, clip: Spoken, reply: str) -> Parts:
    latencies = Latencies(stt_ms=150.0, llm_ms=350.0, tts_ms=150.0)
    stt = ClipSTT(latencies)
    stt.play(clip.pieces)
    return Parts(
        llm=(TokenLLM if path == "cascade" else HearingLLM)(latencies, reply),
        tts=ToneTTS(latencies),
        detector=SileroVoice,
        stt=stt,
        is_paid=path != OWN_MODEL,
    )


async def one(path: str, clip: Spoken, slice_ms: int, reply: str = REPLY) -> dict[str, Any]:
    """What was seen of one clip; ms on the virtual clock, which is the sound's."""
    loop = asyncio.get_running_loop()
    parts = parts_of(path, clip, reply)
    services = Services(
        parts=parts,
        log=MemoryLog(),
        store=MemoryStore(),
        fillers=Fillers(None),
        rules=rules_for(Settings(_env_file=None), parts),
        now_ms=lambda: loop.time() * 1_000,
        fills=False,
    )
    session = Conversation(SessionConfig("sess_bench", "bench", clip.tag), services)
    running = asyncio.create_task(session.run())
    reader, seen = session.fanout.subscribe(), list[tuple[float, str, str]]()
    told: dict[str, dict[str, Any]] = {}

    async def watch() -> None:
        while not reader.is_drained:
            if wire := await reader.next(timeout_s=1_000.0):
                seen.append((loop.time() * 1_000, wire.type, str(wire.turn_id)))
                told[wire.type] = json.loads(wire.body)

    watching = asyncio.create_task(watch())
    slices = slices_of(clip.pcm, slice_ms)
    begun_s, start = loop.time(), 0
    for seq, (num_samples, at) in enumerate(slices):
        await asyncio.sleep(begun_s + at / RATE_HZ - loop.time())
        session.hear("mic", seq, clip.pcm[start : start + 2 * num_samples], RATE_HZ)
        start += 2 * num_samples
    for _ in range(MAX_ANSWER_S):
        await asyncio.sleep(1)
        if "asha.cost.report" in told:
            break
    session.close()
    await running
    await watching
    commits = [(at, turn) for at, kind, turn in seen if kind == "asha.turn.committed"]
    sounds = [at for at, kind, _ in seen if kind == "response.output_audio.delta"]
    after = [at for at in sounds if at > clip.speech_end_ms]
    return {
        "early": any(at < clip.speech_end_ms for at, _ in commits),
        "split": len({turn for _, turn in commits}) > 1,
        "heard": any(at < clip.speech_end_ms for at in sounds),
        "voice_to_voice": after[0] - clip.speech_end_ms if after else None,
        "asked": parts.llm.num_asked,
        "tokens": parts.llm.num_tokens,
        "characters": parts.tts.num_characters,
        "told": told.get("asha.cost.report", {}),
        "slices": (seq + 1) / (len(clip.pcm) / 2 / RATE_HZ),
    }


def nano_rows(clips: list[Spoken]) -> list[dict[str, Any]]:
    """What Nano's own words say after 100 ms of silence, in the pause and at the end."""
    folder = shipped()
    assert folder, "no weights in this installation"
    weights, rules, rows = load_weights(folder), Rules(), []
    for clip in clips:
        waits = []
        for end_ms in (clip.pause_start_ms, clip.speech_end_ms):
            heard = Utterance(weights, clip.tag)
            first, last = (round(ms * RATE_HZ / 1_000) for ms in (LEAD_MS - 320, end_ms + 100))
            heard.push(samples_of(clip.pcm)[first:last])
            text = heard.heard_so_far()[0].text
            waits.append(patience_for(text, clip.tag, expects_digits=False, rules=rules))
        rows.append({"early": clip.pause_ms > waits[0], "patience": waits[1]})
    return rows


def share(rows: list[dict[str, Any]], name: str) -> str:
    hits = sum(bool(row[name]) for row in rows)
    return f"{hits} of {len(rows)} ({100 * hits / len(rows):.1f} %)"


def wasted(rows: list[dict[str, Any]]) -> str:
    """What was thought and spoken for drafts that nobody heard, of all that was."""
    shares = []
    for made, name in (("tokens", "wasted_tokens"), ("characters", "wasted_characters")):
        whole = sum(row[made] for row in rows)
        vain = sum(row["told"].get(name, 0) for row in rows)
        shares.append(f"{vain:,} of {whole:,} {made} ({100 * vain / whole:.1f} %)")
    return f"wasted {', '.join(shares)}"


def told_of(rows: list[dict[str, Any]]) -> str:
    """Of clips without a pause."""
    times = [row["voice_to_voice"] for row in rows if row["voice_to_voice"] is not None]
    asked = sum(row["asked"] for row in rows) / len(rows)
    return (
        f"voice to voice p50 {percentile(times, 0.5):.0f}, p95 {percentile(times, 0.95):.0f} ms "
        f"(n = {len(times)}); model asked {asked:.2f} times a turn; {wasted(rows)}; "
        f"{sum(row['slices'] for row in rows) / len(rows):.1f} slices a second"
    )


def main() -> None:
    """Every table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--slice-ms", type=int, default=0, help="0: as the page cuts them")
    parser.add_argument("--show", action="store_true", help="each clip that was cut")
    parser.add_argument("--only", default="", help="direct, own, cascade or nano")
    args = parser.parse_args()
    random.seed(3)
    tags = known_tags()
    hesitant = hesitant_clips(tags=tags, pauses_ms=PAUSES_MS)
    plain = asyncio.run(_plain(tags))
    print(
        f"{machine()} (virtual time: no matter), "
        f"slices {f'of {args.slice_ms} ms' if args.slice_ms else 'as the page cuts them'}, "
        f"{len(tags)} tracks"
    )
    if args.only in "nano":
        rows = nano_rows(hesitant)
        waits = Counter(row["patience"] for row in rows)
        print(f"nano, pauses inside: would be committed early {share(rows, 'early')}; ", end="")
        print("patience at the end: ", end="")
        print(", ".join(f"{ms:.0f} ms for {count}" for ms, count in sorted(waits.items())))
    for path in PATHS:
        if args.only not in path:
            continue
        rows = [run_virtual(one(path, clip, args.slice_ms)) for clip in hesitant]
        print(f"{path}, pauses inside: committed early {share(rows, 'early')}, ", end="")
        print(f"became two turns {share(rows, 'split')}, heard too early {share(rows, 'heard')}")
        late = [row["voice_to_voice"] for row in rows if row["voice_to_voice"] is not None]
        print(
            f"{path}, after such a pause: voice to voice p50 {percentile(late, 0.5):.0f}, "
            f"p95 {percentile(late, 0.95):.0f} ms (n = {len(late)}); {wasted(rows)}"
        )
        if args.show:
            for clip, row in zip(hesitant, rows, strict=True):
                if row["early"]:
                    print(f"  {clip.tag:8} {clip.pause_ms:5} ms  {clip.text}")
        for reply in (REPLY, WITHOUT_OPENER):
            rows = [run_virtual(one(path, clip, args.slice_ms, reply)) for clip in plain]
            print(f'{path}, no pause, "{reply[:11]} ...": {told_of(rows)}')


async def _plain(tags: list[str]) -> list[Spoken]:
    tts = EspeakTTS()
    clips = await spoken_clips(tts, tags=tags)
    await tts.close()
    return clips


if __name__ == "__main__":
    main()
