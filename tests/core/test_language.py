"""Languages are data: one file each, checked, and a new one is a file and a line."""

import unicodedata
from importlib import resources
from pathlib import Path

import pytest

from asha.core import language as module
from asha.core.errors import BadLanguageFile, UnknownLanguage
from asha.core.language import TAGS, language, load_language

SCRIPT_OF = {"Deva": "DEVANAGARI", "Gujr": "GUJARATI", "Taml": "TAMIL", "Telu": "TELUGU"}


def _source(tag: str) -> str:
    return resources.files("asha.core").joinpath("languages", f"{tag}.toml").read_text("utf-8")


@pytest.mark.parametrize("tag", TAGS)
def test_every_track_loads_and_says_whether_a_native_speaker_read_it(tag: str) -> None:
    track = language(tag)
    assert track.tag == tag
    assert track.reviewer
    assert len(track.time.months) == 12
    assert len(track.time.weekdays) == 7
    assert len(track.numbers.hundreds) == 9
    assert len(track.letters) == 26


@pytest.mark.parametrize("tag", TAGS)
def test_every_word_table_is_nfc(tag: str) -> None:
    text = _source(tag)
    assert unicodedata.normalize("NFC", text) == text


@pytest.mark.parametrize("tag", TAGS)
def test_the_hundred_number_words_differ_and_are_in_the_script_of_the_track(tag: str) -> None:
    track = language(tag)
    assert len(set(track.numbers.below_100)) == 100
    name = SCRIPT_OF.get(track.script, "LATIN")
    for word in track.numbers.below_100:
        assert all(unicodedata.name(c).startswith(name) for c in word if c.isalpha()), word


@pytest.mark.parametrize("tag", TAGS)
def test_every_track_names_all_seven_in_its_own_words(tag: str) -> None:
    assert set(language(tag).talk.language_names) == set(TAGS)


def test_an_unknown_language_is_told_with_the_known_ones() -> None:
    with pytest.raises(UnknownLanguage, match=r"no language 'xx'.*hi-Latn"):
        language("xx")


def test_a_typo_in_a_language_file_is_named_with_its_remedy(tmp_path: Path) -> None:
    broken = tmp_path / "hi.toml"
    broken.write_text(_source("hi").replace("year_hundreds", "year_hundrets"), encoding="utf-8")
    with pytest.raises(BadLanguageFile, match=r"hi.toml: numbers: unknown key 'year_hundrets'"):
        load_language(broken)


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "hi.toml"
    broken.write_text(_source("hi").replace('minus = "', 'xminus = "'), encoding="utf-8")
    with pytest.raises(BadLanguageFile, match=r"unknown key 'xminus'"):
        load_language(broken)


def test_a_file_that_is_not_toml_is_told_in_a_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "hi.toml"
    broken.write_text("tag = ", encoding="utf-8")
    with pytest.raises(BadLanguageFile, match=r"hi.toml is not valid TOML"):
        load_language(broken)


def test_a_new_language_is_one_file_and_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docs/adding/language.md: copy a file, change its words, add the tag."""
    toy = tmp_path / "asha.core" / "languages"
    toy.mkdir(parents=True)
    text = _source("hi").replace('tag = "hi"', 'tag = "bho"').replace("हिन्दी", "भोजपुरी", 1)
    (toy / "bho.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(module, "TAGS", (*TAGS, "bho"))
    monkeypatch.setattr(resources, "files", lambda package: tmp_path / package)
    assert language("bho").name == "भोजपुरी"
    language.cache_clear()
