from pathlib import Path
from random import Random

from asha.data.text_shards import SCRAP_LETTERS, in_scraps
from asha.data.tokens import SEAM, train_tokenizer


def test_scraps_are_short_and_make_the_same_words_again() -> None:
    text = "अभी कितने बजे हैं"
    scraps = in_scraps(text, Random(3)).split(SEAM)
    assert "".join(scraps) == text
    assert all(SCRAP_LETTERS[0] <= len(scrap) <= SCRAP_LETTERS[1] for scrap in scraps)


def test_the_tokenizer_never_joins_over_a_seam(tmp_path: Path) -> None:
    tokenizer = train_tokenizer(900, ["en-IN"], seed=1)
    whole = tokenizer.encode("what time is it").ids
    scraps = tokenizer.encode(in_scraps("what time is it", Random(1))).ids
    assert len(scraps) > len(whole)
    assert tokenizer.decode(scraps) == tokenizer.decode(whole)
