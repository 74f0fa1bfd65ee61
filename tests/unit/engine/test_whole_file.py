"""A file is there whole or as it was, and for its owner alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from parvis.engine.whole_file import write_whole


def test_what_stood_is_replaced_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [path]
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_disk_that_fails_leaves_what_stood_and_nothing_beside_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "kept"
    write_whole(path, b"one")

    def full(handle: int) -> None:
        raise OSError(28, "full")

    monkeypatch.setattr("parvis.engine.whole_file._sync", full)
    with pytest.raises(OSError, match="full"):
        write_whole(path, b"two")
    assert path.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [path]
