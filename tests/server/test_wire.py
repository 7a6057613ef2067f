"""Frames, heartbeats and forms."""

import asyncio
import json

import pytest
from scripted import MemoryLog
from virtual_time import run_virtual

from asha.conversation.announcer import Announcer
from asha.conversation.fanout import Fanout, Subscriber, Wire
from asha.core.asha_events import AudioLevel, PlaybackPaused
from asha.core.errors import BadInput
from asha.server.multipart import form_parts
from asha.server.owners import Signer, signing_key
from asha.server.sse import HELLO, StreamStart, session_frames, turn_frames

NOTHING_SAID = StreamStart(None, None, has_begun=False)  # type: ignore[arg-type]


def test_an_idle_stream_has_a_comment_every_ten_seconds_and_the_time_every_twenty() -> None:
    async def idle() -> list[str]:
        fanout, log = Fanout(), MemoryLog()
        announcer = Announcer("sess_1", log, fanout)
        loop = asyncio.get_running_loop()
        frames = session_frames(
            announcer,
            log,
            fanout.subscribe(),
            cursor=None,
            start=NOTHING_SAID,
            now_s=loop.time,
        )
        seen = []
        async for text in frames:
            seen.append(text)
            if loop.time() > 61:
                return seen
        return seen

    seen = run_virtual(idle())
    assert seen[0] == HELLO
    assert seen.count(": \n\n") == pytest.approx(6, abs=1)
    pings = [text for text in seen if "asha.ping" in text]
    assert len(pings) == 3
    assert not any(text.startswith("id:") for text in pings)


async def test_transient_events_have_no_id_and_durable_ones_have() -> None:
    fanout, log = Fanout(), MemoryLog()
    announcer = Announcer("sess_1", log, fanout)
    frames = session_frames(
        announcer,
        log,
        fanout.subscribe(),
        cursor=None,
        start=NOTHING_SAID,
    )
    assert await anext(frames) == HELLO
    announcer.show(announcer.make(AudioLevel, level=0.5))
    await announcer.tell(announcer.make(PlaybackPaused, response_id="resp_1"))
    transient = await anext(frames)
    durable = await anext(frames)
    # The durable one was read from the log before the live ones were taken: either order is one.
    first, second = sorted([transient, durable], key=lambda text: text.startswith("id:"))
    assert first.startswith("event: asha.audio.level\ndata: {")
    assert second.startswith("id: ") and "\nevent: asha.playback.paused\n" in second
    body = json.loads(second.split("data: ")[1])
    assert body["sequence_number"] == 1 and second.startswith(f"id: {await log.epoch('sess_1')}-1")
    await frames.aclose()


def test_a_turn_streams_on_until_the_users_words_are_written_down() -> None:
    """The answer may be paid for before the transcript is stored; both belong to the turn."""
    kinds = ("response.done", "asha.cost.report", "conversation.item.done", "session.updated")
    bodies = ('{"role":"assistant"}', "{}", '{"role":"user"}', "{}")

    async def streamed(last: int) -> list[str]:
        reader = Subscriber()
        for seq in range(last):
            reader.push(Wire(seq + 1, kinds[seq], bodies[seq], turn_id="turn_1"))
        return [text async for text in turn_frames("e", reader, "turn_1")]

    whole, unwritten = run_virtual(streamed(4)), run_virtual(streamed(2))
    assert [kind for text in whole for kind in kinds if kind in text] == list(kinds[:3])
    assert "asha.cost.report" in unwritten[-1], "nor does it wait for ever"


FORM = (
    b'--x\r\nContent-Disposition: form-data; name="model"\r\n\r\nasha\r\n'
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n'
    b"Content-Type: audio/wav\r\n\r\n\x00\r\n\r\n--y\r\n\xff\r\n--x--\r\n"
)


def test_a_form_keeps_its_bytes() -> None:
    parts = form_parts(FORM, 'multipart/form-data; boundary="x"')
    assert parts["model"].body == b"asha"
    assert parts["file"].filename == "a.wav"
    assert parts["file"].body == b"\x00\r\n\r\n--y\r\n\xff"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (FORM, None),
        (FORM, "application/json"),
        (FORM, "multipart/form-data"),
        (b"", "multipart/form-data; boundary=x"),
        (FORM[:60], "multipart/form-data; boundary=x"),
        (b"--x\r\nno gap\r\n--x--", "multipart/form-data; boundary=x"),
    ],
)
def test_what_is_no_form_is_refused(body: bytes, kind: str | None) -> None:
    with pytest.raises(BadInput):
        form_parts(body, kind)


def test_the_secret_is_made_once_and_only_its_owner_reads_it(tmp_path) -> None:
    first = signing_key(None, tmp_path / "new")
    assert signing_key(None, tmp_path / "new") == first
    assert (tmp_path / "new" / "secret").stat().st_mode & 0o077 == 0
    assert Signer(first).checked(Signer(first).sign("device_1")) == "device_1"
    assert Signer(b"other").checked(Signer(first).sign("device_1")) is None
