"""A certificate authority that checks what it is sent as strictly as RFC 8555 asks, and issues from
a root of its own. It maps every name to the loopback.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import secrets
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from aiohttp import web
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509.oid import NameOID

from parvis.sim import serving

DAY = timedelta(days=1)
PROBLEM = "urn:ietf:params:acme:error:"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def plain(text: str) -> bytes:
    if "=" in text:
        raise Wrong("malformed", "base64url has no padding")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def signed_by(jwk: dict[str, str]) -> str:
    canonical = json.dumps({name: jwk[name] for name in sorted(jwk)}, separators=(",", ":"))
    digest = hashlib.sha256(canonical.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class Wrong(Exception):
    def __init__(self, kind: str, detail: str, status: int = 400, **headers: str) -> None:
        super().__init__(detail)
        self.kind, self.status, self.headers = kind, status, headers


@dataclass
class Order:
    name: str
    account: str
    status: str = "pending"
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    proof: str = "pending"
    error: dict[str, str] | None = None
    chain: bytes = b""


@dataclass
class Authority:
    """`steps` is what it was asked, in order. `hold` is a step that it does not answer until
    `go_on` is set; `refuse` an error for a step, as often as given.
    """

    challenge_port: int = 0
    days: float = 90
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    steps: list[str] = field(default_factory=list)
    hold: str = ""
    held: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    refuse: dict[str, list[Wrong]] = field(default_factory=dict)
    chain_of: str = ""
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)
    port: int = 0

    def __post_init__(self) -> None:
        self._nonces: set[str] = set()
        self._key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Root of the tests")])
        self.root = (
            self._builder(name, name, self._key.public_key(), timedelta(days=36500))
            .add_extension(x509.BasicConstraints(True, None), critical=True)
            .sign(self._key, hashes.SHA256())
        )

    @property
    def directory(self) -> str:
        return f"http://127.0.0.1:{self.port}/directory"

    def trusting(self) -> ssl.SSLContext:
        """A client's, which knows this root alone."""
        pem = self.root.public_bytes(serialization.Encoding.PEM).decode()
        return ssl.create_default_context(cadata=pem)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Authority]:
        app = web.Application()
        app.router.add_get("/directory", self._directory)
        app.router.add_get("/nonce", self._nonce)
        for step in ("account", "order", "look", "authz", "proof", "finalize", "certificate"):
            app.router.add_post(f"/{step}{{at:(/[0-9]+)?}}", self._signed)
        async with serving(app, port=self.port) as base:
            self.port = int(base.rpartition(":")[2])
            yield self
            self.go_on.set()

    async def _directory(self, request: web.Request) -> web.Response:
        self.steps.append("directory")
        base = str(request.url.origin())
        named = {"newNonce": "nonce", "newAccount": "account", "newOrder": "order"}
        return web.json_response({name: f"{base}/{path}" for name, path in named.items()})

    async def _nonce(self, request: web.Request) -> web.Response:
        return web.Response(status=204, headers=self._fresh())

    def _fresh(self) -> dict[str, str]:
        nonce = secrets.token_urlsafe(16)
        self._nonces.add(nonce)
        return {"Replay-Nonce": nonce, "Cache-Control": "no-store"}

    async def _signed(self, request: web.Request) -> web.Response:
        answer: web.Response
        step, _, at = request.path.strip("/").partition("/")
        self.steps.append(step)
        try:
            account, jwk, payload = self._checked(request, await request.json())
            if waiting := self.refuse.get(step):
                raise waiting.pop(0)
            answer = await getattr(self, f"_on_{step}")(request, at, account, jwk, payload)
        except Wrong as wrong:
            said = {"type": PROBLEM + wrong.kind, "detail": str(wrong)}
            answer = web.json_response(said, status=wrong.status, headers=wrong.headers)
        answer.headers.update(self._fresh())
        if self.hold == step:
            self.held.set()
            await self.go_on.wait()
        return answer

    def _checked(self, request: web.Request, body: dict[str, str]) -> tuple[str, Any, Any]:
        if request.headers.get("Content-Type") != "application/jose+json":
            raise Wrong("malformed", "another content type", 415)
        head = json.loads(plain(body["protected"]))
        if head["nonce"] not in self._nonces:
            raise Wrong("badNonce", "that nonce is not ours, or was used")
        self._nonces.discard(head["nonce"])
        if head["alg"] != "ES256" or head["url"] != str(request.url):
            raise Wrong("malformed", "another algorithm or address is signed")
        if ("jwk" in head) == ("kid" in head) or ("jwk" in head) != (request.path == "/account"):
            raise Wrong("malformed", "jwk at newAccount, kid everywhere else")
        if "kid" in head and head["kid"] not in self.accounts:
            raise Wrong("accountDoesNotExist", "no such account")
        jwk = head.get("jwk") or self.accounts[head["kid"]]["jwk"]
        x, y = (int.from_bytes(plain(jwk[name])) for name in ("x", "y"))
        key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        made = plain(body["signature"])
        signature = encode_dss_signature(int.from_bytes(made[:32]), int.from_bytes(made[32:]))
        signed = f"{body['protected']}.{body['payload']}".encode()
        try:
            key.verify(signature, signed, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            raise Wrong("malformed", "the signature does not verify") from None
        payload = json.loads(plain(body["payload"])) if body["payload"] else None
        return head.get("kid", ""), jwk, payload

    async def _on_account(
        self, request: web.Request, at: str, account: str, jwk: Any, payload: Any
    ) -> web.Response:
        if payload.get("termsOfServiceAgreed") is not True:
            raise Wrong("userActionRequired", "agree to the terms", 403)
        url = f"{request.url.origin()}/account/{signed_by(jwk)}"
        known = url in self.accounts
        self.accounts.setdefault(url, {"jwk": jwk, "contact": payload.get("contact")})
        status = 200 if known else 201
        return web.json_response({"status": "valid"}, status=status, headers={"Location": url})

    async def _on_order(
        self, request: web.Request, at: str, account: str, jwk: Any, payload: Any
    ) -> web.Response:
        (wanted,) = payload["identifiers"]
        self.orders.append(Order(wanted["value"], account))
        number = len(self.orders) - 1
        said = self._said(request, number)
        url = f"{request.url.origin()}/look/{number}"
        return web.json_response(said, status=201, headers={"Location": url})

    def _mine(self, at: str, account: str) -> Order:
        order = self.orders[int(at)]
        if order.account != account:
            raise Wrong("unauthorized", "that order is of another account", 403)
        return order

    def _said(self, request: web.Request, number: int) -> dict[str, Any]:
        order, base = self.orders[number], str(request.url.origin())
        said: dict[str, Any] = {"status": order.status}
        said |= {"authorizations": [f"{base}/authz/{number}"]}
        said |= {"finalize": f"{base}/finalize/{number}", "error": order.error}
        return said | ({"certificate": f"{base}/certificate/{number}"} if order.chain else {})

    async def _on_look(
        self, request: web.Request, at: str, account: str, jwk: Any, payload: Any
    ) -> web.Response:
        self._mine(at, account)
        return web.json_response(self._said(request, int(at)))

    async def _on_authz(
        self, request: web.Request, at: str, account: str, jwk: Any, payload: Any
    ) -> web.Response:
        order = self._mine(at, account)
        url = f"{request.url.origin()}/proof/{at}"
        challenge: dict[str, Any] = {
            "type": "http-01",
            "url": url,
            "token": order.token,
            "status": order.proof,
        }
        challenge |= {"error": order.error} if order.error else {}
        other = {"type": "dns-01", "url": f"{url}0", "token": "x", "status": "pending"}
        said = {"status": order.proof, "challenges": [other, challenge]}
        return web.json_response(said, headers={"Retry-After": "0"})

    async def _on_proof(
        self, request: web.Request, at: str, account: str, jwk: Any, payload: Any
    ) -> web.Response:
        order = self._mine(at, account)
        found = await self._looked(order)
        order.proof = "valid" if found == f"{order.token}.{signed_by(jwk)}" else "invalid"
        order.status = "ready" if order.proof == "valid" else "invalid"
        if order.proof == "invalid":
            order.error = {"type": PROBLEM + "unauthorized", "detail": f"saw {found[:40]!r}"}
        return web.json_response({"status": "processing"})

    async def _looked(self, order: Order) -> str:
        """Port 80 of the name, which the tests map."""
        url = f"http://127.0.0.1:{self.challenge_port}/.well-known/acme-challenge/{order.token}"
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.get(url, headers={"Host": order.name}, allow_redirects=False) as reply,
            ):
                return await reply.text() if reply.status == 200 else f"status {reply.status}"
        except aiohttp.ClientError as error:
            return type(error).__name__

    async def _on_finalize(
        self, request: web.Request, at: str, account: str, jwk: Any, payload: Any
    ) -> web.Response:
        order = self._mine(at, account)
        if order.status != "ready":
            raise Wrong("orderNotReady", f"the order is {order.status}", 403)
        csr = x509.load_der_x509_csr(plain(payload["csr"]))
        named = csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        if not csr.is_signature_valid or named.get_values_for_type(x509.DNSName) != [order.name]:
            raise Wrong("badCSR", "the request is for another name or not signed")
        leaf = (
            self._builder(csr.subject, self.root.subject, csr.public_key(), DAY * self.days)
            .add_extension(
                x509.SubjectAlternativeName([x509.DNSName(self.chain_of or order.name)]), False
            )
            .sign(self._key, hashes.SHA256())
        )
        pem = (each.public_bytes(serialization.Encoding.PEM) for each in (leaf, self.root))
        order.chain, order.status = b"".join(pem), "valid"
        return web.json_response(self._said(request, int(at)))

    async def _on_certificate(
        self, request: web.Request, at: str, account: str, jwk: Any, payload: Any
    ) -> web.Response:
        order = self._mine(at, account)
        return web.Response(body=order.chain, content_type="application/pem-certificate-chain")

    def _builder(
        self, subject: x509.Name, issuer: x509.Name, key: Any, life: timedelta
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.now - timedelta(hours=1))
            .not_valid_after(self.now - timedelta(hours=1) + life)
        )
