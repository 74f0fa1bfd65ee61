from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest
from starlette.routing import Route, Router

from parvis.web.static_files import Static
from tests.asgi import ask


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "static" / "wall").mkdir(parents=True)
    (tmp_path / "static" / "wall" / "player.js").write_text("let player = 1;\n" * 50)
    (tmp_path / "static" / "wall" / "page.html").write_text("<p>")
    (tmp_path / "secret.js").write_text("no")
    return tmp_path / "static"


def app(folder: Path) -> Router:
    return Router([Route("/static/{path:path}", Static(folder).answer)])


async def test_a_file_is_kept_for_ever_under_its_content(folder: Path) -> None:
    address = Static(folder).address("wall/player.js")
    path, _, mark = address.partition("?v=")
    answer = await ask(app(folder), path, params={"v": mark})
    assert answer.status == 200
    assert "immutable" in answer.headers["cache-control"]
    stale = await ask(app(folder), path, params={"v": "0"})
    assert "immutable" not in stale.headers["cache-control"]
    again = await ask(app(folder), path, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status, again.body) == (304, b"")


async def test_a_new_build_has_a_new_address(folder: Path) -> None:
    static = Static(folder)
    before = static.address("wall/player.js")
    (folder / "wall" / "player.js").write_text("let player = 2;")
    os.utime(folder / "wall" / "player.js", ns=(1, 1))
    assert static.address("wall/player.js") != before


async def test_compressed_for_whoever_reads_it(folder: Path) -> None:
    packed = await ask(
        app(folder), "/static/wall/player.js", headers={"accept-encoding": "br, gzip"}
    )
    assert packed.headers["content-encoding"] == "gzip"
    plain = await ask(
        app(folder), "/static/wall/player.js", headers={"accept-encoding": "gzip;q=0"}
    )
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(packed.body) == plain.body


@pytest.mark.parametrize(
    "path",
    ["../secret.js", "wall/../../secret.js", "wall/page.html", "wall", ".built-from", "/etc/passwd",
     "wall//player.js", "wall/player.js\x00", "nothing.js", "", "wall\\player.js"],
)  # fmt: skip
async def test_nothing_else_can_be_named(folder: Path, path: str) -> None:
    assert (await ask(app(folder), f"/static/{path}")).status == 404


async def test_a_link_out_of_the_folder_is_not_followed(folder: Path) -> None:
    (folder / "out.js").symlink_to(folder.parent / "secret.js")
    assert (await ask(app(folder), "/static/out.js")).status == 404


def test_a_file_that_is_not_built_still_has_an_address(folder: Path) -> None:
    assert Static(folder).address("layouts/none.js") == "/static/layouts/none.js"
    assert not Static(folder).has("layouts/none.js")
