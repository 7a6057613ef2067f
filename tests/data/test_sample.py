"""The named repairs of texts."""

import pytest

from asha.data.sample import CLEANERS, cleaned


@pytest.mark.parametrize(
    ("name", "text", "repaired"),
    [
        ("join_split_matras", "क िताब", "किताब"),
        ("join_split_matras", "क ि ताब", "कि ताब"),
        ("join_split_matras", "दिल ्ली द ूर", "दिल्ली दूर"),
        ("join_split_matras", "अर्थात् यह", "अर्थात् यह"),
        ("join_split_matras", "ગુજરાત ી", "ગુજરાતી"),
        ("join_split_matras", "தம ிழ ் நாடு", "தமிழ் நாடு"),
        ("drop_noise_tags", "haan <noise> theek [laugh] hai ((noise))", "haan theek hai"),
        (
            "drop_noise_tags",
            "file [किताब] (dekho) {paani} 3 < 5",
            "file [किताब] (dekho) {paani} 3 < 5",
        ),
        ("drop_user_names", "@rahul kal milte hain https://t.co/x", "kal milte hain"),
        ("spoken_punctuation", "WELL <COMMA> YES <PERIOD>", "WELL, YES."),
        ("lower_capitals", "IT IS SO", "it is so"),
        ("lower_capitals", "UPI से भेजो ok", "UPI से भेजो ok"),
    ],
)
def test_a_repair_does_what_its_name_says(name: str, text: str, repaired: str) -> None:
    assert cleaned(text, clean=[name]) == repaired


@pytest.mark.parametrize("name", CLEANERS)
@pytest.mark.parametrize("text", ["मुझे हिन्दी में उत्तर दीजिए।", "મને જવાબ આપો", "", "kal milte hain"])
def test_a_repair_leaves_sound_text_alone(name: str, text: str) -> None:
    assert cleaned(text, clean=[name]) == text


def test_texts_are_composed_with_single_spaces() -> None:
    assert cleaned(" है\u00a0 caf\u0065\u0301\n") == "है café"


def test_repairs_run_in_the_order_in_which_they_are_named() -> None:
    tagged = "OH <COMMA> <SIL> NO"
    assert cleaned(tagged, clean=["spoken_punctuation", "drop_noise_tags", "lower_capitals"]) == (
        "oh, no"
    )
