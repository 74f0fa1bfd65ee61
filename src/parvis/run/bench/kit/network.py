"""A simulated Mastodon server as pages of other walls need it: readable from any origin, over
HTTPS too, with pictures, and beside it the built peers, packed as any web server packs them.

    python -m parvis.run.bench.kit.network HTTP_PORT HTTPS_PORT CERTIFICATE [PORT=FOLDER …]
"""

from __future__ import annotations

import asyncio
import gzip
import mimetypes
import random
import ssl
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web

from parvis.sim import mastodon
from parvis.sim.mastodon.rest import answer_json
from parvis.sim.mastodon.status import Draft, Status, now_ms
from parvis.sim.mastodon.world import World

TAG = "parvis"
PACKED = (".html", ".js", ".css", ".svg", ".json")
EVERYBODY = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Expose-Headers": "*",
}
ENDLESS = 10**9
PICTURE = (960, 640)
SPEECH = (
    "stage light crowd coffee keynote river museum team launch shop window paper street green blue "
    "wave photo music garden bridge concert finish start medal bike runner"
)
WORDS = SPEECH.split()


class Talkative(World):
    """Gives the whole timeline, whatever is asked for: so many posts really are on the page."""

    def timeline(self, wanted: Callable[[Status], bool], query: dict[str, str]) -> list[Status]:
        """Newest first, between the ids that are asked for."""
        after = int(query.get("min_id") or query.get("since_id") or 0)
        before = int(query.get("max_id") or 2**63)
        found = [one for one in self.statuses.values() if wanted(one)]
        found = [one for one in found if after < int(one["id"]) < before]
        return sorted(found, key=lambda one: -int(one["id"]))


class Writer:
    """Writes posts, the same for the same numbers: every third has a picture."""

    def __init__(self, world: World, base: str) -> None:
        self._world, self._base = world, base
        self._number = 0

    def write(self, count: int, *, spread_ms: int = 0) -> list[str]:
        """The ids of new posts; older by `spread_ms` each, so that a page has a past."""
        return [self._one(spread_ms * (count - at)) for at in range(count)]

    def _one(self, before_ms: int) -> str:
        self._number += 1
        order = random.Random(self._number)  # noqa: S311 - a bench text
        words = " ".join(order.choice(WORDS) for _ in range(order.randrange(8, 45)))
        picture = {"url": f"{self._base}/bench/{self._number % 40}.png"}
        draft = Draft(
            text=f"{words} {self._number} #{TAG}",
            author=f"user{order.randrange(60)}",
            media=(picture,) if self._number % 3 == 0 else (),
            at_ms=now_ms() - before_ms if before_ms else 0,
        )
        return str(self._world.post(draft, self._base)["id"])


def picture(number: int) -> bytes:
    """A PNG of some colours: cheap to make, and costs the browser a real decoding."""
    order = random.Random(number)  # noqa: S311 - a bench picture
    width, height = PICTURE
    one, other = (bytes(order.randrange(60, 255) for _ in range(3)) * 8 for _ in range(2))
    rows = []
    for y in range(height):
        bright = (one + other if y // 24 % 2 else other + one) * (width // 16 + 1)
        rows.append(b"\0" + bright[y % 3 * 3 :][: width * 3])

    def chunk(kind: bytes, data: bytes) -> bytes:
        whole = kind + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"".join(rows), 6))
    return b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")


def square(base: str) -> web.Application:
    """The network; `POST /bench/publish {"count": 3}` writes on it."""
    world = Talkative(limit=ENDLESS)
    app = mastodon.serve(world, tag=TAG)
    writer = Writer(world, base)
    drawn: dict[str, bytes] = {}

    async def publish(request: web.Request) -> web.Response:
        asked: dict[str, Any] = msgspec.json.decode(await request.read())
        return answer_json(writer.write(**asked))

    async def show(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in drawn:
            drawn[name] = picture(int(name.partition(".")[0]))
        kept = {"Cache-Control": "public, max-age=3600"}
        return web.Response(body=drawn[name], content_type="image/png", headers=kept)

    async def face(_request: web.Request) -> web.Response:
        return web.Response(body=picture(7), content_type="image/png")

    async def allow(_request: web.Request) -> web.Response:
        return web.Response(status=204)

    async def open_up(_request: web.Request, answer: web.StreamResponse) -> None:
        answer.headers.update(EVERYBODY)

    app.router.add_post("/bench/publish", publish)
    app.router.add_get(r"/bench/{name:\d+\.png}", show)
    app.router.add_get("/avatars/original/missing.png", face)
    app.router.add_route("OPTIONS", "/{any:.*}", allow)
    app.on_response_prepare.append(open_up)
    return app


def shop(folder: Path) -> web.Application:
    """A built page, each file packed once."""
    root = folder.resolve()
    packed: dict[Path, bytes] = {}

    async def give(request: web.Request) -> web.Response:
        file = (root / (request.match_info["path"] or "index.html")).resolve()
        if not file.is_relative_to(root) or not file.is_file():
            raise web.HTTPNotFound
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        if file.suffix not in PACKED:
            return web.Response(body=file.read_bytes(), content_type=kind)
        if file not in packed:
            packed[file] = gzip.compress(file.read_bytes(), 9, mtime=0)
        held = {"Content-Encoding": "gzip", "Content-Type": kind}
        return web.Response(body=packed[file], headers=held)

    app = web.Application()
    app.router.add_get("/{path:.*}", give)
    return app


async def main(http: int, https: int, certificate: Path, shops: dict[int, Path]) -> None:
    """Serve until ended."""
    secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secure.load_cert_chain(certificate)
    app = web.AppRunner(square(f"http://127.0.0.1:{http}"), access_log=None, shutdown_timeout=0.1)
    await app.setup()
    for port, folder in shops.items():
        runner = web.AppRunner(shop(folder), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
    await web.TCPSite(app, "127.0.0.1", https, ssl_context=secure).start()
    await web.TCPSite(app, "127.0.0.1", http).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    given = (one.partition("=") for one in sys.argv[4:])
    folders = {int(port): Path(folder) for port, _, folder in given}
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), folders))
