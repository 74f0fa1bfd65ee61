"""`parvis up --recipe` and `--demo` as people run them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from parvis.run.local_call import call
from parvis.run.recipe import recipes
from tests.e2e.run.up import Up, parvis
from tests.waiting import until_now


def asked(folder: Path, path: str) -> Any:
    reply = call(folder / "data", "GET", path)
    assert reply is not None
    return reply.value()


def changed(folder: Path, wall: str, changes: str) -> None:
    rev = asked(folder, f"/api/walls/{wall}")["rev"]
    body = f'{{"rev": {rev}, "changes": {changes}}}'.encode()
    reply = call(folder / "data", "POST", f"/api/walls/{wall}", body)
    assert reply is not None and reply.status == 200, reply


def test_a_recipe_makes_a_wall_once_and_what_is_changed_stays(up: Up, tmp_path: Path) -> None:
    running = up("--recipe", "event", "--data", "data", "--port", "0")
    address = running.ready()
    until_now(lambda: "event-phone (phone): Waits to be called." in running.out.read_text())
    assert f"  phone   {address}/p/event" in running.out.read_text()
    changed(tmp_path, "event", '{"title": "Fête des Quais", "hashtags": ["quais26"]}')

    beside = parvis(tmp_path, "up", "--recipe", "event", "--data", "data")
    assert beside.returncode == 0
    assert beside.stdout.splitlines()[0] == (
        "the recipe event: the wall event is there already and stays as it is"
    )
    another = parvis(tmp_path, "up", "--recipe", "shop", "--data", "data")
    assert another.stdout.splitlines()[0] == "the recipe shop: changed"
    assert running.stop() == 0

    again = up("--recipe", "event", "--data", "data", "--port", "0")
    again.ready()
    wall = asked(tmp_path, "/api/walls/event")
    assert (wall["title"], wall["hashtags"]) == ("Fête des Quais", ["quais26"])
    assert "stays as it is" in again.err.read_text()
    assert {one["id"] for one in asked(tmp_path, "/api/walls")["walls"]} == {"event", "shop"}
    assert again.stop() == 0
    assert "Traceback" not in again.err.read_text()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--recipe", "evnt"], f"There is no recipe 'evnt'; there are {', '.join(recipes())}."),
        (["x.toml", "--recipe", "event"], "Give an event file or --recipe, not both"),
        (["--recipe", "event", "--dry-run"], "--dry-run needs an event file"),
    ],
)
def test_a_wrong_recipe_gets_one_sentence(tmp_path: Path, words: list[str], says: str) -> None:
    told = parvis(tmp_path, "up", *words)
    assert (told.returncode, told.stderr.count("\n")) == (2, 1)
    assert says in told.stderr
    assert not list(tmp_path.iterdir()), "nothing is made"


def test_the_demo_opens_full_takes_phones_and_keeps_changes(up: Up, tmp_path: Path) -> None:
    running = up("--demo", "--data", "data", "--port", "0")
    running.ready()
    assert "the walls show no QR code" in until_now(running.out.read_text)

    def full() -> bool:
        first = asked(tmp_path, "/api/walls/demo/snapshot")["cards"]
        spoken = {card.get("lang") for card in first}
        return len(first) > 20 and spoken >= {"en", "fr", "es", "ar", "ja"}

    until_now(full, 10.0)

    def roads() -> bool:
        cards = asked(tmp_path, "/api/walls/demo/snapshot")["cards"]
        return {card["network"] for card in cards} == {"mastodon", "phone", "webhook"}

    until_now(roads, 40.0)
    changed(tmp_path, "demo", '{"title": "Mine"}')
    assert running.stop() == 0
    assert "Traceback" not in running.err.read_text()
    assert "demo.unheard" not in running.err.read_text()
    again = up("--demo", "--data", "data", "--port", "0")
    again.ready()
    assert asked(tmp_path, "/api/walls/demo")["title"] == "Mine"
    assert again.stop() == 0
