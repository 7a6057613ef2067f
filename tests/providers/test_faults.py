"""Every fault of docs/faults.md at every point of a reply: the listener gets the whole answer."""

from collections.abc import Callable

import pytest
from listening import Listener, is_whole

from asha.doubles.faults import Fault
from asha.doubles.vendors import Vendors

PHRASE_PIECES = (4, 5, 5)  # pieces of sound in the three phrases of the reply of the doubles
POINTS = [(phrase, piece) for phrase, num in enumerate(PHRASE_PIECES) for piece in range(num)]
VOICE_FAULTS = {
    "key refused": Fault("status", status=401, code="invalid_api_key"),
    "quota as 401": Fault("status", status=401, code="quota_exceeded"),
    "payment": Fault("status", status=402, code="payment_required"),
    "bad request": Fault("status", status=422, code="invalid_text"),
    "voice gone": Fault("status", status=404, code="voice_not_found"),
    "too many": Fault("status", status=429, code="too_many_concurrent_requests"),
    "overload": Fault("status", status=503, code="system_busy"),
    "error frame: quota": Fault("error", code="quota_exceeded"),
    "error frame: other": Fault("error", code="internal"),
    "close 1008": Fault("close", status=1008, code="quota"),
    "close 1011": Fault("close", status=1011),
    "cut": Fault("cut"),
    "ends without end": Fault("no_end"),
    "empty success": Fault("empty"),
    "garbled frames": Fault("garble"),
    "half samples": Fault("half_sample"),
    "stall": Fault("stall"),
}


CODES = {
    "key refused": "provider_refused",
    "payment": "provider_refused",
    "bad request": "provider_unfit",
    "overload": "provider_busy",
    "cut": "provider_cut",
    "stall": "provider_busy",
    "empty success": "provider_silent",
}


def scale_for(fault: Fault) -> float:
    """Only a stall waits for a deadline: there they are shortened, elsewhere a busy machine is
    given time.
    """
    return 0.3 if fault.kind == "stall" else 4.0


def at(fault: Fault, piece: int) -> Fault:
    return Fault(fault.kind, piece, fault.status, fault.code, fault.headers)


@pytest.mark.parametrize("name", VOICE_FAULTS)
async def test_the_answer_is_heard_whole_whatever_the_voice_does(
    name: str, vendors: Vendors, listener: Callable[..., Listener]
) -> None:
    fault = VOICE_FAULTS[name]
    for phrase, piece in POINTS:
        vendors.elevenlabs.faults.clear()
        vendors.elevenlabs.faults.extend([*([None] * phrase), at(fault, piece)])
        person = listener(deadline_scale=scale_for(fault))  # every point meets a closed breaker
        listened = await person.ask()
        where = f"{name} in phrase {phrase}, piece {piece}"
        assert is_whole(listened.heard, vendors.reply), f"{where}: {listened.heard}"
        assert not listened.failed, where
        assert not listened.errors, where
        for switch in listened.switches[:1]:  # on a busy machine the next may be late too
            assert (switch.port, switch.failed, switch.took_over) == ("tts", "elevenlabs", "coqui")
            assert switch.code == CODES.get(name, switch.code), where
            assert switch.gap_ms is not None and 0 <= switch.gap_ms < 10_000, where
        if fault.kind != "stall":  # short deadlines: on a busy machine another phrase may be late
            assert not vendors.elevenlabs.faults, "the fault has happened"
        await person.close()


MODEL_FAULTS = {
    "too many, soon over": Fault("status", status=429, headers={"retry-after-ms": "20"}),
    "overload": Fault("status", status=503, code="server_is_overloaded"),
    "cut": Fault("cut"),
    "ends without finish reason": Fault("no_end"),
    "garbled chunk": Fault("garble"),
    "error chunk": Fault("error", code="server_error"),
    "stall": Fault("stall"),
    "empty success": Fault("empty"),
}


@pytest.mark.parametrize("name", MODEL_FAULTS)
async def test_the_answer_is_heard_whole_whatever_the_model_does(
    name: str, vendors: Vendors, listener: Callable[..., Listener]
) -> None:
    fault = MODEL_FAULTS[name]
    points = [0] if fault.kind in ("status", "empty") else range(len(vendors.reply.split()))
    for piece in points:
        vendors.chat.faults.clear()
        vendors.chat.faults.append(at(fault, piece))
        person = listener(deadline_scale=scale_for(fault))
        listened = await person.ask()
        where = f"{name} at word {piece}"
        assert " ".join(listened.shown.split()) == vendors.reply, f"{where}: {listened.shown}"
        assert is_whole(listened.heard, vendors.reply), f"{where}: {listened.heard}"
        assert not listened.failed, where
        switches = [switch for switch in listened.switches if switch.port == "llm"]
        for switch in switches:  # a reply that broke off is continued by the same model
            assert (switch.port, switch.failed) == ("llm", switch.took_over), where
            assert switch.gap_ms is not None, where
        await person.close()


@pytest.mark.parametrize("code", ["invalid_api_key", "insufficient_quota"])
async def test_a_refused_key_is_asked_once_and_the_user_still_hears_an_end(
    code: str, vendors: Vendors, listener: Callable[..., Listener]
) -> None:
    status = 429 if code == "insufficient_quota" else 401
    vendors.chat.always = Fault("status", status=status, code=code)
    person = listener()
    for _ in range(2):
        listened = await person.ask()
        assert listened.failed
        assert listened.heard, "an apology"
        assert type(listened.errors[0]).__name__.startswith("Provider")
    assert len(vendors.chat.asked) == 1, "the breaker stays open: a person has to act"
