"""The hub: streamed and kept parquet files, and everything that stands in the way."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from corpora import entry, parquet, spoken, tone

from asha.core.errors import BadInput
from asha.data.fetch import NotFetched
from asha.data.problem import Problem
from asha.data.sample import Sample
from asha.data.source import get, pin_of, read
from asha.data.sources.part import ChangedColumns, Part, Shelf
from asha.data.spec import Corpus
from asha.doubles.downloads import TOKEN, Downloads, serving

COLUMNS = {"audio": "audio", "text": "sentence"}
SPLITS = {"train": "train", "validation": "valid", "test": "test"}


@pytest.fixture
def hub() -> Iterator[Downloads]:
    files = {
        "README.md": b"words",
        "gujarati/train-00000-of-00002.parquet": parquet([spoken("હા"), spoken("ના")]),
        "gujarati/train-00001-of-00002.parquet": parquet([spoken("આવો")]),
        "gujarati/valid-00000-of-00001.parquet": parquet([spoken("બસ")]),
        "hindi/train-00000-of-00001.parquet": parquet([spoken("हाँ")]),
    }
    with serving(Downloads(repositories={"asha/toy": {"main": files}})) as made:
        yield made


def corpus(**more: object) -> Corpus:
    columns = more.pop("columns", COLUMNS)
    languages = more.pop("languages", {"gu": {"subset": "gujarati"}})
    return entry(
        "huggingface", "asha/toy", columns=columns, splits=SPLITS, languages=languages, **more
    )


def shelf(hub: Downloads, folder: Path) -> Shelf:
    return Shelf(folder, hub.url, TOKEN, pause_s=0.0)


def texts(part: Part, on: Shelf) -> list[str]:
    return [it.text for it in read(part, on) if isinstance(it, Sample)]


def test_a_part_is_streamed_and_nothing_is_kept(hub: Downloads, tmp_path: Path) -> None:
    part = Part(corpus(), "gu", "train")
    rows = list(read(part, shelf(hub, tmp_path)))
    assert [it.name for it in rows] == [
        "train-00000-of-00002/0",
        "train-00000-of-00002/1",
        "train-00001-of-00002/0",
    ]
    first = rows[0]
    assert isinstance(first, Sample)
    assert (first.text, first.language, first.clip().duration_s) == ("હા", "gu", 0.5)
    assert not list(tmp_path.iterdir())
    assert texts(replace(part, split="validation"), shelf(hub, tmp_path)) == ["બસ"]


def test_a_pinned_part_that_was_fetched_needs_no_hub(hub: Downloads, tmp_path: Path) -> None:
    pin = pin_of(corpus(), "asha/toy", shelf(hub, tmp_path))
    assert pin == hub.commit("asha/toy", "main")
    part = Part(corpus(source={"pin": pin}), "gu", "train")
    assert len(get(part, shelf(hub, tmp_path))) == 2
    hub.asked.clear()
    assert texts(part, shelf(hub, tmp_path)) == ["હા", "ના", "આવો"]
    get(part, shelf(hub, tmp_path))
    assert not hub.asked


def test_a_cut_download_goes_on_where_it_stopped(hub: Downloads, tmp_path: Path) -> None:
    hub.cut_after[:] = [100, 200]
    told: list[tuple[str, int, int]] = []
    [path] = get(
        Part(corpus(), "gu", "validation"),
        shelf(hub, tmp_path),
        lambda *it: told.append(it),
    )
    whole = hub.repositories["asha/toy"]["main"]["gujarati/valid-00000-of-00001.parquet"]
    assert path.read_bytes() == whole
    ranges = [asked for path, asked in hub.asked if "resolve" in path]
    assert ranges == ["", "bytes=100-", "bytes=300-"]
    assert told[-1][1:] == (len(whole), len(whole))


def test_a_line_that_breaks_too_often_keeps_what_it_has(hub: Downloads, tmp_path: Path) -> None:
    hub.cut_after[:] = [100, 100, 100, 100]
    part = Part(corpus(), "gu", "validation")
    with pytest.raises(NotFetched, match="400 bytes are here; run the same command again"):
        get(part, shelf(hub, tmp_path))
    get(part, shelf(hub, tmp_path))
    assert hub.asked[-1][1] == "bytes=400-"


def test_a_stream_survives_cuts_busy_servers_and_servers_without_ranges(
    hub: Downloads, tmp_path: Path
) -> None:
    hub.busy, hub.cut_after[:] = 2, [50]
    assert texts(Part(corpus(), "gu", "train"), shelf(hub, tmp_path)) == ["હા", "ના", "આવો"]
    hub.knows_ranges = False
    assert texts(Part(corpus(), "gu", "train"), shelf(hub, tmp_path)) == ["હા", "ના", "આવો"]


def test_the_branch_of_the_hubs_own_conversion_is_read(hub: Downloads, tmp_path: Path) -> None:
    files = hub.repositories["asha/toy"].pop("main")
    hub.repositories["asha/toy"] = {
        "main": {"toy.py": b"a loader"},
        "refs/convert/parquet": {
            "gujarati/train/0000.parquet": files["gujarati/train-00000-of-00002.parquet"]
        },
    }
    assert texts(Part(corpus(), "gu", "train"), shelf(hub, tmp_path)) == ["હા", "ના"]
    pin = pin_of(corpus(), "asha/toy", shelf(hub, tmp_path))
    assert pin == hub.commit("asha/toy", "refs/convert/parquet")


def test_several_languages_in_one_file_are_told_apart(hub: Downloads, tmp_path: Path) -> None:
    rows = [spoken("હા", lang="gu"), spoken("हाँ", lang="hi"), spoken("ના", lang="gu")]
    hub.repositories["asha/toy"]["main"] = {"data/test-00000.parquet": parquet(rows)}
    languages = {"gu": {"keep": {"lang": "gu"}}}
    part = Part(corpus(languages=languages), "gu", "test")
    assert texts(part, shelf(hub, tmp_path)) == ["હા", "ના"]


def test_everything_wrong_in_a_row_is_told(hub: Downloads, tmp_path: Path) -> None:
    rows = [
        spoken("હા", client="meera"),
        spoken("", client=None),
        spoken("ના", b"RIFF but not really", client="x"),
        spoken("બસ", b"", client="x"),
    ]
    hub.repositories["asha/toy"]["main"] = {"gujarati/train.parquet": parquet(rows)}
    named = corpus(columns={**COLUMNS, "speaker": "client"})
    good, *wrong = list(read(Part(named, "gu", "train"), shelf(hub, tmp_path)))
    assert isinstance(good, Sample) and good.speaker == "meera"
    faults = [(it.fault, it.name) for it in wrong if isinstance(it, Problem)]
    assert faults == [
        ("sound without text", "train/1"),
        ("broken sound", "train/2"),
        ("text without sound", "train/3"),
    ]


def test_noise_has_no_words(hub: Downloads, tmp_path: Path) -> None:
    rows = [{"audio": {"bytes": tone(), "path": ""}}]
    hub.repositories["asha/toy"]["main"] = {"gujarati/train.parquet": parquet(rows)}
    part = Part(corpus(columns={"audio": "audio"}, tasks=["noise"]), "gu", "train")
    assert texts(part, shelf(hub, tmp_path)) == [""]


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        (
            {"audio": "sound"},
            "has the columns audio, sentence and none called 'sound'; set",
        ),
        ({"text": "words"}, "none called 'words'; set `columns.text` in toy.toml"),
    ],
)
def test_a_changed_column_is_a_sentence(
    hub: Downloads, tmp_path: Path, columns: dict[str, str], sentence: str
) -> None:
    part = Part(corpus(columns=columns), "gu", "train")
    with pytest.raises(ChangedColumns, match=sentence):
        list(read(part, shelf(hub, tmp_path)))


def test_a_gate_says_what_to_do(hub: Downloads, tmp_path: Path) -> None:
    hub.gated.add("asha/toy")
    part = Part(corpus(), "gu", "train")
    with pytest.raises(NotFetched, match=r"gate: accept the terms at https://example.org/toy"):
        get(part, shelf(hub, tmp_path))
    nobody = replace(shelf(hub, tmp_path), token="")
    with pytest.raises(NotFetched, match=r"log in with `hf auth login` \(or set HF_TOKEN\), acc"):
        get(part, nobody)


def test_a_dead_link_and_a_missing_account_say_what_to_do(hub: Downloads, tmp_path: Path) -> None:
    hub.repositories.clear()
    part = Part(corpus(), "gu", "train")
    with pytest.raises(NotFetched, match=r"no longer at .* mend `source` in its catalog file"):
        get(part, shelf(hub, tmp_path))
    with pytest.raises(NotFetched, match="wants an account, or there is no such corpus"):
        get(part, replace(shelf(hub, tmp_path), token=""))


def test_a_repository_without_parquet_says_what_to_do(hub: Downloads, tmp_path: Path) -> None:
    part = Part(corpus(languages={"gu": {"subset": "tulu"}}), "gu", "train")
    with pytest.raises(NotFetched, match="holds no parquet file for it on the hub; run `hf down"):
        get(part, shelf(hub, tmp_path))


def test_nobody_at_home_is_a_sentence(tmp_path: Path) -> None:
    nowhere = Shelf(tmp_path, "http://127.0.0.1:9", pause_s=0.0)
    with pytest.raises(NotFetched, match=r"127.0.0.1 cannot be reached"):
        get(Part(corpus(), "gu", "train"), nowhere)


def test_half_a_parquet_file_says_what_to_do(hub: Downloads, tmp_path: Path) -> None:
    files = hub.repositories["asha/toy"]["main"]
    files["gujarati/train-00000-of-00002.parquet"] = b"PAR1 and no more"
    with pytest.raises(BadInput, match="no whole parquet file; delete it"):
        list(read(Part(corpus(), "gu", "train"), shelf(hub, tmp_path)))
