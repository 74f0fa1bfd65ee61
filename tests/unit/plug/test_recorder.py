"""A recording holds no secret and costs nothing when it cannot be written."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from parvis.core.errors import Refused
from parvis.plug.recorder import MAX_BODY, Exchange, Recorder, redact_headers, redact_url


def _exchange(**more: object) -> Exchange:
    fields: dict[str, object] = {
        "method": "GET",
        "url": "https://api.example/x",
        "asked": {},
        "status": 200,
        "headers": {},
        "body": b"",
        **more,
    }
    return Exchange(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "Proxy-Authorization",
        "Cookie",
        "Set-Cookie",
        "X-Api-Key",
        "X-Auth",
        "X-Hub-Signature",
        "X-CSRF-Token",
        "webhook-signature",
    ],
)
def test_secret_headers_are_blanked(name: str) -> None:
    assert redact_headers({name: "s3cret"}) == {name.lower(): "redacted"}


def test_other_headers_stay_and_addresses_in_them_are_blanked() -> None:
    told = redact_headers(
        {"ETag": "1", "Link": '<https://a.example/?access_token=s3cret&x=1>; rel="next"'}
    )
    assert told["etag"] == "1"
    assert told["link"] == '<https://a.example/?access_token=redacted&x=1>; rel="next"'


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://a.example/x?q=tag&lang=fr", "https://a.example/x?q=tag&lang=fr"),
        ("https://a.example/?access_token=s&q=1", "https://a.example/?access_token=redacted&q=1"),
        ("https://a.example/?key=s&sig=s&code=s", "https://a.example/?key=redacted&sig=redacted&code=redacted"),
        ("https://me:s@a.example/", "https://a.example/"),
        ("https://a.example/bot123:AAb-c_9/getUpdates", "https://a.example/botredacted/getUpdates"),
        ("https://a.example/#s", "https://a.example/"),
    ],
)  # fmt: skip
def test_secrets_in_an_address_are_blanked(url: str, told: str) -> None:
    assert redact_url(url) == told


async def test_a_known_secret_is_blanked_wherever_it_stands(tmp_path: Path) -> None:
    body = b'{"you sent": "s3cret", "refresh_token": "r\\"x", "expires_in": 3}'
    recorder = Recorder(tmp_path / "new" / "folder", lambda: 5)
    url = "https://api.example/s3cret/x"
    await recorder.record(_exchange(url=url, body=body, secrets=("s3cret", "x")))
    (path,) = (tmp_path / "new" / "folder").iterdir()
    assert path.name == "5-000001-api.example.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    assert told["request"]["url"] == "https://api.example/redacted/x"
    assert json.loads(told["response"]["text"]) == {
        "you sent": "redacted",
        "refresh_token": "redacted",
        "expires_in": 3,
    }


async def test_a_recording_is_bounded(tmp_path: Path) -> None:
    await Recorder(tmp_path, lambda: 5).record(_exchange(body=b"x" * (MAX_BODY + 9)))
    (path,) = tmp_path.iterdir()
    assert len(json.loads(path.read_text(encoding="utf-8"))["response"]["text"]) == MAX_BODY


async def test_a_disk_that_fails_is_logged_once_and_harms_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = Recorder(tmp_path / "gone", lambda: 5)
    (tmp_path / "gone").rmdir()
    with caplog.at_level(logging.ERROR, "parvis.plug"):
        await recorder.record(_exchange())
        await recorder.record(_exchange())
    assert [record.message for record in caplog.records] == ["plug.recording_failed"]


def test_a_folder_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match=r"PARVIS_RECORD names .* cannot be used"):
        Recorder(tmp_path / "file", lambda: 5)
