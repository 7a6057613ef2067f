"""What is said into an answer, and what it means."""

import pytest

from asha.conversation.interrupt import judged

SAYING = "The capital of Rajasthan is Jaipur, the pink city."


@pytest.mark.parametrize(
    ("text", "tag", "meaning"),
    [
        ("haan", "hi", "backchannel"),
        ("अच्छा अच्छा", "hi", "backchannel"),
        ("avunu", "te", "backchannel"),
        ("ஆமா", "ta", "backchannel"),
        ("हो हो", "mr", "backchannel"),
        ("હા બરાબર", "gu", "backchannel"),
        ("ok", "en-IN", "backchannel"),
        ("ruko", "hi-Latn", "stop"),
        ("बस करो", "hi", "stop"),
        ("stop", "ta", "stop"),
        ("एक मिनट", "hi", "stop"),
        ("haan lekin mujhe kuch aur chahiye", "hi", "words"),
        ("what about Udaipur", "en-IN", "words"),
        ("capital of Rajasthan is", "en-IN", "echo"),
        ("", "hi", "unknown"),
        ("...", "hi", "unknown"),
    ],
)
def test_what_it_means(text: str, tag: str, meaning: str) -> None:
    assert judged(text, tag, saying=SAYING)[0] == meaning
