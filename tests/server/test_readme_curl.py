"""The three lines of curl in the README, with what a bare clone has: Nano and eSpeak NG."""

import asyncio
import json
import os
import re
from pathlib import Path
from typing import Any

from asha.core.settings import Settings
from asha.server.wiring import wired

ROOT = Path(__file__).parents[2]


async def test_a_spoken_clip_comes_back_as_transcript_text_and_audio(
    serve: Any, tmp_path: Path
) -> None:
    [script] = re.findall(r"```bash\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert len(script.strip().splitlines()) == 3
    (tmp_path / "src").symlink_to(ROOT / "src")
    free = Settings(
        openai_api_key=None, elevenlabs_api_key=None, deadline_scale=10.0, _env_file=None
    )
    parts = wired(free)
    given = {name: getattr(parts, name) for name in ("llm", "tts", "stt", "follow", "box")}
    given |= {"detector": parts.detector, "warm": parts.warm}
    async with serve(**given) as running:
        script = script.replace("http://127.0.0.1:8000", running.url)
        shell = await asyncio.create_subprocess_exec(
            *("bash", "-ec", script),
            cwd=tmp_path,
            env={**os.environ, "no_proxy": "*"},
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await shell.communicate()
    shell._transport.close()  # type: ignore[attr-defined]  # else it warns when collected
    assert shell.returncode == 0
    found: dict[str, str] = {}
    for line in out.decode().splitlines():
        if line.startswith("data: "):
            event = json.loads(line.removeprefix("data: "))
            told = event.get("transcript") or event.get("delta") or ""
            found[event["type"]] = found.get(event["type"], "") + str(told)
    assert "बजे" in found["conversation.item.input_audio_transcription.completed"]
    assert found["response.output_audio_transcript.delta"].strip()
    assert len(found["response.output_audio.delta"]) > 20_000
