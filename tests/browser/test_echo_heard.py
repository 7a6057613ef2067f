"""Asha's own voice in a room, the page's echo guard, the service's detector: without a clock.

The same as test_echo.py in real time, on any machine: twenty replies by the installed voice come
back -10 and -20 dB loud, 80 to 250 ms late, with two reflections and noise.
"""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from browser.test_echo import SENTENCES

from asha.conversation.ears import Ears, Frame
from asha.core.audio import HEARING_RATE_HZ, Float32, pcm_of
from asha.data.synthesis import Speaker, Synthesiser
from asha.speech.vad import SileroVoice

WEB = Path(__file__).parents[2] / "web"
ROLLDOWN = WEB / "node_modules" / ".bin" / "rolldown"
NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(
    NODE is None or not ROLLDOWN.exists(), reason="the page's tools are not installed (make web)"
)
ROOMS = [(db, ms) for db in (-20, -10) for ms in (80, 165, 250)]
REPLIES = 20
PAUSE_S = 1.0  # between two replies
NOISE = 0.001
LOUDER_DB = 3.0  # who says `ruko` to stop her
WORD_AT_S = 1.2  # in the reply
WITHIN_MS = 600.0


@pytest.fixture(scope="module")
def guard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's guard as a module of its own."""
    folder = tmp_path_factory.mktemp("guard")
    entry = folder / "entry.ts"
    shared = WEB / "src" / "shared"
    entry.write_text(
        f'export * from "{shared}/echo-guard.ts"; export {{ levelDbfs }} from "{shared}/pcm.ts";'
    )
    made = folder / "guard.mjs"
    command = [str(ROLLDOWN), str(entry), "--file", str(made), "--format", "esm"]
    subprocess.run(command, check=True, capture_output=True, cwd=WEB)
    return made


@pytest.fixture(scope="module")
def voices() -> tuple[list[Float32], Float32]:
    """Her sentences, and somebody's `ruko`."""
    synthesiser = Synthesiser()
    hers = Speaker("hi", rate_wpm=160, pitch=50)
    said = [synthesiser.speak(text, hers) for text in SENTENCES]
    word = synthesiser.speak("ruko, ruko", Speaker("hi+m3", rate_wpm=150, pitch=50))
    synthesiser.close()
    return said, word


def shifted(sound: Float32, by: int) -> Float32:
    return np.concatenate([np.zeros(by, np.float32), sound[: len(sound) - by]])


def in_the_room(played: Float32, db: float, delay_ms: float) -> Float32:
    """What of it reaches the microphone: directly, by two walls, and the noise of the room."""
    direct = shifted(played, round(delay_ms / 1_000 * HEARING_RATE_HZ))
    walls = 0.4 * shifted(direct, 560) + 0.2 * shifted(direct, 1_370)
    noise = NOISE * np.random.default_rng(6).standard_normal(len(played))
    return np.asarray(10 ** (db / 20) * (direct + walls) + noise, dtype=np.float32)


def frames_of(guard: Path, played: Float32, heard: Float32) -> list[Frame]:
    """What the service's detector says of what the page lets through."""
    command = [str(NODE), str(Path(__file__).with_name("guarded.mjs")), str(guard)]
    both = np.concatenate([played, heard]).astype("<f4").tobytes()
    done = subprocess.run([*command, str(len(played))], input=both, check=True, capture_output=True)
    return heard_frames(np.frombuffer(done.stdout, "<f4").astype(np.float32))


def replies(said: list[Float32]) -> Float32:
    gap = np.zeros(round(PAUSE_S * HEARING_RATE_HZ), np.float32)
    pieces = [piece for n in range(REPLIES) for piece in (gap, said[n % len(said)])]
    return np.concatenate([*pieces, gap])


def heard_frames(passed: Float32) -> list[Frame]:
    """What the service's detector says of sound."""
    ears, frames = Ears(SileroVoice()), []
    for seq, at in enumerate(range(0, len(passed), HEARING_RATE_HZ)):
        piece = pcm_of(passed[at : at + HEARING_RATE_HZ])
        frames += ears.accept("mic", seq, piece, HEARING_RATE_HZ)
    return frames


def test_without_the_guard_she_would_hear_herself(voices: tuple[list[Float32], Float32]) -> None:
    heard = in_the_room(replies(voices[0]), -20, 80)
    assert sum(frame.is_speech for frame in heard_frames(heard)) > 100


@pytest.mark.parametrize(("db", "delay_ms"), ROOMS)
def test_she_never_hears_herself_in_20_replies(
    guard: Path, voices: tuple[list[Float32], Float32], db: float, delay_ms: float
) -> None:
    played = replies(voices[0])
    heard = in_the_room(played, db, delay_ms)
    speech = [frame.start_ms for frame in frames_of(guard, played, heard) if frame.is_speech]
    assert not speech


@pytest.mark.parametrize(("db", "delay_ms"), ROOMS)
def test_she_hears_ruko_in_the_middle_of_her_words(
    guard: Path, voices: tuple[list[Float32], Float32], db: float, delay_ms: float
) -> None:
    said, word = voices
    played = replies(said)
    heard = in_the_room(played, db, delay_ms)
    last = len(played) - round(PAUSE_S * HEARING_RATE_HZ) - len(said[(REPLIES - 1) % len(said)])
    at = last + round(WORD_AT_S * HEARING_RATE_HZ)
    louder = np.std(said[0]) / np.std(word) * 10 ** (LOUDER_DB / 20)
    heard[at : at + len(word)] += (louder * word)[: len(heard) - at]
    frames = frames_of(guard, played, heard)
    onset_ms = at / HEARING_RATE_HZ * 1_000
    first = next((it.start_ms for it in frames if it.is_speech), None)
    assert first is not None
    assert 0 <= first - onset_ms + 32 < WITHIN_MS
