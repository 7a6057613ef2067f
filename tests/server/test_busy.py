"""Four people talk to the embedded engine; the fifth is told at once, aloud."""

import base64
import time
from pathlib import Path

from tiny_nano import noise

from asha.conversation.courtesies import courtesy
from asha.core.audio import Clip, pcm_of
from asha.core.message import Message, Sound
from asha.core.ports import ReplyOptions
from asha.engine.client import Engine
from asha.providers.llm.embedded import MAX_OPEN, EmbeddedLanguageModel


async def test_the_fifth_speaker_hears_busy_at_once(serve, open_stream, exported: Path) -> None:
    llm = EmbeddedLanguageModel(Engine(exported))
    clips = [Clip(noise(seed)[:16_000]) for seed in range(MAX_OPEN + 1)]
    hindi = ReplyOptions(language="hi")
    talking = [llm.reply([Message("user", (Sound(clip),))], hindi) for clip in clips[:MAX_OPEN]]
    for answer in talking:
        await anext(answer)  # begun and not ended: four places are taken
    async with serve(llm=llm, stt=None) as running, running.client() as client:
        session = (await client.post("/v1/sessions", json={"language": "hi"})).json()
        began_s = time.perf_counter()
        async with open_stream(
            client,
            f"/v1/sessions/{session['id']}/turns",
            method="POST",
            content=pcm_of(clips[-1].samples),
            headers={"Accept": "text/event-stream", "Content-Type": "audio/pcm;rate=16000"},
        ) as stream:
            heard = await stream.until("response.output_audio.delta")
            waited_s = time.perf_counter() - began_s
            await stream.rest()
        kinds = {event["type"]: event for event in stream.events}
        assert kinds["error"]["error"]["code"] == "busy"
        words = [
            event["delta"]
            for event in stream.events
            if event["type"] == "response.output_audio_transcript.delta"
        ]
        assert "".join(words).split() == courtesy("busy", "hi").split()
        assert len(base64.b64decode(heard["delta"])) > 0
        assert waited_s < 5.0, "it waits for nobody; the limit is for machines under load"
        for answer in talking:
            await answer.aclose()
        async with open_stream(
            client,
            f"/v1/sessions/{session['id']}/turns",
            method="POST",
            content=pcm_of(clips[-1].samples),
            headers={"Accept": "text/event-stream", "Content-Type": "audio/pcm;rate=16000"},
        ) as stream:
            await stream.rest()
        assert not any(event["type"] == "error" for event in stream.events)
    await llm.close()
