"""One order at an authority, from wherever it stands to the certificate (RFC 8555, 7.1.6, 7.4).

The order and its key are kept before anything is asked of it: whoever is killed in the middle goes
on with the same order, and spends none of the authority's limits twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from parvis.core.errors import Later, Refused
from parvis.plug.http import Reply
from parvis.run.acme.account import base64url, new_key, read_key, write_key
from parvis.run.acme.authority import Authority, words_of
from parvis.run.acme.safe import Pending, Safe, wrong_with

PAUSE_S = 2.0
LONGEST_PAUSE_S = 60.0
LOOKS = 40
"""How often an order is looked at before it is left for the next try."""

Pause = Callable[[float], Awaitable[None]]


class Ordering:
    """Brings orders for one name to their end. `answers` is what the plain port says at challenges,
    by token; `pause` waits for the authority.
    """

    def __init__(
        self,
        authority: Authority,
        safe: Safe,
        answers: MutableMapping[str, str],
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._authority = authority
        self._safe = safe
        self._answers = answers
        self._pause = pause

    async def certificate(self) -> bytes:
        """Key and chain, PEM; what is pending is only forgotten once the caller kept them."""
        await self._authority.enter()
        url, key, order = await self._taken_up() or await self._begun()
        for _ in range(LOOKS):
            reply: Reply | None = None
            match order.get("status"):
                case "pending":
                    for each in _addresses(order.get("authorizations")):
                        await self._prove(each)
                case "ready":
                    request = {"csr": base64url(_request(key, self._safe.name))}
                    await self._authority.ask(_address(order, "finalize"), request)
                case "processing":
                    pass
                case "valid":
                    return await self._fetched(order, key)
                case _:
                    self._safe.forget_pending()
                    why = words_of(order.get("error")) or "the order is not valid"
                    raise Refused(f"The authority gives no certificate: {why}")
            before = order.get("status")
            reply = await self._authority.ask(url)
            order = self._authority.read(reply)
            if order.get("status") == before:
                await self._wait(reply)
        raise Later("The authority has not come to a decision yet.")

    async def _taken_up(self) -> tuple[str, ec.EllipticCurvePrivateKey, dict[str, Any]] | None:
        """The order that was under way, if it is still good for something."""
        pending = self._safe.pending()
        if pending is None:
            return None
        try:
            key = read_key(pending.key.encode())
            order = self._authority.read(await self._authority.ask(pending.url))
        except (ValueError, Refused):
            order = {}
        if order.get("status") not in ("pending", "ready", "processing", "valid"):
            self._safe.forget_pending()
            return None
        return pending.url, key, order

    async def _begun(self) -> tuple[str, ec.EllipticCurvePrivateKey, dict[str, Any]]:
        key = new_key()
        url, order = await self._authority.order(self._safe.name)
        self._safe.keep_pending(Pending(url, write_key(key).decode()))
        return url, key, order

    async def _prove(self, url: str) -> None:
        """That the name is ours, by what the plain port answers there."""
        found = self._authority.read(await self._authority.ask(url))
        if found.get("status") != "pending":
            return
        challenge = next(
            (
                each
                for each in found.get("challenges") or ()
                if isinstance(each, dict) and each.get("type") == "http-01"
            ),
            None,
        )
        if challenge is None:
            raise Refused("The authority offers no challenge at port 80 for this name.")
        token = str(challenge.get("token", ""))
        self._answers[token] = self._authority.account.answer(token)
        try:
            if challenge.get("status") == "pending":
                await self._authority.ask(_address(challenge, "url"), {})
            for _ in range(LOOKS):
                reply = await self._authority.ask(url)
                found = self._authority.read(reply)
                if found.get("status") == "valid":
                    return
                if found.get("status") != "pending":
                    raise Refused(
                        f"The authority could not see that the name is ours: {_why(found)}"
                    )
                await self._wait(reply)
        finally:
            self._answers.pop(token, None)
        raise Later("The authority has not looked at port 80 yet.")

    async def _fetched(self, order: dict[str, Any], key: ec.EllipticCurvePrivateKey) -> bytes:
        reply = await self._authority.ask(_address(order, "certificate"))
        pem = write_key(key) + reply.body
        if wrong := wrong_with(pem, self._safe.name):
            self._safe.forget_pending()
            raise Refused(f"The authority gave a certificate that cannot be used: it {wrong}.")
        return pem

    async def _wait(self, reply: Reply) -> None:
        await self._pause(min(self._authority.wait_s(reply) or PAUSE_S, LONGEST_PAUSE_S))


def _request(key: ec.EllipticCurvePrivateKey, name: str) -> bytes:
    """The certificate signing request, DER."""
    common = [x509.NameAttribute(NameOID.COMMON_NAME, name)] if len(name) <= 64 else []
    return (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name(common))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )


def _address(of: dict[str, Any], name: str) -> str:
    found = of.get(name)
    if not isinstance(found, str):
        raise Later(f"The authority did not say where {name} is.")
    return found


def _addresses(found: Any) -> list[str]:
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def _why(authorization: dict[str, Any]) -> str:
    challenges = authorization.get("challenges")
    said = [
        words_of(each.get("error"))
        for each in (challenges if isinstance(challenges, list) else ())
        if isinstance(each, dict)
    ]
    return next(filter(None, said), f"it is {authorization.get('status')}")
