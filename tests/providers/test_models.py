"""Models as data, and what is about to end."""

from datetime import date

from asha.providers.models import profile, profiles, warnings


def test_the_default_model_tells_its_end_and_its_successor() -> None:
    told = warnings(date(2026, 11, 22), "gpt-4o-mini")
    assert told == [
        "gpt-4o-mini ends in 53 days, on 2027-01-14; its vendor names gpt-6-luna as successor."
    ]
    assert "was switched off on 2027-01-14" in warnings(date(2027, 1, 14), "gpt-4o-mini")[0]


def test_a_model_nobody_wrote_down_is_a_plain_one() -> None:
    assert profile("qwen3-4b").parameters == {}
    assert warnings(date(2026, 11, 22), "qwen3-4b") == []


def test_every_successor_outlives_what_it_replaces() -> None:
    for model in profiles().values():
        if model.successor in profiles():
            assert model.ends_on
            ends_on = profile(model.successor).ends_on
            assert ends_on is None or ends_on > model.ends_on
