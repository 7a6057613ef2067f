"""The microphone of this machine, by the recorder that its sound system brings along."""

import asyncio
import shutil
from collections.abc import AsyncIterator

from asha.core.audio import HEARING_RATE_HZ, Float32, samples_of
from asha.core.errors import BadSound

# Recorders that write raw s16 mono at 16 kHz to standard output: PipeWire/PulseAudio, ALSA, SoX.
RECORDERS = {
    "parec": ["--raw", "--format=s16le", "--channels=1", f"--rate={HEARING_RATE_HZ}"],
    "arecord": ["-q", "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", str(HEARING_RATE_HZ)],
    "rec": ["-q", "-t", "raw", "-e", "signed", "-b", "16", "-c", "1", "-r", "16000", "-"],
}
PAUSE_S = 0.8  # of silence after speech that ends a question
PATIENCE_S = 10.0  # to begin
FRAME_BYTES = 1_024  # 512 samples: what the voice detector judges at once


async def recorded() -> AsyncIterator[Float32]:
    """Samples until the speaker has paused.

    Raises:
        BadSound: there is no recorder, it does not work here, or nobody spoke.
    """
    from asha.speech.vad import FRAME_MS, IS_SPEECH, SileroVoice

    program = next((name for name in RECORDERS if shutil.which(name)), None)
    if program is None:
        raise BadSound("No microphone can be read here; install alsa-utils, or give a clip.")
    process = await asyncio.create_subprocess_exec(
        program,
        *RECORDERS[program],
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout
    detector, silent_s, has_spoken = SileroVoice(), 0.0, False
    try:
        while silent_s < (PAUSE_S if has_spoken else PATIENCE_S):
            try:
                frame = samples_of(await process.stdout.readexactly(FRAME_BYTES))
            except asyncio.IncompleteReadError:
                raise BadSound(f"{program} gives no sound; check the microphone.") from None
            is_speech = detector.probability(frame) >= IS_SPEECH
            has_spoken = has_spoken or is_speech
            silent_s = 0.0 if is_speech else silent_s + FRAME_MS / 1_000
            yield frame
        if not has_spoken:
            raise BadSound("Nobody spoke; try again, nearer to the microphone.")
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        process._transport.close()  # type: ignore[attr-defined]  # else it warns when collected
