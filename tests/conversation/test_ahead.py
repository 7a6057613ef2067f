"""What is always said the same is rendered before it is wanted."""

from scripted import ScriptedTTS

from asha.conversation.ahead import RenderedAhead, render_ahead
from asha.conversation.courtesies import courtesy
from asha.conversation.fillers import Fillers
from asha.conversation.speak import spoken
from asha.core.errors import ProviderBusy
from asha.core.language import TAGS, language
from asha.speech.phrases import exact_phrases


async def said(voice: RenderedAhead, text: str, tag: str) -> bytes:
    async def whole():
        yield text

    return b"".join(
        [
            pcm
            async for phrase in exact_phrases(whole(), language(tag))
            async for pcm in spoken(phrase, voice, language(tag))
        ]
    )


async def test_a_greeting_in_every_track_leaves_without_asking_the_voice() -> None:
    inner = ScriptedTTS()
    voice = RenderedAhead(inner)
    fillers = Fillers(voice)
    await render_ahead(voice, fillers, is_paid=False)
    asked = len(inner.phrases)
    for tag in TAGS:
        assert await said(voice, language(tag).hello, tag)
        filler = fillers.get(tag)
        assert filler and filler[0] == courtesy("wait", tag) and filler[1]
    assert len(inner.phrases) == asked
    await said(voice, "Something else.", "en-IN")
    assert len(inner.phrases) == asked + 1


async def test_a_paid_voice_renders_only_the_acknowledgements_ahead() -> None:
    inner = ScriptedTTS()
    voice = RenderedAhead(inner)
    await render_ahead(voice, Fillers(voice), is_paid=True)
    assert len(inner.phrases) == len(TAGS)


async def test_a_voice_that_fails_beforehand_is_asked_again_when_it_matters() -> None:
    inner = ScriptedTTS(failures=[ProviderBusy("scripted", "not now.")])
    voice = RenderedAhead(inner)
    await voice.prepare(language("hi").hello, language("hi"))
    assert await said(voice, language("hi").hello, "hi")
