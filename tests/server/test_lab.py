"""What the page shows of the lab."""

import json
import shutil
from pathlib import Path

import pytest
from evaluation.rows import row

from asha.evaluation.run import METRICS, PREDICTIONS, RUN, Plan, RunFolder
from asha.evaluation.scores import scores
from asha.evaluation.suite import Part, Suite


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Two runs of two cases, and things that are none."""
    part = Part(name="part", task="transcribe", folder="x", languages=["hi"], metrics=["wer"])
    suite = Suite(name="mine", title="Mine", parts=[part])
    folder = tmp_path / "runs"
    for number, (name, text) in enumerate((("worse", "चार"), ("better", "एक"))):
        home = folder / name
        home.mkdir(parents=True)
        rows = [row(text, "एक", id=f"part/hi/{at}") for at in range(12)]
        run = RunFolder(home, done={it.id: it for it in rows})
        facts = {"started_at": f"2026-11-2{number}T00:00:00+00:00", "is_done": True}
        run.write(RUN, json.dumps({**Plan(suite, name).identity(), **facts}))
        run.write(PREDICTIONS, "".join(it.line() + "\n" for it in rows))
        run.write(METRICS, json.dumps(scores(suite, run)))
    (folder / "broken").mkdir()
    (folder / "broken" / RUN).write_text("{", encoding="utf-8")
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    return folder


async def test_runs_are_listed_newest_first_and_a_broken_one_hides_no_other(serve, runs) -> None:
    async with serve(settings={"runs_dir": runs}) as running, running.client() as client:
        rows = (await client.get("/v1/lab/runs")).json()["data"]
        assert [it["name"] for it in rows] == ["better", "worse"]
        assert rows[0]["num_cases"] == 12


async def test_a_run_is_told_by_part_metric_and_language(serve, runs) -> None:
    async with serve(settings={"runs_dir": runs}) as running, running.client() as client:
        found = (await client.get("/v1/lab/runs/worse")).json()
        assert found["parts"]["part"]["figures"]["wer"]["hi"]["value"] == 1.0
        assert found["metrics"]["wer"]["is_better_low"]


async def test_two_runs_are_compared(serve, runs) -> None:
    async with serve(settings={"runs_dir": runs}) as running, running.client() as client:
        found = (await client.get("/v1/lab/compare/worse/better")).json()
        wer = next(it for it in found["data"] if it["metric"] == "wer")
        assert (wer["a"], wer["b"], wer["verdict"]) == (1.0, 0.0, "better")


async def test_no_name_leads_out_of_the_folder(serve, runs) -> None:
    shutil.copytree(runs / "better", runs.parent / "elsewhere")
    async with serve(settings={"runs_dir": runs}) as running, running.client() as client:
        for name in ("..%2Felsewhere", "%2E%2E", "none", "notes.txt"):
            assert (await client.get(f"/v1/lab/runs/{name}")).status_code == 404, name


async def test_without_runs_the_list_is_empty(serve, tmp_path) -> None:
    async with (
        serve(settings={"runs_dir": tmp_path / "none"}) as running,
        running.client() as client,
    ):
        assert (await client.get("/v1/lab/runs")).json()["data"] == []


async def test_every_corpus_is_there_with_what_one_may_do_with_it(serve) -> None:
    from asha.data.catalog import catalog

    async with serve() as running, running.client() as client:
        rows = {it["name"]: it for it in (await client.get("/v1/lab/corpora")).json()["data"]}
        assert set(rows) == set(catalog())
        assert rows["svarah"]["languages"]["en-IN"]["hours"] == 9.6
        assert (rows["svarah"]["gate"], rows["svarah"]["scored_only"]) == ("terms", True)
