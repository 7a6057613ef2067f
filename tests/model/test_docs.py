"""The examples of docs/model.md run as they stand there."""

import re
from pathlib import Path

import pytest

from .conftest import noise

ROOT = Path(__file__).parents[2]


def test_the_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    examples = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(examples) == 4
    monkeypatch.chdir(ROOT)
    names = {"sound": noise(16_000), "target": tmp_path / "checkpoint"}
    for example in examples:
        exec(example, names)
    assert isinstance(names["answer"], str)
    assert (tmp_path / "checkpoint" / "model.safetensors").is_file()
    assert (tmp_path / "checkpoint" / "tokenizer.json").is_file()
