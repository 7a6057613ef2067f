"""Recipes at work, with a voice, a model and ears that can be looked at."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from corpora import tone

from asha.core.audio import Chunk, pcm_of
from asha.core.errors import BadInput, ProviderBusy, ProviderRefused
from asha.core.language import Language
from asha.core.message import Message
from asha.core.ports import Heard, ReplyOptions, Usage
from asha.data.catalog import read_corpus
from asha.data.folder import folders_of, read_folder
from asha.data.making.item import Ports
from asha.data.making.ledger import Prices
from asha.data.making.recipe import Recipe
from asha.data.making.rows import items_of
from asha.data.making.work import Report, make
from asha.data.problem import Problem
from asha.data.sample import Sample
from asha.data.source import folder_digest
from asha.data.sources.part import Shelf

LINES = "haan ji\nkya haal hai\nachha theek hai\nkal milte hain\n"


@dataclass
class Voice:
    """Says nothing twice: every call is counted; faults are raised in order."""

    name: str = "double"
    rate_hz: int = 16_000
    said: list[str] = field(default_factory=list)
    faults: list[Exception | None] = field(default_factory=list)

    async def speak(self, phrase: str, *, language: Language) -> AsyncIterator[Chunk]:
        self.said.append(phrase)
        if self.faults and (fault := self.faults.pop(0)):
            raise fault
        times = np.arange(100 * len(phrase)) / self.rate_hz
        yield Chunk(pcm_of(0.3 * np.sin(2 * np.pi * 300 * times)), self.rate_hz)


@dataclass
class Model:
    """Answers with its prompt's last line, and says what it cost."""

    name: str = "double"
    hears: bool = False
    asked: list[str] = field(default_factory=list)

    async def reply(
        self, messages: Sequence[Message], options: ReplyOptions
    ) -> AsyncIterator[str | Usage]:
        self.asked.append(messages[0].text)
        yield "aur phir "
        yield messages[0].text.splitlines()[-1]
        yield Usage(num_tokens_in=10, num_tokens_out=5)


class Ears:
    name = "double"

    async def transcribe(
        self, sound: AsyncIterator[Chunk], *, language: str
    ) -> AsyncIterator[Heard]:
        pcm = b"".join([chunk.pcm async for chunk in sound])
        yield Heard("half", is_final=False)
        yield Heard(f"{language} {len(pcm) // 32_000} s", is_final=True)


@dataclass
class Desk:
    """A recipe's surroundings."""

    folder: Path
    voice: Voice = field(default_factory=Voice)
    model: Model = field(default_factory=Model)
    prices: Prices | None = field(default_factory=Prices)

    def recipe(self, *steps: dict[str, Any], **more: Any) -> Recipe:
        lines = self.folder / "lines.txt"
        if not lines.exists():
            lines.write_text(LINES, encoding="utf-8")
        given = {
            "name": "toy",
            "title": "A toy",
            "license": "CC0-1.0",
            "folder": str(self.folder / "made"),
            "source": {"kind": "lines", "languages": ["hi-Latn"], "where": str(lines)},
            "steps": list(steps) or [{"do": "speak", "voices": ["double"]}],
        }
        return Recipe.model_validate({**given, **more})

    def make(self, recipe: Recipe) -> Report:
        ports = Ports(
            lambda _, __: self.voice, lambda _: self.model, lambda _: Ears(), lambda _: self.prices
        )
        return asyncio.run(make(recipe, self.items(recipe), ports))

    def items(self, recipe: Recipe) -> Iterator[Any]:
        return items_of(recipe.source, recipe.seed, Shelf(self.folder))

    def samples(self, split: str = "train") -> list[Sample]:
        entry = read_corpus(self.folder / "made" / "toy.toml")
        return [
            it
            for _, found, folder, how in folders_of(entry)
            if found == split
            for it in read_folder(folder, how)
            if isinstance(it, Sample)
        ]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_texts_become_a_corpus_that_may_be_trained_on(desk: Desk) -> None:
    report = desk.make(desk.recipe())
    assert (report.num_rows, report.num_calls, report.faults) == (4, 4, {})
    assert [it.text for it in desk.samples()] == LINES.splitlines()
    entry = read_corpus(report.corpus_file or Path())
    assert entry.refusal is None
    assert entry.source.pin == folder_digest(desk.folder / "made")
    assert entry.languages["hi-Latn"].rows == {"train": 4}


def test_a_voice_reads_the_spoken_form_and_the_row_keeps_what_was_written(desk: Desk) -> None:
    (desk.folder / "lines.txt").write_text("bill ₹500 hai", encoding="utf-8")
    desk.make(desk.recipe())
    assert "500" not in desk.voice.said[0]
    assert desk.samples()[0].text == "bill ₹500 hai"


def test_a_second_run_asks_nobody(desk: Desk) -> None:
    first = desk.make(desk.recipe())
    before = (first.corpus_file or Path()).read_bytes()
    again = desk.make(desk.recipe())
    assert (again.num_rows, again.num_calls, len(desk.voice.said)) == (4, 0, 4)
    assert (again.corpus_file or Path()).read_bytes() == before


def test_a_row_that_failed_is_told_and_asked_for_by_the_next_run(desk: Desk) -> None:
    desk.voice.faults = [None, ProviderBusy("double", "it stalls; try again."), None, None]
    report = desk.make(desk.recipe())
    [problem] = report.faults["not made"]
    assert (report.num_rows, problem.why) == (3, "double: it stalls; try again.")
    again = desk.make(desk.recipe())
    assert (again.num_rows, again.num_calls) == (4, 1)


def test_a_refusal_stops_the_work_and_what_is_made_is_kept(desk: Desk) -> None:
    desk.voice.faults = [None, ProviderRefused("double", "the key is wrong.")]
    with pytest.raises(ProviderRefused, match="the key is wrong"):
        desk.make(desk.recipe(at_once=1))
    assert desk.make(desk.recipe(at_once=1)).num_calls == 3


def test_when_nobody_answers_the_work_stops(desk: Desk) -> None:
    desk.voice.faults = [ProviderBusy("double", "it stalls; try again.") for _ in range(4)]
    with pytest.raises(ProviderBusy):
        desk.make(desk.recipe())


def test_a_model_goes_on_in_the_tracks_language(desk: Desk) -> None:
    steps = [{"do": "speak"}, {"do": "write", "task": "continue", "model": "double"}]
    desk.make(desk.recipe(*steps))
    assert "Hinglish (Roman script) mein aage badhaiye" in desk.model.asked[0]
    table = (desk.folder / "made" / "hi-Latn" / "train.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines()]
    assert rows[0] == ["file", "text", "speaker", "continuation"]
    assert rows[1][3] == "aur phir haan ji"


def test_a_recipes_own_template_and_column(desk: Desk) -> None:
    write = {"do": "write", "template": "Ulta: {text} {x}", "column": "ulta", "model": "double"}
    desk.make(desk.recipe({"do": "speak"}, write))
    assert desk.model.asked[0] == "Ulta: haan ji {x}"
    assert "ulta" in (desk.folder / "made" / "hi-Latn" / "train.tsv").read_text(encoding="utf-8")
    wrong = {"do": "write", "template": "no place", "model": "double"}
    with pytest.raises(BadInput, match=r"must hold \{text\}"):
        desk.make(desk.recipe({"do": "speak"}, wrong))


def test_the_budget_is_never_exceeded_and_says_what_is_left(desk: Desk) -> None:
    desk.prices = Prices(character=0.001)
    report = desk.make(desk.recipe(budget_usd=0.02, at_once=1))
    assert report.spent_usd <= 0.02
    assert report.num_rows == 2
    assert report.num_left == 2
    assert "raise `budget_usd` and run the same command again" in report.stopped
    again = desk.make(desk.recipe(budget_usd=0.02, at_once=1))
    assert (again.num_calls, again.spent_usd) == (0, report.spent_usd)
    whole = desk.make(desk.recipe(budget_usd=1.0))
    assert (whole.num_rows, whole.num_calls, whole.stopped) == (4, 2, "")
    assert whole.spent_usd == pytest.approx(sum(map(len, desk.voice.said)) * 0.001)


def test_rows_on_their_way_at_once_share_the_budget(desk: Desk) -> None:
    desk.prices = Prices(token_in=1e-6, token_out=1e-4)
    steps = [{"do": "speak"}, {"do": "write", "model": "double", "max_tokens": 10}]
    report = desk.make(desk.recipe(*steps, budget_usd=0.0025, at_once=4))
    assert report.spent_usd <= 0.0025
    assert 0 < len(desk.model.asked) < 4
    spent = json.loads((desk.folder / "made" / ".making" / "spent.json").read_text())["usd"]
    assert spent == pytest.approx(len(desk.model.asked) * (10e-6 + 5e-4))


def test_a_recipes_prices_win(desk: Desk) -> None:
    speak = {"do": "speak", "usd_per_1000_characters": 1_000.0}
    report = desk.make(desk.recipe(speak, budget_usd=0.5))
    assert (report.num_rows, report.num_calls, report.num_left) == (0, 0, 4)


def test_a_paid_part_without_a_price_is_refused(desk: Desk) -> None:
    desk.prices = None
    with pytest.raises(BadInput, match="No price is known for double: set usd_per_1000_characters"):
        desk.make(desk.recipe())
    free = desk.recipe({"do": "speak", "usd_per_1000_characters": 0.0})
    assert desk.make(free).num_rows == 4


def long_recording(folder: Path) -> None:
    """Five seconds of tone with a pause at 2.0 s, and one of a second with its words."""
    folder.mkdir()
    for name, duration_s in (("long", 5.0), ("short", 1.0)):
        (folder / f"{name}.wav").write_bytes(tone(duration_s=duration_s))
        (folder / f"{name}.txt").write_text("words of it")
    body = bytearray((folder / "long.wav").read_bytes())
    body[44 + 2 * 31_200 : 44 + 2 * 32_800] = bytes(3_200)
    (folder / "long.wav").write_bytes(body)


def test_long_recordings_are_cut_in_their_pauses_and_heard_again(desk: Desk) -> None:
    long_recording(desk.folder / "rec")
    source = {"kind": "folder", "languages": ["hi"], "where": str(desk.folder / "rec")}
    steps = [{"do": "split", "min_s": 1.0, "max_s": 3.0}, {"do": "hear", "ears": "double"}]
    report = desk.make(desk.recipe(*steps, source=source))
    lengths = {it.name: it.clip().duration_s for it in desk.samples()}
    assert report.num_rows == 3
    assert lengths["long-001.wav"] == pytest.approx(2.0, abs=0.06)
    assert lengths["long-002.wav"] == pytest.approx(3.0, abs=0.06)
    assert all(it.text.startswith("hi ") for it in desk.samples())


def test_a_piece_without_words_says_that_ears_are_missing(desk: Desk) -> None:
    long_recording(desk.folder / "rec")
    source = {"kind": "folder", "languages": ["hi"], "where": str(desk.folder / "rec")}
    report = desk.make(desk.recipe({"do": "split", "min_s": 1.0, "max_s": 3.0}, source=source))
    assert [it.name for it in report.faults["sound without text"]] == ["long-001", "long-002"]
    assert report.num_rows == 1


def test_what_was_said_before_goes(desk: Desk) -> None:
    (desk.folder / "lines.txt").write_text(
        "Haan ji!\nhaan, ji\nkal subah saat baje alarm lagao\nkal subah saat baje alarm lagaao\n",
        encoding="utf-8",
    )
    speak = {"do": "speak"}
    exact = desk.make(desk.recipe({"do": "deduplicate"}, speak))
    assert [it.name for it in exact.faults["twice"]] == ["hi-Latn-000002"]
    alike = desk.make(desk.recipe({"do": "deduplicate", "alike": 0.7}, speak))
    assert alike.num_rows == 2
    assert "hi-Latn-000003 says the same" in alike.faults["twice"][1].why


def test_disturbed_copies_stand_beside_the_clean_rows(desk: Desk) -> None:
    effects = [{"effect": "noise", "between": [10, 10]}, {"effect": "babble"}]
    steps = [{"do": "speak"}, {"do": "disturb", "copies": 2, "effects": effects}]
    report = desk.make(desk.recipe(*steps))
    clips = {it.name: it.clip().samples for it in desk.samples()}
    assert report.num_rows == 12
    clean, noisy = clips["hi-Latn-000001.wav"], clips["hi-Latn-000001-d1.wav"]
    assert len(clean) == len(noisy)
    assert not np.allclose(clean, noisy, atol=0.01)
    assert not np.allclose(noisy, clips["hi-Latn-000001-d2.wav"], atol=0.01)


def test_noise_becomes_rows_with_its_own_answer(desk: Desk) -> None:
    (desk.folder / "musan" / "free").mkdir(parents=True)
    (desk.folder / "musan" / "free" / "hum.wav").write_bytes(tone())
    (desk.folder / "musan" / "broken.wav").write_bytes(b"RIFF no")
    source = {"kind": "noise", "languages": ["zxx"], "where": str(desk.folder / "musan")}
    gain = {"do": "disturb", "effects": [{"effect": "gain", "between": [-6, -6]}]}
    report = desk.make(desk.recipe(gain, source=source, tasks=["noise"]))
    assert [it.text for it in desk.samples()] == ["((noise))"]
    assert [it.name for it in report.faults["broken sound"]] == ["broken.wav"]


def test_held_out_texts_are_never_in_training(desk: Desk) -> None:
    lines = [f"number {number}" for number in range(40)]
    (desk.folder / "lines.txt").write_text("\n".join(lines * 2), encoding="utf-8")
    desk.make(desk.recipe(validation=0.3))
    train = {it.text for it in desk.samples("train")}
    held = {it.text for it in desk.samples("validation")}
    assert not train & held
    assert train | held == set(lines)
    assert 4 <= len(held) <= 20


def test_every_part_is_read_by_the_port_of_sources_too(desk: Desk) -> None:
    desk.make(desk.recipe())
    source = {
        "kind": "corpus",
        "languages": ["hi-Latn"],
        "where": str(desk.folder / "made" / "toy.toml"),
        "rows": 3,
    }
    rows = list(items_of(desk.recipe(source=source).source, 1, Shelf(desk.folder)))
    assert [it.text for it in rows if not isinstance(it, Problem)] == LINES.splitlines()[:3]
