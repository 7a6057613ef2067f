"""Runs: asked once, resumed, never half-written; compared; told to people."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from corpora import parquet, spoken
from evaluation.rows import row as prediction
from scripted import ScriptedLLM, ScriptedSTT, ScriptedTTS

from asha.core.errors import BadInput, Busy, Conflict, NotFound, ProviderBusy, ProviderRefused
from asha.core.message import ToolCall
from asha.data.fetch import NotFetched
from asha.doubles.downloads import Downloads, serving
from asha.evaluation import run as run_module
from asha.evaluation.compare import compare
from asha.evaluation.judge import Judge
from asha.evaluation.report import report
from asha.evaluation.run import (
    METRICS,
    PREDICTIONS,
    RUN,
    Plan,
    RunFolder,
    finish,
    judge_run,
    open_run,
    read_json,
    read_predictions,
    run_suite,
)
from asha.evaluation.scores import scores
from asha.evaluation.source import Sources
from asha.evaluation.subject import Subject
from asha.evaluation.suite import Part, Suite, load_suite

SAID = ["एक दो तीन", "चार पाँच", "छह सात"]


def quiet(_: str) -> None:
    """Nobody listens."""


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """Three clips with text and more columns, as a table names them."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    lines = ["file,text,answer,choices"]
    for number, text in enumerate(SAID):
        sound = np.sin(np.arange(8_000) * (number + 1) / 40).astype(np.float32) * 0.3
        soundfile.write(folder / f"{number}.wav", sound, 16_000)
        lines.append(f"{number}.wav,{text},yes,yes | no")
    (folder / "table.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def suite(folder: Path, **given: Any) -> Suite:
    fields = {
        "name": "words",
        "task": "transcribe",
        "folder": str(folder),
        "languages": ["hi"],
        "metrics": ["wer", "cer"],
    }
    return Suite(name="mine", title="Mine", parts=[Part(**{**fields, **given})])


def plan(folder: Path, **given: Any) -> Plan:
    return Plan(suite(folder, **given), "scripted")


async def asked(work: Plan, subject: Subject, out: Path) -> RunFolder:
    run = open_run(out, work)
    await run_suite(work, subject, Sources(), run, tell=quiet)
    return run


async def test_a_run_keeps_every_answer_and_its_figures(recordings: Path, tmp_path: Path) -> None:
    ears = Subject("scripted", ears=ScriptedSTT([SAID[0], "चार", SAID[2]]))
    run = await asked(plan(recordings), ears, tmp_path / "run")
    found = scores(suite(recordings), run)
    assert found["num_cases"] == 3
    wer = found["parts"]["words"]["figures"]["wer"]["hi"]
    assert wer["value"] == pytest.approx(1 / 7, abs=1e-4)
    assert wer["low"] <= wer["value"] <= wer["high"]
    rows = read_predictions(tmp_path / "run")
    assert [row.text for row in rows.values()] == [SAID[0], "चार", SAID[2]]


async def test_a_killed_run_goes_on_and_asks_nothing_twice(
    recordings: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    await asked(plan(recordings), Subject("scripted", ears=ScriptedSTT(SAID)), out)
    lines = (out / PREDICTIONS).read_text(encoding="utf-8").splitlines()
    # Killed inside the third line.
    (out / PREDICTIONS).write_text("\n".join([*lines[:2], lines[2][:40]]), encoding="utf-8")
    again = ScriptedSTT([SAID[2]])
    run = await asked(plan(recordings), Subject("scripted", ears=again), out)
    assert again.num_calls == 1
    assert [row.text for row in read_predictions(out).values()] == SAID
    assert len(run.done) == 3


def test_another_run_is_not_mixed_into_a_folder(recordings: Path, tmp_path: Path) -> None:
    open_run(tmp_path / "run", plan(recordings, split="test"))
    open_run(tmp_path / "run", plan(recordings))  # nothing had been asked
    open_run(tmp_path / "run", plan(recordings)).add(prediction("एक"))
    with pytest.raises(Conflict, match="--out another folder"):
        open_run(tmp_path / "run", Plan(suite(recordings), "another model"))


def test_other_weights_of_the_same_name_are_another_run(recordings: Path, tmp_path: Path) -> None:
    open_run(tmp_path / "run", Plan(suite(recordings), "nano", weights="a" * 64)).add(prediction())
    with pytest.raises(Conflict, match="weights being others"):
        open_run(tmp_path / "run", Plan(suite(recordings), "nano", weights="b" * 64))


async def test_a_long_part_says_how_far_it_is(
    recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, "TELL_EVERY_S", -1.0)
    told: list[str] = []
    work = plan(recordings)
    ears = Subject("scripted", ears=ScriptedSTT(SAID))
    await run_suite(work, ears, Sources(), open_run(tmp_path / "run", work), tell=told.append)
    assert told[0] == "words/hi: 1 asked so far"


async def test_a_failed_case_is_kept_with_its_reason(recordings: Path, tmp_path: Path) -> None:
    busy = ScriptedLLM(["yes", ProviderBusy("openai", "overloaded.")], hears=True)
    work = plan(recordings, task="answer", reference="answer", metrics=["exact"])
    run = await asked(work, Subject("scripted", model=busy), tmp_path / "run")
    found = scores(work.suite, run)
    assert found["num_failed"] == 2
    assert found["parts"]["words"]["figures"]["exact"]["hi"]["value"] == pytest.approx(
        1 / 3, abs=1e-4
    )


async def test_a_refused_key_stops_the_run_at_once(recordings: Path, tmp_path: Path) -> None:
    model = ScriptedLLM([ProviderRefused("openai", "the key is not valid.")], hears=True)
    work = plan(recordings, task="answer", reference="answer", metrics=["exact"])
    with pytest.raises(ProviderRefused):
        await asked(work, Subject("scripted", model=model), tmp_path / "run")
    assert len(model.asked) == 1


async def test_choices_and_prompts_come_from_the_rows(recordings: Path, tmp_path: Path) -> None:
    model = ScriptedLLM(["yes"], hears=True)
    work = plan(
        recordings,
        task="answer",
        reference="answer",
        choices="choices",
        prompt="One of: {choices}.",
        metrics=["choice"],
    )
    run = await asked(work, Subject("scripted", model=model), tmp_path / "run")
    assert scores(work.suite, run)["parts"]["words"]["figures"]["choice"]["hi"]["value"] == 1.0
    assert "One of: yes | no." in model.asked[0][-1].text


async def test_a_missing_column_is_told_with_those_that_are_there(
    recordings: Path, tmp_path: Path
) -> None:
    work = plan(recordings, task="answer", reference="antwort", metrics=["exact"])
    model = ScriptedLLM(["yes"], hears=True)
    with pytest.raises(BadInput, match="there are answer, choices"):
        await asked(work, Subject("scripted", model=model), tmp_path / "run")


async def test_a_model_that_does_not_hear_is_left_out_with_the_reason(
    recordings: Path, tmp_path: Path
) -> None:
    deaf = Subject("gpt-text", model=ScriptedLLM(["yes"]))
    with pytest.raises(BadInput, match=r"gpt-text lacks a language model that hears\."):
        await asked(plan(recordings, task="answer", metrics=["language"]), deaf, tmp_path / "run")


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Downloads]:
    """Nothing of FLEURS, and a row of CoVoST 2 from Tamil into English."""
    rows = [spoken("வணக்கம்", translation="hello")]
    files = {"README.md": b"", "ta_en/test-0.parquet": parquet(rows)}
    held = {"google/fleurs": {"main": {"README.md": b""}}, "fixie-ai/covost2": {"main": files}}
    with serving(Downloads(repositories=held)) as made:
        monkeypatch.setenv("HF_ENDPOINT", made.url)
        monkeypatch.setenv("ASHA_SHELF_DIR", str(tmp_path / "shelf"))
        yield made


async def test_a_corpus_that_is_not_here_says_how_it_is_had_and_scored(
    hub: Downloads, tmp_path: Path
) -> None:
    part = Part(
        name="fleurs", task="transcribe", corpus="fleurs", languages=["hi"], metrics=["wer"]
    )
    work = Plan(Suite(name="f", title="F", parts=[part]), "scripted")
    with pytest.raises(BadInput, match=r"--data DIR from DIR/fleurs/hi/test") as told:
        await asked(work, Subject("scripted", ears=ScriptedSTT([""])), tmp_path / "run")
    assert "hf download" in told.value.message
    with pytest.raises(NotFetched):
        list(Sources().cases(part, "hi", rows=0))


def test_a_corpus_of_the_hub_is_scored_from_where_it_lies(hub: Downloads) -> None:
    suite = load_suite(Path(__file__).parents[2] / "suites" / "covost2.toml")
    cases = list(Sources().cases(suite.parts[0], "ta", rows=0))
    assert [(it.question, it.reference, it.language) for it in cases] == [("வணக்கம்", "hello", "en")]


async def test_a_copy_of_a_corpus_is_read_by_its_own_columns(
    recordings: Path, tmp_path: Path
) -> None:
    home = tmp_path / "data" / "fleurs" / "hi" / "test"
    home.parent.mkdir(parents=True)
    shutil.move(recordings, home)
    table = home / "table.csv"
    table.write_text(table.read_text().replace("text,", "transcription,", 1), encoding="utf-8")
    part = Part(
        name="fleurs", task="transcribe", corpus="fleurs", languages=["hi"], metrics=["wer"]
    )
    cases = list(Sources(data=tmp_path / "data").cases(part, "hi", rows=2))
    assert [case.reference for case in cases] == SAID[:2]


async def test_a_voice_is_heard_back(tmp_path: Path) -> None:
    (tmp_path / "hi.txt").write_text("नमस्ते दुनिया\n", encoding="utf-8")
    work = plan(tmp_path, task="speak", metrics=["round_trip_cer"])
    subject = Subject("v", voice=ScriptedTTS(), ears=ScriptedSTT(["नमस्ते दुनिय"]))
    run = await asked(work, subject, tmp_path / "run")
    figures = scores(work.suite, run)["parts"]["words"]["figures"]
    assert figures["round_trip_cer"]["hi"]["value"] == pytest.approx(1 / 13, abs=1e-4)


async def test_a_call_is_an_answer(recordings: Path, tmp_path: Path) -> None:
    reply = [ToolCall("call_1", "time", "{}")]
    model = ScriptedLLM([reply], hears=True)
    work = plan(recordings, task="answer", reference="answer", metrics=["exact"])
    run = await asked(work, Subject("scripted", model=model), tmp_path / "run")
    assert next(iter(run.done.values())).calls[0]["name"] == "time"


async def judged(folder: Path, recordings: Path, replies: list[str], **given: Any) -> RunFolder:
    work = plan(recordings, task="answer", reference="answer", metrics=["judge:correct"])
    model = ScriptedLLM(["yes", "no", "perhaps"], hears=True)
    run = await asked(work, Subject("scripted", model=model), folder)
    wise = Judge(ScriptedLLM(replies), folder.parent / "verdicts", **given)
    await judge_run(work, wise, run, tell=quiet)
    run.write(METRICS, json.dumps(scores(work.suite, run)))
    return run


async def test_a_judge_scores_and_its_unreadable_answers_are_counted(
    recordings: Path, tmp_path: Path
) -> None:
    replies = ['{"reason": "", "verdict": 1}', '{"reason": "", "verdict": 0}', "hm"]
    await judged(tmp_path / "run", recordings, replies)
    figures = read_json(tmp_path / "run" / METRICS)["parts"]["words"]["figures"]
    assert figures["judge:correct"]["hi"] == {"value": 0.5, "low": 0.0, "high": 1.0, "n": 2}
    unreadable = figures["judge:correct:unreadable"]["hi"]
    assert (unreadable["value"], unreadable["n"]) == (pytest.approx(1 / 3, abs=1e-4), 3)


async def test_a_spent_budget_leaves_the_rest_unjudged_and_says_so(
    recordings: Path, tmp_path: Path
) -> None:
    good = ['{"reason": "", "verdict": 1}']
    run = await judged(tmp_path / "run", recordings, good, price=lambda _: 0.4, budget_usd=0.5)
    assert run.left_out["judge"].startswith("2 answers are unjudged.")
    verdicts = [row.verdicts for row in read_predictions(tmp_path / "run").values()]
    assert [bool(it) for it in verdicts] == [True, False, False]


async def test_two_runs_are_compared_on_the_cases_they_share(
    recordings: Path, tmp_path: Path
) -> None:
    for name, texts in (("a", ["", "", ""]), ("b", SAID)):
        work = Plan(suite(recordings), name)
        await asked(work, Subject(name, ears=ScriptedSTT(texts)), tmp_path / name)
    rows, num_shared = compare(tmp_path / "a", tmp_path / "b")
    found = next(row for row in rows if row.metric.name == "wer")
    assert num_shared == 3
    assert (found.a, found.b, found.verdict) == (1.0, 0.0, "better")
    back, _ = compare(tmp_path / "b", tmp_path / "a")
    assert next(row for row in back if row.metric.name == "wer").verdict == "worse"
    with pytest.raises(NotFound, match="no run"):
        compare(tmp_path / "a", tmp_path)


async def test_the_report_is_one_file_that_asks_nobody_for_anything(
    recordings: Path, tmp_path: Path
) -> None:
    texts = ["<script>alert(1)</script>", SAID[1], SAID[2]]
    run = await asked(
        plan(recordings), Subject("scripted", ears=ScriptedSTT(texts)), tmp_path / "run"
    )
    finish(run)
    facts = read_json(tmp_path / "run" / RUN)
    page = report(facts, scores(suite(recordings), run), list(run.done.values()))
    assert facts["is_done"]
    assert "<svg" in page
    assert "alert(1)" in page
    assert "<script" not in page
    assert not re.search(r'(src|href)="|url\(|@import', page)


async def test_the_report_tells_whose_weights_and_writes_calls_alike(
    recordings: Path, tmp_path: Path
) -> None:
    work = replace(plan(recordings), weights="d7a4e394" + "0" * 56)
    run = open_run(tmp_path / "run", work)
    call = {"name": "percent", "arguments": {"p": 2}}
    run.add(prediction(reference=json.dumps(call), task="answer", part="words", calls=(call,)))
    asked_for = json.dumps({"name": "time", "arguments": {}})
    run.add(prediction(reference=asked_for, id="2", task="answer", part="words", calls=(call,)))
    finish(run)
    page = report(read_json(run.folder / RUN), scores(work.suite, run), list(run.done.values()))
    assert "weights d7a4e394 · begun 20" in page
    assert "<td>time {}</td><td>percent {&quot;p&quot;: 2}</td>" in page
    assert "1 of 2" in page


async def test_a_full_disk_is_told(recordings: Path, tmp_path: Path) -> None:
    run = open_run(tmp_path / "run", plan(recordings))
    gone = RunFolder(tmp_path / "run" / "no" / "such")
    with pytest.raises(BadInput, match="make room"):
        gone.write(METRICS, "{}")
    assert not list((tmp_path / "run").glob(".*"))
    assert run.left_out == {}


def test_a_broken_line_in_the_middle_is_named(recordings: Path, tmp_path: Path) -> None:
    open_run(tmp_path / "run", plan(recordings))
    (tmp_path / "run" / PREDICTIONS).write_text("{}\nnonsense\n", encoding="utf-8")
    with pytest.raises(BadInput, match="line 1 is broken"):
        read_predictions(tmp_path / "run")


def test_the_bench_is_a_suite_of_six_parts_in_seven_tracks() -> None:
    bench = load_suite(Path(__file__).parents[2] / "suites" / "asha-bench.toml")
    assert [part.name for part in bench.parts] == [
        *("answer", "digits", "hesitation", "backchannel", "interruption", "switch")
    ]
    assert all(len(part.languages) == 7 for part in bench.parts)


async def test_a_full_engine_is_asked_again(recordings: Path, tmp_path: Path) -> None:
    full = Busy("Four people are talking to Asha already; try again.", retry_after_ms=1)
    model = ScriptedLLM([full, "yes"], hears=True)
    work = plan(recordings, task="answer", reference="answer", metrics=["exact"])
    run = await asked(work, Subject("scripted", model=model), tmp_path / "run")
    assert scores(work.suite, run)["num_failed"] == 0
