"""Folders of recordings, with everything that may be wrong in them."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from asha.core.errors import NotFound
from asha.data.catalog import read_catalog
from asha.data.folder import NoCorpusHere, Reading, folders_of, read_folder, split_folders
from asha.data.layouts import BadTable
from asha.data.problem import Problem, count
from asha.data.sample import Sample
from asha.data.spec import Columns

GU = Reading("gu")


def tone(path: Path, *, duration_s: float = 0.5, rate_hz: int = 8_000) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    times = np.arange(int(duration_s * rate_hz)) / rate_hz
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * 220 * times), rate_hz, subtype="PCM_16")


def words(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def read(folder: Path, how: Reading = GU) -> tuple[list[Sample], list[Problem]]:
    rows = list(read_folder(folder, how))
    samples = [row for row in rows if isinstance(row, Sample)]
    return samples, [row for row in rows if isinstance(row, Problem)]


def test_pairs_are_read_in_any_depth(tmp_path: Path) -> None:
    tone(tmp_path / "a.wav")
    words(tmp_path / "a.txt", "\ufeffનમસ્તે  દુનિયા\n")
    tone(tmp_path / "deep" / "b.flac")
    words(tmp_path / "deep" / "b.txt", "આવજો")
    samples, problems = read(tmp_path)
    assert [(it.name, it.text, it.language) for it in samples] == [
        ("a", "નમસ્તે દુનિયા", "gu"),
        ("deep/b", "આવજો", "gu"),
    ]
    assert not problems
    assert samples[0].clip().rate_hz == 16_000
    assert samples[0].clip().duration_s == pytest.approx(0.5)


def test_everything_wrong_among_pairs_is_told(tmp_path: Path) -> None:
    for name in ("good", "silent", "empty_text", "latin1", "lonely"):
        tone(tmp_path / f"{name}.wav")
    for name in ("good", "cut", "half", "zeros", "noise", "orphan"):
        words(tmp_path / f"{name}.txt", "હા")
    words(tmp_path / "silent.txt", "હા")
    words(tmp_path / "empty_text.txt", " \n")
    (tmp_path / "latin1.txt").write_bytes(b"caf\xe9")
    (tmp_path / "silent.wav").write_bytes(b"")
    (tmp_path / "noise.wav").write_bytes(b"RIFF but not really")
    (tmp_path / "cut.wav").write_bytes((tmp_path / "good.wav").read_bytes()[:44])
    (tmp_path / "half.wav").write_bytes((tmp_path / "good.wav").read_bytes()[:4_000])
    soundfile.write(tmp_path / "zeros.wav", np.zeros(8_000), 8_000)
    tone(tmp_path / "good.flac")
    samples, problems = read(tmp_path)
    assert [it.name for it in samples] == ["good"]
    assert {it.name: it.fault for it in problems} == {
        "silent": "broken sound",
        "noise": "broken sound",
        "cut": "broken sound",
        "half": "broken sound",
        "zeros": "text without sound",
        "empty_text": "sound without text",
        "lonely": "sound without text",
        "latin1": "unreadable line",
        "orphan": "text without sound",
        "good.wav": "twice",
    }


def test_a_tally_says_how_many_and_names_the_first(tmp_path: Path) -> None:
    tone(tmp_path / "good.wav", duration_s=1.5)
    words(tmp_path / "good.txt", "હા")
    for number in range(5):
        tone(tmp_path / f"x{number}.wav")
    tally = count(read_folder(tmp_path, GU))
    assert (tally.num_clips, tally.speech_s, tally.num_problems) == (1, pytest.approx(1.5), 5)
    assert tally.sentences() == [
        "5 x sound without text: x0: x0.txt is not there; x1: x1.txt is not there; "
        "x2: x2.txt is not there; and 2 more."
    ]


def test_a_table_with_named_columns(tmp_path: Path) -> None:
    tone(tmp_path / "clips" / "a.wav")
    tone(tmp_path / "clips" / "b.wav")
    words(
        tmp_path / "list.csv",
        'speaker,file,text\nmeera,clips/a.wav,"હા, ચાલો\nજઈએ"\n\nravi,clips/b.wav,ના\n',
    )
    samples, problems = read(tmp_path)
    assert [(it.text, it.speaker) for it in samples] == [("હા, ચાલો જઈએ", "meera"), ("ના", "ravi")]
    assert not problems


def test_columns_of_a_catalog_file_come_first(tmp_path: Path) -> None:
    tone(tmp_path / "a.wav")
    words(tmp_path / "list.tsv", 'wav\ttext\tverbatim\na.wav\tone\t"two\n')
    how = Reading("en-IN", Columns(audio="wav", text="verbatim"))
    samples, _ = read(tmp_path, how)
    assert samples[0].text == '"two'


def test_further_columns_come_with_each_row_by_our_names(tmp_path: Path) -> None:
    tone(tmp_path / "a.wav")
    words(tmp_path / "rows.csv", "file,text,ausgabe,note\na.wav,હા,yes\n")
    samples, _ = read(tmp_path, Reading("gu", Columns(extra={"translation": "ausgabe"})))
    assert samples[0].others == {"file": "a.wav", "text": "હા", "translation": "yes", "note": ""}


def test_a_table_of_json_lines(tmp_path: Path) -> None:
    tone(tmp_path / "a.wav")
    line = '{"audio_filepath": "a.wav", "text": "હા", "choices": ["હા", "ના"], "duration": 0.5}'
    words(tmp_path / "manifest.jsonl", f"{line}\n\n")
    samples, problems = read(tmp_path)
    assert not problems
    assert (samples[0].text, samples[0].others["choices"]) == ("હા", "હા | ના")
    words(tmp_path / "manifest.jsonl", f"{line}\nnonsense\n")
    with pytest.raises(BadTable, match="line 2 is no JSON object"):
        read(tmp_path)


def test_a_table_of_ids_without_column_names(tmp_path: Path) -> None:
    """The layout of OpenSLR's line_index.tsv."""
    tone(tmp_path / "guf_01.wav")
    words(tmp_path / "line_index.tsv", "guf_01\tકેમ છો\n")
    samples, problems = read(tmp_path)
    assert [it.text for it in samples] == ["કેમ છો"]
    assert not problems


def test_everything_wrong_in_a_table_is_told(tmp_path: Path) -> None:
    for name in ("a", "b", "lonely", "short"):
        tone(tmp_path / f"{name}.wav")
    words(
        tmp_path / "list.csv",
        "file,text\na.wav,હા\na.wav,again\nb.wav,\nmissing.wav,ના\nshort.wav\n,no file\n,none\n",
    )
    samples, problems = read(tmp_path)
    assert [it.name for it in samples] == ["a.wav"]
    assert [(it.fault, it.name) for it in problems] == [
        ("twice", "a.wav"),
        ("sound without text", "b.wav"),
        ("text without sound", "missing.wav"),
        ("unreadable line", "line 6"),
        ("text without sound", "line 7"),
        ("text without sound", "line 8"),
        ("sound without text", "lonely.wav"),
    ]


def test_kaldi_segments_cut_one_long_recording(tmp_path: Path) -> None:
    tone(tmp_path / "talk.wav", duration_s=3.0)
    words(tmp_path / "wav.scp", "talk talk.wav\n")
    words(
        tmp_path / "segments", "u1 talk 0.0 1.0\nu2 talk 1.0 2.5\nlate talk 9 10\nback talk 2 1\n"
    )
    words(tmp_path / "text", "u1 આ તો\nu2\tસારું છે\nlate હા\nback હા\nghost હા\nu1 again\n")
    words(tmp_path / "utt2spk", "u1 s1\nu2 s2\n")
    samples, problems = read(tmp_path)
    assert [(it.name, it.text, it.speaker, it.clip().duration_s) for it in samples] == [
        ("u1", "આ તો", "s1", 1.0),
        ("u2", "સારું છે", "s2", 1.5),
    ]
    assert [(it.fault, it.name) for it in problems] == [
        ("broken sound", "late"),
        ("broken sound", "back"),
        ("text without sound", "ghost"),
        ("twice", "u1"),
    ]


def test_a_command_in_wav_scp_is_never_run(tmp_path: Path) -> None:
    tone(tmp_path / "b.wav")
    words(tmp_path / "wav.scp", f"a touch {tmp_path}/ran |\nb b.wav\nc c.wav\n")
    words(tmp_path / "text", "a હા\nb ના\nd હા\n")
    samples, problems = read(tmp_path)
    assert [it.name for it in samples] == ["b"]
    assert [(it.fault, it.name) for it in problems] == [
        ("broken sound", "a"),
        ("text without sound", "d"),
        ("sound without text", "c"),
    ]
    assert not (tmp_path / "ran").exists()


def test_folders_named_after_splits_are_splits(tmp_path: Path) -> None:
    for name in ("train", "dev", "test"):
        tone(tmp_path / name / "a.wav")
    assert list(split_folders(tmp_path)) == ["validation", "test", "train"]
    tone(tmp_path / "stray.wav")
    with pytest.raises(NoCorpusHere, match=r"stray.wav lies beside the splits"):
        split_folders(tmp_path)


def test_tables_named_after_splits_are_splits(tmp_path: Path) -> None:
    """The layout of Common Voice's archives; validated.tsv and other.tsv are no splits."""
    for name in ("a", "b", "c"):
        tone(tmp_path / "clips" / f"{name}.wav")
    for table, clip in (("train", "a"), ("dev", "b"), ("test", "c"), ("validated", "a")):
        words(
            tmp_path / f"{table}.tsv",
            f"client_id\tpath\tsentence\taccents\nx\t{clip}.wav\tहाँ {clip}\t\n",
        )
    splits = split_folders(tmp_path)
    assert {split: path.name for split, path in splits.items()} == {
        "train": "train.tsv",
        "validation": "dev.tsv",
        "test": "test.tsv",
    }
    samples, problems = read(splits["validation"])
    assert [(it.text, it.speaker) for it in samples] == [("हाँ b", "x")]
    assert not problems


def test_two_folders_cannot_be_one_split(tmp_path: Path) -> None:
    for name in ("dev", "valid"):
        tone(tmp_path / name / "a.wav")
    with pytest.raises(NoCorpusHere, match="dev and valid are both validation; join them"):
        split_folders(tmp_path)


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({}, "holds no recordings: put x.wav beside x.txt"),
        ({"a.txt": "હા"}, "holds no recordings"),
        ({"a.csv": "file,text\n", "b.csv": ""}, r"holds several tables \(a.csv, b.csv\)"),
        ({"a.csv": ""}, "a.csv is empty"),
        ({"a.csv": "clip,words,age\n"}, "columns clip, words, age: call the one of files 'file'"),
        ({"a.csv": "file,words\n"}, "call the one of texts 'text'"),
        ({"a.csv": 'file,text\na.wav,"open'}, "a.csv, line 2: unexpected end"),
    ],
)
def test_a_folder_that_is_no_corpus_says_what_is_missing(
    tmp_path: Path, files: dict[str, str], sentence: str
) -> None:
    for name, content in files.items():
        words(tmp_path / name, content)
    with pytest.raises((NoCorpusHere, BadTable), match=sentence):
        read(tmp_path)


def test_a_table_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("file,text\na.wav,હા".encode("utf-16"))
    with pytest.raises(BadTable, match="not UTF-8"):
        read(tmp_path)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no folder"):
        split_folders(tmp_path / "nowhere")


def test_a_catalog_file_may_point_at_a_folder(tmp_path: Path) -> None:
    tone(tmp_path / "mine" / "hinglish" / "held" / "a.wav")
    words(tmp_path / "mine" / "hinglish" / "held" / "a.txt", "haan <noise> ji")
    words(
        tmp_path / "toy.toml",
        f"""
name = "toy"
title = "A toy"
homepage = "https://example.org"
license = "CC0-1.0"
source = {{ kind = "folder", where = "{tmp_path / "mine"}" }}
tasks = ["transcribe"]
clean = ["drop_noise_tags"]
checked_on = 2026-11-22
[languages.hi-Latn]
subset = "hinglish"
splits = {{ test = "held" }}
""",
    )
    [(tag, split, folder, how)] = folders_of(read_catalog(tmp_path)["toy"])
    samples, _ = read(folder, how)
    assert (tag, split, samples[0].text) == ("hi-Latn", "test", "haan ji")
