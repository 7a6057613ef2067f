"""What a request is about, told by its words."""

from pathlib import Path

import numpy as np
import pytest

from asha.core.errors import BadCheckpoint
from asha.speech.gist import NUM_BUCKETS, Gist, features, load_gist, save_gist


def gist_of(**words: int) -> Gist:
    """Two intents; each word speaks for the one whose number is given."""
    table = np.zeros((NUM_BUCKETS, 2), np.int8)
    for word, intent in words.items():
        for bucket in features(word):
            table[bucket, intent] = 10
    return Gist(
        table_BD=table,
        scale=0.1,
        norm_2D=np.array([[1.0, 1.0], [0.0, 0.0]], np.float32),
        out_ID=np.eye(2, dtype=np.float32) * 3,
        bias_I=np.zeros(2, np.float32),
        intents=["time", "bye"],
        answers={"en-IN": {"time": ["<|time|>"], "bye": ["Bye!"]}},
    )


def test_words_tell_the_intent() -> None:
    gist = gist_of(clock=0, goodbye=1)
    assert gist.intents[int(gist.of("the clock").argmax())] == "time"
    assert gist.intents[int(gist.of("goodbye then").argmax())] == "bye"
    assert gist.of("goodbye then").sum() == pytest.approx(1.0)


def test_a_misspelled_word_has_most_of_its_pieces() -> None:
    gist = gist_of(clock=0, goodbye=1)
    assert gist.of("goodbyee").argmax() == 1


def test_no_words_speak_for_nothing() -> None:
    np.testing.assert_allclose(gist_of(clock=0).of(""), [0.5, 0.5])


def test_what_is_stored_is_the_same(tmp_path: Path) -> None:
    gist = gist_of(clock=0, goodbye=1)
    save_gist(gist, tmp_path / "gist.npz")
    stored = load_gist(tmp_path / "gist.npz")
    np.testing.assert_array_equal(stored.of("goodbye clock"), gist.of("goodbye clock"))
    assert stored.answers == gist.answers and stored.intents == gist.intents


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "gist.npz").write_bytes(b"nothing of the kind")
    with pytest.raises(BadCheckpoint, match=r"gist\.npz is broken"):
        load_gist(tmp_path / "gist.npz")
