"""Models behind an address, and a judge behind one: the vendor's double on a real socket."""

import json
from pathlib import Path

import pytest

from asha.cli.subjects import opened
from asha.doubles.vendors import KEY, Vendors, serving
from asha.evaluation.judge import Judge
from asha.evaluation.run import Plan, judge_run, open_run, run_suite
from asha.evaluation.scores import scores
from asha.evaluation.source import Sources
from asha.evaluation.suite import Part, Suite


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    import numpy as np
    import soundfile

    folder = tmp_path / "corpus"
    folder.mkdir()
    soundfile.write(folder / "1.wav", np.full(8_000, 0.1, np.float32), 16_000)
    (folder / "table.csv").write_text("file,text,answer\n1.wav,capital?,Delhi\n", encoding="utf-8")
    return folder


async def test_a_served_model_is_scored_by_its_address(
    recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    part = Part(
        name="ask",
        task="answer",
        folder=str(recordings),
        languages=["en-IN"],
        reference="answer",
        metrics=["partial", "judge:correct"],
    )
    plan = Plan(Suite(name="mine", title="Mine", parts=[part]), "served")
    run = open_run(tmp_path / "run", plan)
    async with serving(Vendors(reply="It is Delhi.")) as vendors:
        async with opened(f"{vendors.url}/v1") as subject:
            assert subject.name == "gpt-4o-mini"
            await run_suite(plan, subject, Sources(), run, tell=lambda _: None)
        sound = vendors.chat.asked[0]["messages"][-1]["content"]
        assert [it["type"] for it in sound] == ["input_audio"]
        assert vendors.chat.asked[0]["tools"]
        vendors.reply = json.dumps({"reason": "It says so.", "verdict": 1})
        async with opened(f"{vendors.url}/v1#gpt-4o-mini") as wise:
            assert wise.model
            judge = Judge(wise.model, tmp_path / "verdicts", price=wise.price)
            await judge_run(plan, judge, run, tell=lambda _: None)
        asked = vendors.chat.asked[-1]
    assert asked["temperature"] == 0
    assert asked["response_format"]["json_schema"]["strict"] is True
    assert judge.usd > 0
    figures = scores(plan.suite, run)["parts"]["ask"]["figures"]
    assert figures["partial"]["en-IN"]["value"] == 1.0
    assert figures["judge:correct"]["en-IN"]["value"] == 1.0
