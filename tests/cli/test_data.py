"""asha data, as it is typed."""

import json
import sys
import wave
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from corpora import entry_file, parquet, spoken

from asha.cli import main
from asha.data.catalog import catalog, read_corpus
from asha.doubles.downloads import TOKEN, Downloads, serving


def asha(*words: object) -> int:
    """The exit code of a command."""
    saved, sys.argv = sys.argv, ["asha", *(str(word) for word in words)]
    try:
        main()
    except SystemExit as ended:
        return int(ended.code or 0)
    finally:
        sys.argv = saved
    return 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One good clip of a second, and one without text."""
    for name in ("a", "b"):
        with wave.open(str(tmp_path / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(16_000)
            file.writeframes(b"\x01\x10" * 16_000)
    (tmp_path / "a.txt").write_text("કેમ છો", encoding="utf-8")
    return tmp_path


def test_a_folder_is_counted_with_what_is_wrong(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asha("data", "count", folder) == 0
    assert capsys.readouterr().out.splitlines() == [
        "und train: 1 clips, 0.00 h, 0 speakers, 1 problems",
        "  1 x sound without text: b: b.txt is not there.",
    ]


def test_counts_are_machine_readable(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asha("data", "count", folder, "--json") == 0
    assert json.loads(capsys.readouterr().out) == [
        {
            "language": "und",
            "split": "train",
            "clips": 1,
            "speech_s": 1.0,
            "speakers": 0,
            "native_script": 0,
            "other_script": 0,
            "problems": {"sound without text": [{"name": "b", "why": "b.txt is not there"}]},
        }
    ]


def test_get_shows_the_first_samples_of_a_folder(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asha("data", "get", folder) == 0
    assert capsys.readouterr().out.splitlines() == ["und train a  1.0 s", "  કેમ છો"]


def test_a_folder_without_a_good_clip_fails(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.txt").unlink()
    assert asha("data", "count", folder) == 2
    told = capsys.readouterr()
    assert "2 x sound without text" in told.out
    assert told.err.endswith("holds no clip that can be used.\n")


@pytest.mark.parametrize("command", ["get", "count"])
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("openslr_78", "is a page, not an archive: download it from https://www.openslr.org/78/"),
        ("voice_of_india", "ask at https://arxiv.org/abs/2604.19151"),
        ("limit", "nobody has found where it can be had"),
        ("kathbat", "did you mean kathbath"),
        ("no/such/folder", "There is no folder no/such/folder"),
        ("no_such.toml", "There is no corpus file no_such.toml"),
    ],
)
def test_what_asha_does_not_fetch_is_said_in_one_sentence(
    command: str, name: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asha("data", command, name) == 2
    told = capsys.readouterr()
    assert words in told.err
    assert told.err.count("\n") == 1
    assert not told.out


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Downloads]:
    """The hub's double, with a corpus of two languages behind a gate that is open."""
    files = {
        "gujarati/train-00000.parquet": parquet([spoken("હા"), spoken("haa"), spoken("")]),
        "gujarati/test-00000.parquet": parquet([spoken("ના")]),
        "hindi/train-00000.parquet": parquet([spoken("हाँ")]),
        "hindi/test-00000.parquet": parquet([spoken("नहीं")]),
    }
    with serving(Downloads(repositories={"asha/toy": {"main": files}})) as made:
        monkeypatch.setenv("HF_ENDPOINT", made.url)
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        monkeypatch.setenv("ASHA_SHELF_DIR", str(tmp_path / "shelf"))
        yield made


def test_a_corpus_is_pinned_fetched_counted_and_then_known(
    hub: Downloads, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = entry_file(tmp_path, "huggingface", "asha/toy")
    assert asha("data", "pin", file, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"asha/toy": hub.commit("asha/toy", "main")}
    assert asha("data", "get", file, "--language", "gu") == 0
    assert capsys.readouterr().out.splitlines()[:2] == ["gu train train-00000/0  0.5 s", "  હા"]
    assert asha("data", "count", file, "--write") == 0
    assert capsys.readouterr().out.splitlines()[:2] == [
        "gu train: 2 clips, 0.00 h, 0 speakers, 1 problems, 50 % in the native script",
        "  1 x sound without text: train-00000/2: its text is empty.",
    ]
    entry = read_corpus(file)
    assert entry.languages["gu"].rows == {"train": 2, "test": 1}
    assert entry.languages["gu"].counted_on == date.today()
    assert entry.refusal is None
    assert asha("data", "count", file, "--split", "test", "--rows", 1, "--json") == 0
    assert [it["clips"] for it in json.loads(capsys.readouterr().out)] == [1, 1]


def test_a_gate_is_a_sentence_on_the_command_line(
    hub: Downloads, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hub.gated.add("asha/toy")
    file = entry_file(tmp_path, "huggingface", "asha/toy")
    assert asha("data", "get", file) == 2
    assert "accept the terms at https://example.org/toy" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--split", "dev"], "--split is train, validation or test, not 'dev'"),
        (["--language", "ta"], "toy has no 'ta'; its languages are gu, hi"),
        (["--split", "validation"], "toy has no split validation"),
        (["--write", "--rows", "3"], "--write needs a corpus"),
    ],
)
def test_what_a_corpus_does_not_have_is_said(
    words: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = entry_file(tmp_path, "huggingface", "asha/toy")
    assert asha("data", "count", file, *words) == 2
    assert sentence in capsys.readouterr().err


def test_the_page_is_written_where_it_is_wanted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asha("data", "table", "--write", tmp_path / "corpora.md", "--json") == 0
    assert json.loads(capsys.readouterr().out)["corpora"] == len(catalog())
    assert (tmp_path / "corpora.md").read_text(encoding="utf-8").startswith("# Corpora\n")


def test_a_page_that_cannot_be_written_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asha("data", "table", "--write", tmp_path / "nowhere" / "corpora.md") == 2
    assert capsys.readouterr().err.endswith("cannot be written: No such file or directory.\n")


def test_every_command_on_the_registry_speaks_json(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["list"], ["show", "fleurs"], ["check"]):
        assert asha("data", *words, "--json") == 0
        assert json.loads(capsys.readouterr().out)


def test_a_small_hinglish_corpus_is_made_on_this_machine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = Path(__file__).parents[2] / "runs" / "data" / "hinglish_small.toml"
    words = ("data", "make", recipe, "--folder", tmp_path / "made", "--rows", 4, "--json")
    assert asha(*words) == 0
    first = json.loads(capsys.readouterr().out)
    assert (first["rows"], first["calls"], first["spent_usd"]) == (8, 4, 0)
    assert asha(*words) == 0
    assert json.loads(capsys.readouterr().out)["calls"] == 0
    assert asha("data", "count", first["corpus"]) == 0
    assert "100 % in the native script" in capsys.readouterr().out
    assert read_corpus(Path(first["corpus"])).refusal is None


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        ('do = "speak"\nvoices = ["espeak:nobody"]', "eSpeak NG has no variant 'nobody'"),
        ('do = "speak"\nvoices = ["siri"]', "There is no 'siri' here; there are elevenlabs"),
        ('do = "speak"\nvoices = ["coqui"]', "Coqui needs ASHA_COQUI_URL; set it"),
        ('do = "write"', "GPT-4o-mini needs OPENAI_API_KEY"),
    ],
)
def test_what_a_recipe_asks_for_and_is_not_here_is_said(
    steps: str, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = tmp_path / "toy.toml"
    recipe.write_text(
        f'name = "toy"\ntitle = "A toy"\nlicense = "CC0-1.0"\nfolder = "{tmp_path}/made"\n'
        'budget_usd = 1.0\n[source]\nkind = "grammar"\nlanguages = ["gu"]\nrows = 1\n'
        f"[[steps]]\n{steps}\n"
    )
    assert asha("data", "make", recipe) == 2
    assert sentence in capsys.readouterr().err
