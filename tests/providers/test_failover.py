"""Where speech and text go on after a break."""

from collections.abc import Callable

import pytest
from listening import Listener

from asha.core.errors import ProviderRefused
from asha.doubles.faults import Fault
from asha.doubles.vendors import Vendors
from asha.providers.failover import Seam, unspoken

PHRASE = "Your train leaves at nine."


@pytest.mark.parametrize(
    ("num_chars", "left"),
    [
        (0, PHRASE),
        (3, PHRASE),
        (5, "train leaves at nine."),
        (8, "train leaves at nine."),
        (10, " leaves at nine."),
        (24, "nine."),
        (26, ""),
        (99, ""),
    ],
)
def test_speech_goes_on_at_the_word_that_was_cut(num_chars: int, left: str) -> None:
    assert unspoken(PHRASE, num_chars) == left


@pytest.mark.parametrize(
    ("pieces", "joined"),
    [
        (["train leaves", " at nine."], "train leaves at nine."),
        (["Your ", "train leaves."], "train leaves."),
        (["Yes, ", "your train"], "Yes, your train"),
        (["Yo"], "Yo"),
    ],
)
def test_what_a_continued_reply_repeats_is_dropped(pieces: list[str], joined: str) -> None:
    seam = Seam("Your ")
    assert "".join([*map(seam.push, pieces), seam.rest()]).lstrip() == joined


async def test_a_turn_keeps_the_voice_that_took_over_and_the_next_begins_with_the_first(
    vendors: Vendors, listener: Callable[..., Listener]
) -> None:
    person = listener()
    vendors.elevenlabs.faults.append(Fault("cut", after=2))
    await person.ask()
    assert len(vendors.elevenlabs.asked) == 1
    assert len(vendors.coqui.asked) == 3
    assert vendors.coqui.asked[0]["text"] == "good morning!"
    await person.ask()
    assert len(vendors.elevenlabs.asked) == 4
    assert len(vendors.coqui.asked) == 3


async def test_without_alignment_the_phrase_that_was_cut_is_said_again(
    vendors: Vendors, listener: Callable[..., Listener]
) -> None:
    vendors.has_alignment = False
    vendors.elevenlabs.faults.append(Fault("cut", after=2))
    await listener().ask()
    assert vendors.coqui.asked[0]["text"] == "Namaste, good morning!"


async def test_when_every_voice_fails_the_words_are_still_shown_and_the_failure_told(
    vendors: Vendors, listener: Callable[..., Listener]
) -> None:
    vendors.elevenlabs.always = Fault("status", status=401, code="invalid_api_key")
    vendors.coqui.always = Fault("status", status=503)
    person = listener()
    del person.able.tts.voices[2:]  # not even eSpeak NG
    listened = await person.ask()
    assert " ".join(listened.shown.split()) == vendors.reply
    assert listened.errors
    assert [switch.took_over for switch in listened.switches][:2] == ["coqui", None]


async def test_every_language_goes_the_way_its_model_has(
    vendors: Vendors, listener: Callable[..., Listener]
) -> None:
    person = listener()
    vendors.reply = "आपकी ट्रेन नौ बजे है।"
    assert (await person.ask("hi")).heard == "".join(vendors.reply.split())
    vendors.reply = "તમારી ટ્રેન નવ વાગ્યે છે."
    assert (await person.ask("gu")).heard == "".join(vendors.reply.split())
    assert [asked["by"] for asked in vendors.elevenlabs.asked] == ["socket", "http"]


async def test_a_language_coqui_lacks_goes_on_to_the_next_voice_and_counts_for_nothing(
    vendors: Vendors, listener: Callable[..., Listener]
) -> None:
    vendors.coqui_languages = ("hi",)
    person = listener(elevenlabs_api_key=None, deadline_scale=4.0)
    for _ in range(5):
        listened = await person.ask("en-IN")
        assert not listened.errors
        assert listened.switches[0].code == "provider_unfit"
    vendors.reply = "नमस्ते जी।"
    assert (await person.ask("hi")).heard == "नमस्तेजी।"


async def test_what_was_spent_is_counted(
    vendors: Vendors, listener: Callable[..., Listener]
) -> None:
    person = listener()
    await person.ask()
    tallies = person.able.meter.tallies
    assert tallies["openai:gpt-4o-mini"].num_tokens_in == 40
    assert 0 < person.able.meter.usd_by_provider()["openai:gpt-4o-mini"] < 0.001
    assert tallies["elevenlabs"].num_characters == len(vendors.reply) - 2


def test_there_must_be_somebody() -> None:
    from asha.providers.failover import FailoverTTS

    with pytest.raises(ValueError, match="at least one"):
        FailoverTTS([])
    assert not ProviderRefused.retryable
