from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from parvis.run import logs


@pytest.fixture(autouse=True)
def kept() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("parvis")
    server = logging.getLogger("uvicorn.error")
    before = (root.handlers[:], root.level, ours.level, server.level)
    yield
    root.handlers[:], ours.level = before[0], before[2]
    server.setLevel(before[3])
    root.setLevel(before[1])


def written(form: str) -> str:
    out = io.StringIO()
    logs.set_up(form, out)  # type: ignore[arg-type]
    log = logging.getLogger("parvis.test")
    log.warning("source.broken", extra={"source": "hook", "says": "It\nis gone."})
    try:
        raise ValueError("a name and its words")
    except ValueError:
        log.exception("source.bug")
    logging.getLogger("other").info("not ours")
    return out.getvalue()


def test_plain_lines_are_one_line_each() -> None:
    first, second = written("plain").splitlines()
    assert first[8:] == ' warning source.broken source=hook says="It is gone."'
    assert "source.bug error=ValueError at=" in second
    assert "a name and its words" not in second


def test_json_lines_are_objects() -> None:
    first, second = [json.loads(line) for line in written("json").splitlines()]
    assert (first["event"], first["source"], first["level"]) == ("source.broken", "hook", "warning")
    assert second["error"] == "ValueError"
    assert "a name" not in json.dumps(second)


def test_what_somebody_else_wrote_moves_no_cursor() -> None:
    out = io.StringIO()
    logs.set_up("plain", out)
    says = "\x1b[2Jgone\x9b31m \u202eback"
    logging.getLogger("parvis.test").warning("source.broken", extra={"says": says})
    assert out.getvalue()[8:] == ' warning source.broken says="[2Jgone 31m back"\n'


def test_malformed_requests_do_not_write_the_log() -> None:
    out = io.StringIO()
    logs.set_up("plain", out)
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
    assert out.getvalue() == ""
    logging.getLogger("uvicorn.error").error("Exception in ASGI application")
    assert "ASGI" in out.getvalue()
