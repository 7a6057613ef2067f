"""Nano end to end: a spoken question by a throat it never heard is answered aloud."""

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from browser.spoken_room import events, furnish, played, say, wait_for_event
from browser.stage import Stage
from playwright.sync_api import Page, expect

from asha.core.audio import Float32
from asha.core.language import language
from asha.core.settings import Settings
from asha.data.synthesis import HELD_OUT_VARIANTS, VOICES, Speaker, Synthesiser
from asha.engine.exported import Weights, load_weights, shipped
from asha.engine.utterance import raw_answer, transcribe
from asha.server.wiring import wired
from asha.speech.scoring import cer
from asha.speech.spoken_text import spoken_form

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]
QUESTIONS = Path(__file__).with_name("nano_questions.toml")
NOTHING_SET = {"_env_file": None}
QUIET_S = 0.3
# What was played, read by Nano's own ears, may differ from the words on the screen by this share
# of characters more than the same voice does when it is read without any browser between.
MORE_CER = 0.15
MOST_CER = 0.6  # and whatever they read of the voice itself: they are small ears


@pytest.fixture(scope="module")
def nano() -> Weights:
    folder = shipped()
    assert folder, "the embedded weights are not in this checkout"
    return load_weights(folder)


@pytest.fixture(scope="module")
def voice() -> Iterator[Synthesiser]:
    synthesiser = Synthesiser()
    yield synthesiser
    synthesiser.close()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The service as it is installed: Nano hears and thinks, eSpeak NG speaks."""
    folder = tmp_path_factory.mktemp("nano")
    parts = wired(Settings(data_dir=folder, **NOTHING_SET))
    stage = Stage(folder, whole=parts).rise()
    yield stage
    stage.fall()


def understood(tag: str, nano: Weights, voice: Synthesiser) -> tuple[dict[str, str], Float32]:
    """The first question of a track that these weights understand, and its sound."""
    for question in tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))["question"]:
        if question["tag"] != tag:
            continue
        for variant in HELD_OUT_VARIANTS:
            speaker = Speaker(f"{VOICES[tag][0]}+{variant}", rate_wpm=165, pitch=50)
            said = voice.speak(question.get("spoken", question["text"]), speaker)
            quiet = np.zeros(round(QUIET_S * 16_000), np.float32)
            clip = np.concatenate([quiet, said * 0.5 / np.abs(said).max(), quiet])
            if raw_answer(nano, clip, "auto").startswith(f"<|{question['tool']}|>"):
                return question, clip.astype(np.float32)
    raise AssertionError(f"these weights understand none of the questions in {tag}")


@pytest.mark.parametrize("tag", ["hi", "hi-Latn", "ta"])
def test_a_question_by_an_unheard_voice_is_answered_aloud_in_its_language(
    tag: str, nano: Weights, voice: Synthesiser, service: Stage, open_page: OpenPage
) -> None:
    question, clip = understood(tag, nano, voice)
    page = open_page("about:blank")
    furnish(page.context)
    page.goto(service.url)
    page.locator(f".chip input[value={tag}]").check(force=True)
    page.get_by_role("button", name="Press to talk").click()
    expect(page.get_by_test_id("state")).to_have_text("Listening")
    say(page, clip)
    wait_for_event(page, "response.done")
    tools = [event["name"] for event in events(page, "asha.tool.applied")]
    assert tools == [question["tool"]]
    answer = page.get_by_test_id("line-assistant").first
    expect(page.get_by_test_id("state")).to_have_text("Listening")
    assert answer.locator("p.line-text").get_attribute("lang") == tag
    text = answer.locator("p.line-text").inner_text()
    wanted = spoken_form(text, language(tag))
    beside = Speaker(VOICES[tag][0], rate_wpm=165, pitch=50)
    floor = cer([wanted], [transcribe(nano, voice.speak(wanted, beside)).text]).rate
    heard = transcribe(nano, played(page)).text
    rate = cer([wanted], [heard]).rate
    assert rate <= min(MOST_CER, floor + MORE_CER), f"{wanted!r} was heard as {heard!r}"
