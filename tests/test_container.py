"""The container files, read as far as they can be without a container engine."""

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from asha.cli.serve import serve
from asha.core.settings import Settings

ROOT = Path(__file__).parents[1]
WRITTEN = {"accounts.json", "accounts.lock", "asha.db", "lock", "secret"}  # in the volume


def instructions() -> list[tuple[str, str]]:
    """(instruction, rest) of the Dockerfile, continued lines joined."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in lines]


def copied() -> list[str]:
    """The sources of every COPY out of the clone."""
    found = [rest.split() for name, rest in instructions() if name == "COPY"]
    return [source for words in found if words[0][:2] != "--" for source in words[:-1]]


def compose() -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return told


def test_the_last_stage_is_not_root_and_has_no_build_tools() -> None:
    found = instructions()
    stages = [number for number, (name, _) in enumerate(found) if name == "FROM"]
    assert len(stages) == 2
    last = found[stages[-1] :]
    users = [rest for name, rest in last if name == "USER"]
    assert users == ["asha"]
    assert not any(name == "RUN" and "pip" in rest for name, rest in last)
    assert [name for name, _ in last].index("USER") < [name for name, _ in last].index("ENTRYPOINT")


def test_everything_that_is_copied_is_there_and_let_through() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    for source in copied():
        assert (ROOT / source).exists(), source
        assert f"!{source}" in ignored
    assert ignored[0] == "*"  # neither keys nor data get into an image by accident


def test_what_the_container_starts_is_a_command_with_known_options() -> None:
    rest = dict(instructions())
    command = shlex.split(re.sub(r'[\[\]",]', " ", rest["ENTRYPOINT"] + rest["CMD"]))
    assert command[:2] == ["asha", "serve"]
    known = {"--" + name.replace("_", "-") for name in serve.__annotations__}
    assert {word for word in command if word.startswith("--")} <= known
    for name in re.findall(r"\b(ASHA_[A-Z_]+)=", rest["ENV"]):
        assert name.removeprefix("ASHA_").lower() in Settings.model_fields


def test_the_files_of_the_image_are_enough_to_start_and_to_be_healthy(tmp_path: Path) -> None:
    """Its start command and its health check, with what it copies and nothing of this clone."""
    image, data = tmp_path / "image", tmp_path / "data"
    image.mkdir()
    for source in copied():
        copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
        copy(ROOT / source, image / source)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    rest = dict(instructions())
    given = dict(re.findall(r"([A-Z_]+)=(\S+)", rest["ENV"]))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ASHA_")}
    environment = {
        **{name: value for name, value in kept.items() if not name.endswith("_API_KEY")},
        **{name: value for name, value in given.items() if name != "PATH"},
        "ASHA_DATA_DIR": str(data),
        "ASHA_PORT": str(port),
        "PYTHONPATH": str(image / "src"),
        "HOME": str(data),
    }
    asha = [sys.executable, "-m", "asha.cli"]
    command = [*asha, *json.loads(rest["CMD"])]
    data.mkdir()
    refused = subprocess.run(command, env=environment, cwd=data, capture_output=True, text=True)
    assert refused.returncode == 2 and "asha account add" in refused.stderr
    account = [*asha, "account", "add", "me", "--password-stdin"]
    password = "neem tamarind monsoon\n"
    subprocess.run(account, env=environment, cwd=data, input=password, text=True, check=True)
    served = subprocess.Popen(command, env=environment, cwd=data, stderr=subprocess.PIPE, text=True)
    with served:
        try:
            assert served.stderr
            assert any(f"Asha is at http://0.0.0.0:{port}/" in line for line in served.stderr)
            health = json.loads(rest["HEALTHCHECK"].partition("CMD")[2])
            assert health[0] == "python"
            subprocess.run([sys.executable, *health[1:]], env=environment, check=True)
        finally:
            served.terminate()
    assert {file.name.split("-")[0] for file in data.iterdir()} <= WRITTEN


def test_only_caddy_can_be_reached_and_asha_keeps_its_data() -> None:
    services = compose()["services"]
    assert set(services) == {"asha", "caddy"}
    assert "ports" not in services["asha"]
    assert {"80:80", "443:443"} <= set(services["caddy"]["ports"])
    asha = services["asha"]
    assert asha["read_only"] and asha["cap_drop"] == ["ALL"]
    assert "asha:/data" in asha["volumes"]
    for name in asha["environment"]:
        assert name.removeprefix("ASHA_").lower() in Settings.model_fields
    for service in services.values():
        for volume in service["volumes"]:
            name = volume.split(":")[0]
            assert name in compose()["volumes"] or (ROOT / name).exists()


def test_caddy_hands_on_to_asha_without_holding_anything_back() -> None:
    text = (ROOT / "Caddyfile").read_text()
    assert text.count("{") == text.count("}")
    assert "reverse_proxy asha:8000" in text and "flush_interval -1" in text
    assert "encode" not in text
