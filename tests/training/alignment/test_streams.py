"""Corpora of the registry in a mixture: read where they lie, counted and pinned ones only."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from corpora import entry, entry_file, parquet, spoken, tone

from asha.core.errors import BadInput
from asha.data.sample import Sample
from asha.data.sources.part import ChangedColumns, Part
from asha.data.spec import Corpus
from asha.doubles.downloads import Downloads, serving
from asha.training.alignment import sets
from asha.training.alignment.recipe import SetTable

WORDS = ["હા", "ના", "આવો"]


def corpus_of(hub: Downloads, **more: object) -> Corpus:
    return entry(
        "huggingface",
        "asha/toy",
        source={"pin": hub.commit("asha/toy", "main")},
        columns={"audio": "audio", "text": "sentence"},
        splits={"train": "train"},
        languages={"gu": {"rows": {"train": 3}, "subset": "default", **more}},
    )


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Downloads]:
    rows = [spoken(word, continuation=f"{word} ...", translation="yes") for word in WORDS]
    files = {"default/train-0.parquet": parquet(rows), "gu_en/train-0.parquet": parquet(rows[:1])}
    with serving(Downloads(repositories={"asha/toy": {"main": files}})) as made:
        monkeypatch.setenv("HF_ENDPOINT", made.url)
        monkeypatch.setenv("ASHA_SHELF_DIR", str(tmp_path))
        monkeypatch.setattr(sets, "corpus_named", lambda _: corpus_of(made))
        yield made


def table(**more: object) -> SetTable:
    return SetTable.model_validate({"corpus": "toy", "language": "gu", **more})


def test_a_counted_and_pinned_corpus_is_read_where_it_lies(hub: Downloads) -> None:
    found = sets.open_set(table(task="transcribe"), lambda _: True)
    assert not hub.asked  # listing a mixture asks nobody
    assert len(found.rows) == 3
    rows = [found.rows.read(number) for number in range(3)]
    assert [it.text for it in rows if isinstance(it, Sample)] == WORDS


def test_what_a_stream_cannot_do_is_said(hub: Downloads, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput, match="nothing can be held out; name its own validation"):
        sets.open_set(table(task="transcribe", hold_out=0.1), lambda _: True)
    monkeypatch.setattr(sets, "corpus_named", lambda _: corpus_of(hub, rows={}))
    with pytest.raises(BadInput, match="run `asha data count toy --language gu --write`"):
        sets.open_set(table(task="transcribe"), lambda _: True)


def test_answers_are_a_column_of_the_corpus_and_a_missing_one_is_told(hub: Downloads) -> None:
    found = sets.open_set(table(task="continue"), lambda _: True)
    first = found.rows.read(0)
    assert isinstance(first, Sample)
    assert first.others == {"continuation": "હા ..."}
    wrong = sets.open_set(table(task="answer", answer_column="reply"), lambda _: True)
    with pytest.raises(ChangedColumns, match=r"none called 'reply'; set `columns\.extra\.reply`"):
        wrong.rows.read(0)


def test_a_direction_of_translation_is_read_from_its_own_files(
    hub: Downloads, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy = corpus_of(hub, subset="gu_{into}", into=["en", "sv"], into_names={"sv": "sv-SE"})
    monkeypatch.setattr(sets, "corpus_named", lambda _: toy)
    found = sets.open_set(table(task="translate", into="en"), lambda _: True)
    assert [it.others["translation"] for it in [found.rows.read(0)] if isinstance(it, Sample)] == [
        "yes"
    ]
    assert Part(toy, "gu", "train", into="sv").subsets == ["gu_sv-SE"]
    assert Part(toy, "gu", "train").subsets == ["gu_en", "gu_sv-SE"]


def test_a_set_of_noise_is_read_from_a_corpus_without_a_language(
    hub: Downloads, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy = corpus_of(hub).model_copy(update={"tasks": ["noise"]})
    monkeypatch.setattr(sets, "corpus_named", lambda _: toy)
    found = sets.open_set(SetTable(corpus="toy", task="noise"), lambda _: True)
    assert isinstance(found.rows.read(2), Sample)


def test_a_corpus_that_was_made_is_named_by_its_file(tmp_path: Path) -> None:
    made = tmp_path / "made"
    (made / "gu" / "clips").mkdir(parents=True)
    (made / "gu" / "clips" / "a.wav").write_bytes(tone())
    words = "file\ttext\tspeaker\tcontinuation\na.wav\tહા\t\tઆવો\n"
    (made / "gu" / "train.tsv").write_text(words, encoding="utf-8")
    entry_file(made, "folder", made.as_posix())
    own = (made / "toy.toml").read_text(encoding="utf-8")
    own = own.replace('"gujarati"', '"gu"').replace("splits =", "# splits =")
    own = own.replace('kind = "folder",', 'kind = "folder", pin = "1",')
    own = own.replace('audio = "audio", text = "sentence"', 'audio = "file", text = "text"')
    (made / "toy.toml").write_text(own, encoding="utf-8")
    fields = {"corpus": str(made / "toy.toml"), "language": "gu", "task": "continue"}
    found = sets.open_set(SetTable.model_validate(fields), lambda _: True)
    row = found.rows.read(0)
    assert isinstance(row, Sample)
    assert (row.text, row.others["continuation"]) == ("હા", "આવો")
