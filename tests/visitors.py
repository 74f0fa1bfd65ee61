"""What a phone sends, as a browser writes it."""

from __future__ import annotations

import json
import secrets
from typing import Any

from tests.asgi import Answered
from tests.street import Street

BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gW"
KIND = f"multipart/form-data; boundary={BOUNDARY}"
Files = tuple[tuple[str, str, str, bytes], ...]


def form_body(fields: dict[str, str], files: Files = ()) -> bytes:
    """The body; a file is (field, file name, kind, bytes)."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        + value.encode()
        + b"\r\n"
        for name, value in fields.items()
    ]
    parts += [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n'
        f"Content-Type: {kind}\r\n\r\n".encode()
        + body
        + b"\r\n"
        for name, file, kind, body in files
    ]
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def fields_of(now_ms: int, text: str = "Hello", **more: str) -> dict[str, str]:
    """A form filled in by a person ten seconds after the page was opened."""
    return {
        "lang": "en",
        "page": secrets.token_urlsafe(18),
        "who": "w" * 24,
        "stamp": str(now_ms - 10_000),
        "text": text,
        "name": "Nour",
        "consent": "1",
        "website": "",
        **more,
    }


async def send(
    street: Street,
    text: str = "Hello",
    *,
    files: Files = (),
    form: bool = False,
    headers: dict[str, str] | None = None,
    source: str = "room",
    client: tuple[str, int] = ("127.0.0.1", 50000),
    **more: str,
) -> Answered:
    """Through the phone page's door."""
    body = form_body(fields_of(street.house.clock(), text, **more), files)
    accept = "text/html,application/xhtml+xml" if form else "application/json"
    sent = {"content-type": KIND, "accept": accept, "sec-fetch-site": "same-origin"}
    answer = await street.ask(
        f"/in/{source}/post",
        method="POST",
        headers={**sent, "content-length": str(len(body)), **(headers or {})},
        body=body,
        client=client,
    )
    await street.house.road.idle()
    return answer


async def sent(street: Street, text: str = "Hello", **more: Any) -> str:
    """The word of the receipt."""
    answer = await send(street, text, **more)
    assert answer.status == 201, answer.body
    return str(json.loads(answer.body)["receipt"]).removeprefix("/r/")
