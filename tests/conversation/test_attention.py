"""A model that hears follows the speaker, and is let go when nobody will ask it any more."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from room import Room, room
from scripted import ScriptedLLM
from virtual_time import run_virtual

from asha.core.audio import Clip
from asha.core.errors import Busy
from asha.core.message import Sound

LONG = "This is the first sentence of it. " + "And here is one more sentence. " * 8


class Followings:
    """Ears that write down what they hear."""

    def __init__(self, *, fails: bool = False) -> None:
        self.made: list[Followings.Ear] = []
        self.fails = fails

    def __call__(self, language: str) -> "Followings.Ear":
        self.made.append(self.Ear(self.fails))
        return self.made[-1]

    class Ear:
        def __init__(self, fails: bool) -> None:
            self.fails, self.is_closed = fails, False
            self.heard_s: list[float] = []
            self.says = ""

        async def hear(self, clip: Clip) -> None:
            if self.fails:
                raise Busy("Four people are talking already.")
            assert not self.is_closed
            self.heard_s.append(clip.duration_s)

        async def words(self) -> str:
            return self.says

        async def close(self) -> None:
            self.is_closed = True


def talked(
    talk: Callable[[Room], Awaitable[None]], *, detection: str = "server", fails: bool = False
) -> tuple[Followings, Room]:
    """A conversation with a model that hears, and its ears."""
    ears = Followings(fails=fails)

    async def run() -> Room:
        llm = ScriptedLLM([LONG], hears=True)
        async with room(llm=llm, turn_detection=detection) as made:
            context = made.conversation.context
            context.parts = replace(context.parts, stt=None, follow=ears)
            await talk(made)
            return made

    return ears, run_virtual(run())


def test_at_the_commit_only_the_last_slices_are_new() -> None:
    async def talk(made: Room) -> None:
        await made.speak(2_000)
        await made.wait_for("response.done")

    ears, made = talked(talk)
    [ear] = ears.made
    assert len(ear.heard_s) >= 15  # slice by slice while the user speaks
    assert ear.heard_s == sorted(ear.heard_s)
    [asked] = made.conversation.context.parts.llm.asked  # type: ignore[union-attr]
    [sound] = asked[-1].parts
    assert isinstance(sound, Sound)
    assert sound.clip.duration_s - ear.heard_s[-1] <= 0.3
    assert ear.is_closed


def test_silence_at_the_end_is_not_followed() -> None:
    async def talk(made: Room) -> None:
        await made.speak(1_000)
        await made.be_silent(500)
        num_heard = len(ears_of(made))
        await made.be_silent(100)
        assert len(ears_of(made)) == num_heard

    def ears_of(made: Room) -> list[float]:
        return made.conversation.context.parts.follow.made[0].heard_s  # type: ignore[union-attr]

    talked(talk)


def test_a_noise_an_interruption_and_the_end_of_the_session_free_the_ear() -> None:
    async def noise(made: Room) -> None:
        await made.speak(100)
        await made.be_silent(2_000)

    async def interruption(made: Room) -> None:
        await made.speak(1_000)
        await made.wait_for("response.output_audio.delta")
        await made.be_silent(500)
        await made.speak(1_000)
        await made.wait_for("response.done", count=2)

    async def leaves(made: Room) -> None:
        await made.speak(1_000)

    for talk in (noise, interruption, leaves):
        ears, _ = talked(talk)
        assert ears.made
        assert all(ear.is_closed for ear in ears.made), talk.__name__


def test_push_to_talk_is_followed_from_the_first_slice_and_cleared_with_it() -> None:
    async def talk(made: Room) -> None:
        await made.speak(1_500)
        made.conversation.commit()
        await made.wait_for("response.done")

    ears, _ = talked(talk, detection="client")
    assert len(ears.made[0].heard_s) >= 10

    async def clear(made: Room) -> None:
        await made.speak(500)
        made.conversation.clear()
        await made.be_silent(100)
        assert ears_now(made)[0].is_closed

    def ears_now(made: Room) -> list[Followings.Ear]:
        return made.conversation.context.parts.follow.made  # type: ignore[union-attr]

    talked(clear, detection="client")


def test_an_engine_that_is_busy_while_somebody_speaks_may_still_answer() -> None:
    async def talk(made: Room) -> None:
        await made.speak(1_000)
        await made.wait_for("response.done")

    _, made = talked(talk, fails=True)
    assert made.transcript().split() == LONG.split()


def test_what_is_said_into_an_answer_is_understood_without_a_recogniser() -> None:
    async def into_the_answer(made: Room, words: str) -> None:
        await made.speak(1_000)
        await made.wait_for("response.output_audio.delta")
        await made.be_silent(1_000)
        ears: Followings = made.conversation.context.parts.follow  # type: ignore[assignment]
        await made.speak(300)  # less than what interrupts by its length alone
        ears.made[-1].says = words
        await made.be_silent(2_000)

    async def stop(made: Room) -> None:
        await into_the_answer(made, "stop")

    async def agrees(made: Room) -> None:
        await into_the_answer(made, "hmm")
        await made.wait_for("response.done")

    _, made = talked(stop)
    assert made.all("response.done")[0].body["response"]["status"] == "cancelled"
    _, made = talked(agrees)
    assert [seen.body["reason"] for seen in made.all("asha.playback.resumed")] == ["backchannel"]
    assert made.all("response.done")[0].body["response"]["status"] == "completed"
