"""docs/api.md does what it says: its blocks are run in order against a real server."""

import asyncio
import os
import re
from pathlib import Path

import numpy as np
import openai

from asha.speech.sound_file import encode_wav

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
SOUND = np.full(16_000, 3_000, "<i2").tobytes()


def blocks(language: str) -> list[str]:
    """The page's code of one language."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def prepare(folder: Path) -> None:
    """The files the examples send."""
    (folder / "question.wav").write_bytes(encode_wav(SOUND, rate_hz=16_000))
    (folder / "slice.pcm").write_bytes(SOUND[:6_400])


async def test_every_command_of_the_page_works(serve, tmp_path) -> None:
    prepare(tmp_path)
    script = "set -e\n" + "\necho; echo ====\n".join(blocks("bash"))
    async with serve() as running:
        shell = await asyncio.create_subprocess_exec(
            "bash",
            "-c",
            script,
            cwd=tmp_path,
            env={**os.environ, "ASHA": running.url, "no_proxy": "*"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await shell.communicate()
    shell._transport.close()  # type: ignore[attr-defined]  # else it warns when collected
    assert shell.returncode == 0, err.decode()
    made, typed, spoken, stream, slice_, words, changed, figures = out.decode().split("\n====\n")
    assert made.strip() == ""
    for turn in (typed, spoken):
        assert "event: response.output_audio.delta" in turn
        assert "event: asha.cost.report" in turn
    assert "data: " in stream
    assert '"next_seq":1' in slice_
    assert '"turn_id":"turn_' in words
    assert '"language":"hi"' in changed and '"role":"assistant"' in changed
    assert '"status":"ok"' in figures and "clocks_ms" in figures
    assert "error" not in made + slice_ + words + changed + figures


async def test_the_page_s_client_code_works(serve, tmp_path) -> None:
    prepare(tmp_path)
    [code] = blocks("python")
    code = code.replace('open("question.wav", "rb")', f'open("{tmp_path}/question.wav", "rb")')
    found: dict[str, object] = {}

    def run(url: str) -> None:
        names: dict[str, object] = {"ASHA": url}
        exec(code, names)
        found.update(names)
        client = names["client"]
        assert isinstance(client, openai.OpenAI)
        client.close()

    async with serve() as running:
        await asyncio.to_thread(run, running.url)
    assert found["text"].text == "hello there"  # type: ignore[attr-defined]
    assert found["speech"].content[:4] == b"RIFF"  # type: ignore[attr-defined]
    assert "Namaste" in found["answer"].choices[0].message.content  # type: ignore[attr-defined]
