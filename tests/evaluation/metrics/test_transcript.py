"""Worked by hand: each figure can be counted on the line."""

import json

import numpy as np
import pytest
from evaluation.rows import row

from asha.evaluation.metrics import METRICS, metrics_of
from asha.evaluation.metrics.metric import figure
from asha.evaluation.metrics.transcript import digits_in, lattice_edits, lattice_of
from asha.evaluation.spellings import accepted


def value(name: str, text: str, reference: str, tag: str = "hi") -> float:
    metric = METRICS[name]
    counts = metric.counts(row(text, reference, language=tag))
    assert counts is not None
    return figure(metric, np.array([counts]))


def test_a_vowel_sign_is_a_word_error() -> None:
    assert value("wer", "राम की किताब", "राम का किताब") == pytest.approx(1 / 3)


def test_a_number_is_right_in_digits_and_in_words() -> None:
    assert value("wer", "मुझे 5 रोटी दो", "मुझे पाँच रोटी दो") == 0.0


def test_the_script_of_an_english_word_is_no_error_where_both_are_accepted() -> None:
    assert value("wer", "meeting कल है", "मीटिंग कल है") == pytest.approx(1 / 3)
    assert value("mixed_wer", "meeting कल है", "मीटिंग कल है") == 0.0


def test_an_accepted_spelling_is_no_error() -> None:
    assert value("wer", "वे हिंदी में गए", "वे हिन्दी में गये") == 0.5
    assert value("oiwer", "वे हिंदी में गए", "वे हिन्दी में गये") == 0.0


def test_a_wrong_word_stays_an_error_whatever_the_spellings() -> None:
    assert value("oiwer", "वे मराठी में गए", "वे हिन्दी में गये") == 0.25


def test_a_given_lattice_counts_its_own_variants() -> None:
    slots = [["मैं"], ["नहीं", "नही"], ["जा रहा", "जारहा"], ["हूँ"]]
    lattice = json.dumps(slots, ensure_ascii=False)
    assert value("oiwer", "मैं नही जारहा हूँ", lattice) == 0.0
    assert value("oiwer", "मैं नही जाता हूँ", lattice) == pytest.approx(1 / 5)


def test_a_lattice_of_one_path_is_plain_word_error() -> None:
    slots = [[("एक",)], [("दो",)], [("तीन",)]]
    score = lattice_edits(slots, ["एक", "तीन", "चार"])
    assert (score.num_edits, score.num_units) == (2, 3)


def test_nothing_heard_is_every_word_missed() -> None:
    assert value("oiwer", "", "एक दो तीन") == 1.0
    assert value("cer", "", "एक दो") == 1.0


def test_digits_are_compared_as_digits() -> None:
    assert digits_in("एक two ३ चार", "hi") == ["1", "3", "4"]
    assert value("digits", "एक दो तीन", "124") == pytest.approx(1 / 3)
    assert value("digits", "ஒன்று இரண்டு", "12", "ta") == 0.0
    assert value("digits", "seven", "zero", "en-IN") == 1.0


def test_a_row_without_digits_says_nothing_of_them() -> None:
    silent = row("kya haal hai", "kya haal hai", language="hi-Latn")
    assert METRICS["digits"].counts(silent) is None


def test_another_script_than_the_references_is_seen() -> None:
    assert value("script", "main ghar", "मैं घर") == 0.0
    assert value("script", "मैं घर", "मैं घर") == 1.0
    assert METRICS["script"].counts(row("", "मैं")) is None


def test_both_nasal_spellings_are_accepted_in_both_directions() -> None:
    assert "हिंदी" in accepted("हिन्दी", "hi")
    assert "हिन्दी" in accepted("हिंदी", "hi")
    assert accepted("घर", "hi") == ("घर",)
    assert len(lattice_of("हिन्दी बोलो", "hi")) == 2


def test_a_metric_with_a_typo_names_the_right_one() -> None:
    from asha.core.errors import BadInput

    with pytest.raises(BadInput, match="did you mean 'mixed_wer'"):
        metrics_of(("mixd_wer",))
