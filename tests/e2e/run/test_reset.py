"""`parvis reset`: the way back in for whoever has lost their password, on this machine alone."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.run.up import EVENT, Up, parvis

PASSWORD = "lanterns over rose stone"


def post(base: str, path: str, said: object) -> Any:
    request = urllib.request.Request(  # noqa: S310 - our own program on loopback
        base + path,
        data=json.dumps(said).encode(),
        headers={"content-type": "application/json", "origin": base},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return json.loads(answer.read())


@pytest.fixture
def begun(tmp_path: Path, up: Up) -> tuple[Path, Any, str]:
    """A house with one owner, running."""
    (tmp_path / "square.toml").write_text(EVENT)
    running = up("square.toml", "--data", "data", "--port", "0")
    base = running.ready().rstrip("/")
    link = next(line for line in running.out.read_text().split() if "#first=" in line)
    maud = {"name": "Maud", "email": "maud@example.org", "password": PASSWORD, "lang": "fr"}
    post(base, "/api/first", {"token": link.partition("#first=")[2], **maud})
    return tmp_path, running, base


def test_a_sole_owner_comes_back_in(begun: tuple[Path, Any, str]) -> None:
    folder, running, base = begun
    done = parvis(folder, "reset", " Maud@example.org", "--data", "data")
    assert done.returncode == 0, done.stderr
    link, says = done.stdout.splitlines()
    assert link.startswith(f"{base}/studio#reset=")
    assert says == "It opens once, within 24 hours, and ends every session of Maud."
    token = link.partition("#reset=")[2]
    me = post(base, "/api/reset", {"token": token, "password": "rose stone over lanterns"})
    assert (me["name"], me["role"]) == ("Maud", "owner")
    lost = parvis(folder, "reset", "bo@example.org", "--data", "data")
    assert lost.returncode == 2
    assert "Nobody signs in with bo@example.org; there are maud@example.org." in lost.stderr
    running.stop()
    alone = parvis(folder, "reset", "maud@example.org", "--data", "data")
    assert alone.returncode == 0 and "/studio#reset=" in alone.stdout
    nowhere = parvis(folder, "reset", "maud@example.org", "--data", "none")
    assert nowhere.returncode == 2 and "There is no data folder none" in nowhere.stderr
