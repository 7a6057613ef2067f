"""Rules of this package that a machine can keep."""

import re
import subprocess
import sys
from pathlib import Path

import asha.model

SOURCES = sorted(Path(asha.model.__file__).parent.glob("*.py"))

# Names that only transformers' own code may touch; releases 4 and 5 moved or removed several.
PRIVATE = re.compile(
    r"transformers[\w.]*\._\w+|from transformers[\w.]* import [^\n]*\b_\w+"
    r"|_init_weights|_is_hf_initialized|_tied_weights|_no_split|_supports_\w+|_attn_implementation"
    r"|_model_mapping|_from_config"
)


def test_no_private_name_of_transformers_is_used() -> None:
    found = [
        f"{path.name}: {match.group()}"
        for path in SOURCES
        for match in PRIVATE.finditer(path.read_text(encoding="utf-8"))
    ]
    assert not found


def test_importing_the_package_loads_neither_torch_nor_transformers() -> None:
    program = (
        "import sys, asha.model\n"
        "assert not {'torch', 'transformers', 'peft'} & set(sys.modules)\n"
        "try: asha.model.Nothing\n"
        "except AttributeError: print('lazy')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "lazy\n", done.stderr
