"""Names looked up, and every answer checked by the guard."""

from __future__ import annotations

import asyncio
import socket

from aiohttp.abc import AbstractResolver, ResolveResult

from parvis.plug.egress import Egress


class CheckedResolver(AbstractResolver):
    """Resolves by `inner` and lets the answers through only when `egress` accepts all of them."""

    def __init__(self, egress: Egress, inner: AbstractResolver | None = None) -> None:
        self._egress = egress
        self._inner = inner or SystemResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The checked addresses of `host`; raises `Refused` or OSError."""
        answers = await self._inner.resolve(host, port, family)
        self._egress.resolved(host, port, [answer["host"] for answer in answers])
        return answers

    async def close(self) -> None:
        """Lets go of the inner resolver."""
        await self._inner.close()


class SystemResolver(AbstractResolver):
    """What the system's own `getaddrinfo` says, numerically."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of `host`; raises OSError when there are none."""
        loop = asyncio.get_running_loop()
        infos = await loop.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
        return [
            ResolveResult(
                hostname=host,
                host=str(where[0]),
                port=port,
                family=found,
                proto=proto,
                flags=socket.AI_NUMERICHOST,
            )
            for found, _, proto, _, where in infos
        ]

    async def close(self) -> None:
        """Nothing to let go of."""
