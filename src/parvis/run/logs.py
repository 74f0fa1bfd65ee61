"""Structured logs on the error output: an event's name and its fields, a line each."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

_PLAIN = frozenset(vars(logging.LogRecord("", 0, "", 0, "", None, None))) | {"message", "asctime"}
_KEPT = 500


def set_up(form: Literal["plain", "json"], out: TextIO | None = None) -> None:
    """Send every log line of this process to `out` (the error output)."""
    handler = logging.StreamHandler(out or sys.stderr)
    handler.setFormatter(Json() if form == "json" else Plain())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("parvis").setLevel(logging.INFO)
    # It warns of each malformed request: whoever sends them would write our log.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """What was given as `extra`, and where a bug happened."""
    found = {name: value for name, value in vars(record).items() if name not in _PLAIN}
    if record.exc_info and record.exc_info[1] is not None:
        error, trace = record.exc_info[1], record.exc_info[2]
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        found.setdefault("error", type(error).__name__)
        if trace is not None:
            found["at"] = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
    return found


class Plain(logging.Formatter):
    """`12:00:00 warning source.broken source=hook says="…"`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        at = datetime.fromtimestamp(record.created).strftime("%H:%M:%S")
        said = [at, record.levelname.lower(), _one_line(record.getMessage())]
        said += [f"{name}={_shown(value)}" for name, value in fields_of(record).items()]
        return " ".join(said)


class Json(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        head = {"at": at, "level": record.levelname.lower(), "event": record.getMessage()}
        return json.dumps({**head, **fields_of(record)}, default=str, ensure_ascii=False)


def _shown(value: object) -> str:
    text = _one_line(str(value))
    return json.dumps(text, ensure_ascii=False) if " " in text or '"' in text else text


def _one_line(text: str) -> str:
    # a line that was made up by somebody else stays one line, and moves no terminal's cursor
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text[:_KEPT]).split())
