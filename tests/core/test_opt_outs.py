"""Nothing here tells a library's maker what runs on this machine."""

import os
import subprocess
import sys
from pathlib import Path

from asha.core.opt_outs import OPT_OUTS

# A continuous integration's own variable silences onnxruntime too; a user's machine has none.
SILENCERS = {*OPT_OUTS, "CI", "ORT_RUNNING_UNIT_TESTS", "XDG_CACHE_HOME"}


def test_the_engine_leaves_no_trace_in_the_users_home(tmp_path: Path) -> None:
    """onnxruntime keeps an id of the machine and a queue of reports in ~/.cache, unless told."""
    program = (
        "from asha.engine.exported import load_weights, shipped\n"
        "load_weights(shipped())\n"
        "import onnxruntime\n"
    )
    kept = {name: value for name, value in os.environ.items() if name not in SILENCERS}
    subprocess.run([sys.executable, "-c", program], env={**kept, "HOME": str(tmp_path)}, check=True)
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]


def test_every_program_asks_for_it(tmp_path: Path) -> None:
    program = (
        "import os, sys; sys.argv = ['asha', '--help']\n"
        "from asha.cli import main\n"
        "try: main()\n"
        "except SystemExit: print([os.environ.get(name) for name in sys.stdin.read().split()])\n"
    )
    kept = {name: value for name, value in os.environ.items() if name not in SILENCERS}
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=" ".join(OPT_OUTS),
        env=kept,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == str(list(OPT_OUTS.values()))
