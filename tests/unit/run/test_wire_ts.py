"""frontend/kit/wire.ts is made from core/wire.py, and up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest

from parvis.run import wire_ts

ROOT = Path(__file__).parents[3]


def test_the_file_in_the_repository_is_up_to_date() -> None:
    assert wire_ts.main(["--check", "--target", str(ROOT / wire_ts.TARGET)]) == 0


def test_a_stale_or_missing_file_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "wire.ts"
    assert wire_ts.main(["--check", "--target", str(target)]) == 1
    target.write_text(wire_ts.render() + "\n", encoding="utf-8")
    assert wire_ts.main(["--check", "--target", str(target)]) == 1
    assert "run `python -m parvis.run.wire_ts`" in capsys.readouterr().out


def test_writing_makes_it_current(tmp_path: Path) -> None:
    target = tmp_path / "wire.ts"
    assert wire_ts.main(["--target", str(target)]) == 0
    assert wire_ts.main(["--check", "--target", str(target)]) == 0


@pytest.mark.parametrize(
    ("hint", "written"),
    [
        (str, "string"),
        (float, "number"),
        (Literal["a", "b"], '"a" | "b"'),
        (str | None, "string | null"),
        (tuple[int, ...], "readonly number[]"),
        (tuple[str | None, ...], "readonly (string | null)[]"),
        (tuple[float, float], "readonly [number, number]"),
        (dict[str, Any], "Readonly<Record<string, unknown>>"),
    ],
)
def test_types_are_translated(hint: Any, written: str) -> None:
    assert wire_ts.type_of(hint, {}) == written


@pytest.mark.parametrize("hint", [bytes, dict[int, str], set[str]])
def test_a_type_without_a_form_is_refused_by_name(hint: Any) -> None:
    with pytest.raises(TypeError, match="plainer type"):
        wire_ts.type_of(hint, {})


def test_what_the_server_may_leave_out_is_optional_with_its_default() -> None:
    text = wire_ts.render()
    assert "readonly entities?: readonly Entity[];" in text
    assert "readonly order: number;" in text
    assert "WallFace: { capacity: 50, panic: false }," in text
    assert 'readonly type: "show";' in text
