"""What is written to the log: events with fields. Never what was said, sound, or a key."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

from asha.speech.mask import mask

# Other people's packages write whole messages, headers and SQL values at their finer levels.
TALKATIVE = ("aiosqlite", "asyncio", "httpcore", "httpx", "multipart", "uvicorn", "websockets")
MAX_FIELD_CHARS = 300


def configure_logs(level: str, *, to: TextIO | None = None) -> None:
    """Everybody's log in one place (`to`, else stderr), from `level` on: debug, info, ..."""
    handler = logging.StreamHandler(to or sys.stderr)
    handler.setFormatter(_Discreet())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            masked,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(root.level),
        cache_logger_on_first_use=False,
    )


def masked(_: Any, __: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Texts without personal data and not long: a last net, nobody logs what was said."""
    return {
        name: mask(value)[:MAX_FIELD_CHARS] if isinstance(value, str) else value
        for name, value in fields.items()
    }


class _Discreet(logging.Formatter):
    """One line a record. Of an exception its kind and its place: its message may quote anybody."""

    def format(self, record: logging.LogRecord) -> str:
        if record.name.partition(".")[0] in TALKATIVE or record.exc_info:
            message = str(record.msg)  # without its arguments
        else:
            message = record.getMessage()
        line = mask(message)[: 4 * MAX_FIELD_CHARS]
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return line
        return f"{line} fault={type(error).__name__} at={_place(error)}"


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    if trace is None:
        return "?"
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
