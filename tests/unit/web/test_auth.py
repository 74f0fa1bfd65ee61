from __future__ import annotations

import stat
from pathlib import Path

import pytest

from parvis.core.errors import Refused
from parvis.web.auth import LOCAL, Keyring, bearer, key_of, make_key, well_formed


def scope(*authorization: str) -> dict[str, object]:
    return {"headers": [(b"authorization", value.encode()) for value in authorization]}


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    key = key_of(tmp_path)
    assert key_of(tmp_path) == key
    assert well_formed(key)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_keys_differ_and_a_slip_is_seen() -> None:
    key = make_key()
    assert key != make_key()
    assert len(key.encode()) > 55
    assert not well_formed(key[:-1] + ("a" if key[-1] != "a" else "b"))
    assert not well_formed(key.removeprefix("parvis_"))
    assert not well_formed("parvis_")


def test_a_given_key_stands_above_the_file(tmp_path: Path) -> None:
    assert key_of(tmp_path, "x" * 20) == "x" * 20
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(Refused, match="shorter than 20"):
        key_of(tmp_path, "short")


def test_only_the_key_opens() -> None:
    key = make_key()
    ring = Keyring(key)
    assert ring.opens(scope(f"Bearer {key}"))
    assert ring.opens(scope(f"bearer  {key}"))
    for given in ("", "Bearer", "Bearer x", f"Basic {key}", key, f"Bearer {key}x"):
        assert not ring.opens(scope(given)), given
    assert not ring.opens({"headers": []})
    assert not ring.opens(scope(f"Bearer {key}", f"Bearer {key}")), "two are none"
    assert ring.opens({"headers": [], LOCAL: True})
    assert not ring.opens({"headers": [], LOCAL: "yes"})


def test_a_key_of_odd_bytes_is_only_wrong() -> None:
    assert bearer({"headers": [(b"authorization", b"Bearer \xff\xfe")]}) == "ÿþ"
    assert not Keyring("x" * 20).opens({"headers": [(b"authorization", b"Bearer \xff")]})


@pytest.mark.parametrize("left", [b"", b"\n", b"short\n", b"\x00" * 70, b"\xff" * 70, b"a b " * 20])
def test_a_key_file_that_a_power_cut_left_opens_nothing(tmp_path: Path, left: bytes) -> None:
    (tmp_path / "key").write_bytes(left)
    with pytest.raises(Refused, match=r"key.*remove that file"):
        key_of(tmp_path)


def test_without_a_key_nobody_is_let_in() -> None:
    assert not Keyring("").opens({"headers": []})
    assert not Keyring("").opens(scope(""))
    assert not Keyring("").opens(scope("Bearer "))


def test_a_key_that_cannot_be_sent_or_kept_is_told(tmp_path: Path) -> None:
    for given in ("é" * 30, " " * 30, "x" * 20 + "\x00"):
        with pytest.raises(Refused, match="blanks or signs"):
            key_of(tmp_path, given)
    (tmp_path / "key").mkdir()
    with pytest.raises(Refused, match="cannot be kept"):
        key_of(tmp_path)
