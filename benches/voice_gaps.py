"""Silence between two voices when ElevenLabs fails in mid-reply: `python benches/voice_gaps.py`.

Doubles on real sockets with a voice that takes 150 ms to its first sound (jitter 50 ms) and then
makes speech six times faster than it is played; Coqui's double takes over. Real deadlines.
Two figures for each fault at every point of a three-phrase reply: `wire`, from the last sound of
the voice that failed to the first of the next; `heard`, the longest silence if it is played as it
arrives.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from figures import machine, percentile  # noqa: E402
from listening import Listener, is_whole, settings_for  # noqa: E402

from asha.doubles.faults import Fault, Script  # noqa: E402
from asha.doubles.vendors import serving  # noqa: E402

FAULTS = {
    "cut": Fault("cut"),
    "empty": Fault("empty"),
    "quota": Fault("error", code="quota_exceeded"),
    "stall": Fault("stall"),
}
PHRASE_PIECES = (4, 5, 5)  # pieces of sound in the three phrases of the reply of the doubles
ROUNDS = 2


def voice(first_ms: float, gap_ms: float) -> Script:
    """A vendor's pace."""
    return Script(first_ms=first_ms, gap_ms=gap_ms, jitter_ms=50)


async def measured(fault: Fault, folder: Path) -> tuple[list[float], list[float], int]:
    """Wire gaps and silences in ms, and how many replies were heard whole."""
    wire, heard, num_whole = [], [], 0
    async with serving() as vendors:
        for phrase, num_pieces in enumerate(PHRASE_PIECES):
            for piece in range(num_pieces) if fault.kind != "empty" else [0]:
                for _ in range(ROUNDS if fault.kind != "empty" else ROUNDS * 4):
                    vendors.elevenlabs, vendors.coqui = voice(150, 40), voice(150, 40)
                    at = Fault(fault.kind, piece, fault.status, fault.code)
                    vendors.elevenlabs.faults.extend([*([None] * phrase), at])
                    person = Listener(settings_for(vendors, folder, deadline_scale=1.0))
                    listened = await person.ask()
                    await person.close()
                    num_whole += is_whole(listened.heard, vendors.reply)
                    wire += listened.gaps_ms()
                    heard.append(listened.silence_ms())
    return wire, heard, num_whole


async def main() -> None:
    """Print one line per fault."""
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        for name, fault in FAULTS.items():
            wire, heard, num_whole = await measured(fault, Path(folder))
            figures = [
                f"{what} p50 {percentile(values, 0.5):.0f} p95 {percentile(values, 0.95):.0f} ms"
                for what, values in (("wire", wire), ("heard", heard))
            ]
            print(f"{name:6} whole {num_whole}/{len(heard)}  {'  '.join(figures)}  n {len(wire)}")


if __name__ == "__main__":
    asyncio.run(main())
