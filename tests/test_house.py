"""The house rules that a machine can keep: sizes, pins, names."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "src").rglob("*.py"))
MAX_MODULE_LINES, MAX_FUNCTION_LINES = 300, 50
VAGUE = {"utils", "util", "helpers", "helper", "common", "base", "manager", "handler", "misc"}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT / "src")))
def test_a_module_and_its_functions_fit_on_a_page(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert text.count("\n") <= MAX_MODULE_LINES, "split it by nouns"
    assert module.stem not in VAGUE, "name it after the one noun it defines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            num_lines = node.end_lineno - node.lineno + 1
            assert num_lines <= MAX_FUNCTION_LINES, f"{node.name} has {num_lines} lines"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT / "src")))
def test_every_module_says_what_it_is(module: Path) -> None:
    assert ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")))


def test_pins_name_no_host_and_no_accelerator_package() -> None:
    pins = (ROOT / "constraints.txt").read_text()
    assert "://" not in pins
    assert not re.search(r"^(nvidia-|cuda-|triton)", pins, re.MULTILINE)
    assert "torch==2.13.0\n" in pins


def test_everything_installed_here_is_free_of_accelerator_packages() -> None:
    from importlib.metadata import distributions

    names = {str(distribution.metadata["Name"]) for distribution in distributions()}
    assert not {name for name in names if name.startswith(("nvidia-", "triton"))}


def test_importing_the_package_imports_nothing_heavy() -> None:
    program = (
        "import sys, asha.core.ports, asha.core.asha_events, asha.providers.tts.espeak\n"
        "heavy = {'torch', 'transformers', 'onnxruntime', 'soundfile'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_layer_rule_is_kept_and_can_fail(tmp_path: Path) -> None:
    config = (ROOT / "pyproject.toml").read_text()
    wrong = config.replace('"speech",\n    "core",', '"core",\n    "speech",')
    assert wrong != config
    (tmp_path / "wrong.toml").write_text(wrong)
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache", "--config", tmp_path / "wrong.toml"], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "BROKEN" in done.stdout
