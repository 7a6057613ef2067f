"""A checkpoint's own process: `python -m asha.providers.llm.local_worker NAME`, frames on pipes.

Questions are answered one after the other; one that is given up stops between two tokens. Frames
are those of the embedded engine (asha/engine/frames.py).
"""

import base64
import json
import os
import queue
import sys
import threading
from collections.abc import Sequence
from typing import IO, Any

import numpy as np

from asha.core.audio import Clip
from asha.core.errors import AshaError
from asha.core.message import Message, Part, Sound, Text, ToolCall, ToolResult
from asha.engine.frames import ANSWER, END, ERROR, PIECE, READY, STOP, Frame, packed, read_frame


def to_body(messages: Sequence[Message], max_tokens: int) -> bytes:
    """A question as the worker reads it: JSON, sound as float32 in base64."""
    rows = [
        {"role": message.role, "parts": [_to_row(part) for part in message.parts]}
        for message in messages
    ]
    return json.dumps({"messages": rows, "max_tokens": max_tokens}).encode()


def from_body(body: bytes) -> tuple[list[Message], int]:
    """The question again."""
    told = json.loads(body)
    messages = [
        Message(row["role"], tuple(_from_row(part) for part in row["parts"]))
        for row in told["messages"]
    ]
    return messages, told["max_tokens"]


def main() -> None:
    """Serve until stdin ends."""
    # Whatever a library prints must not come between the frames.
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        from asha.model.chat import open_chat

        chat = open_chat(sys.argv[1], num_threads=int(os.environ.get("OMP_NUM_THREADS", "1")))
    except AshaError as error:
        _write(out, packed(ERROR, 0, 0, _told(error)))
        return
    except ImportError:
        message = "It needs torch and transformers; pip install 'asha[lab]'."
        body = json.dumps({"kind": "BadCheckpoint", "message": message}).encode()
        _write(out, packed(ERROR, 0, 0, body))
        return
    _write(out, packed(READY, 0))
    given_up: set[int] = set()
    questions: queue.Queue[Frame | None] = queue.Queue()
    threading.Thread(target=_read, args=(questions, given_up), daemon=True).start()
    while (frame := questions.get()) is not None:
        _answer(chat, frame, given_up, out)


def _answer(chat: Any, frame: Frame, given_up: set[int], out: IO[bytes]) -> None:
    from asha.model.chat import Sampling

    _, number, _, body = frame
    messages, max_tokens = from_body(body)
    try:
        for piece in chat.reply(
            messages,
            sampling=Sampling(max_new_tokens=max_tokens),
            is_cancelled=lambda: number in given_up,
        ):
            _write(out, packed(PIECE, number, 0, piece.encode("utf-8", "replace")))
        _write(out, packed(END, number))
    except AshaError as error:
        _write(out, packed(ERROR, number, 0, _told(error)))
    given_up.discard(number)


def _read(questions: "queue.Queue[Frame | None]", given_up: set[int]) -> None:
    while (frame := read_frame(sys.stdin.buffer)) is not None:
        if frame[0] == STOP:
            given_up.add(frame[1])
        elif frame[0] == ANSWER:
            questions.put(frame)
    questions.put(None)


def _write(out: IO[bytes], frame: bytes) -> None:
    out.write(frame)
    out.flush()


def _told(error: AshaError) -> bytes:
    return json.dumps({"kind": type(error).__name__, "message": error.message}).encode()


def _to_row(part: Part) -> dict[str, Any]:
    match part:
        case Text(text=text):
            return {"text": text}
        case Sound(clip=clip):
            pcm = np.ascontiguousarray(clip.samples, np.float32).tobytes()
            return {"sound": base64.b64encode(pcm).decode(), "rate_hz": clip.rate_hz}
        case ToolCall(call_id=call_id, name=name, arguments=arguments):
            return {"call_id": call_id, "name": name, "arguments": arguments}
        case ToolResult(call_id=call_id, output=output):
            return {"call_id": call_id, "output": output}


def _from_row(row: dict[str, Any]) -> Part:
    if "sound" in row:
        samples = np.frombuffer(base64.b64decode(row["sound"]), np.float32)
        return Sound(Clip(samples, row["rate_hz"]))
    if "name" in row:
        return ToolCall(row["call_id"], row["name"], row["arguments"])
    if "output" in row:
        return ToolResult(row["call_id"], row["output"])
    return Text(row["text"])


if __name__ == "__main__":
    main()
