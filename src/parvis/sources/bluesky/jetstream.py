"""The stream: version 2 where the server speaks it, else version 1.

https://github.com/bluesky-social/jetstream (docs/README.md, read 2026-11). No account is needed.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from parvis.core.errors import Forbidden, Later, Refused
from parvis.plug.http import Http, Socket
from parvis.sources.bluesky.place import Place
from parvis.sources.bluesky.read import POST

V1, V2 = "/subscribe", "/xrpc/network.bsky.jetstream.subscribeEvents"
PROTOCOL = "xrpc.v1.json"
SILENCE_S = 65.0
"""Two pings missed, and no event of a whole network: the connection is dead."""
MOST_BYTES = 1024 * 1024


class Jetstream:
    """One server's stream."""

    def __init__(self, http: Http, base: str) -> None:
        self._http = http
        self._base = base
        self.host = base.partition("://")[2]
        self.silence_s = SILENCE_S
        self.version = 2
        """Which one the server was found to speak."""

    @asynccontextmanager
    async def open(self, place: Place, dids: Sequence[str]) -> AsyncGenerator[AsyncIterator[bytes]]:
        """The frames from `place` on; of `dids` alone where any are named.

        Raises `Later` when it cannot be reached, `Refused` when it will not stream.
        """
        async with self._either(place, dids) as socket:
            yield self._frames(socket)

    @asynccontextmanager
    async def _either(self, place: Place, dids: Sequence[str]) -> AsyncGenerator[Socket]:
        # a number may be too old for this server, or it may not know version 2: a time never is
        asks = [(2, place.cursor_for(self.host, 2)), (2, since := place.cursor_for("", 2))]
        asks = [*dict.fromkeys(asks), (1, since)]
        refused: Refused | None = None
        for version, cursor in asks:
            opened = False
            try:
                async with self._socket(version, cursor, dids) as socket:
                    self.version, opened = version, True
                    yield socket
                    return
            except Forbidden:
                raise
            except Refused as error:
                if opened:
                    raise
                refused = error
        if refused is not None:
            raise refused

    def _socket(
        self, version: int, cursor: int, dids: Sequence[str]
    ) -> AbstractAsyncContextManager[Socket]:
        names = ("wantedCollections", "wantedDids") if version == 1 else ("collections", "dids")
        params = [(names[0], POST), *((names[1], did) for did in dids)]
        if cursor:
            params.append(("cursor", str(cursor)))
        return self._http.websocket(
            self._base.replace("http", "ws", 1) + (V1 if version == 1 else V2),
            params=params,
            protocols=() if version == 1 else (PROTOCOL,),
            idle_s=self.silence_s,
            max_message=MOST_BYTES,
        )

    async def _frames(self, socket: Socket) -> AsyncIterator[bytes]:
        async for frame in socket.messages():
            yield frame
        raise Later(f"{self.host} closed the stream.")
