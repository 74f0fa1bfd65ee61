"""One sentence for each screen: the first thing that an operator must know."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.requests import Request

from parvis.core.screen import Heard, Report, Waiting
from parvis.flow.panic import Panic
from parvis.web.admit import Visitor
from parvis.web.screens import DARK_MS, SAYS, Screen, browser_of, is_secure, screen_of

NOW_MS = 1_764_000_000_000
OFF, ON = Panic(False), Panic(True, NOW_MS, "person:mo", 40)


def screen(
    panic: Panic = OFF, behind: int = 0, ago_ms: int = 0, secure: bool = True, **report: Any
) -> Screen:
    fields: dict[str, Any] = {"seq": 40, "version": "v2", **report}
    heard = Heard("bar", "Bar", NOW_MS - ago_ms, Report(**fields), "Chrome 64", secure)
    return screen_of(heard, behind, panic, NOW_MS, "v2", "en")


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ({}, "well"),
        ({"secure": False}, "plain"),
        ({"ago_ms": DARK_MS - 1}, "well"),
        ({"ago_ms": DARK_MS}, "dark_s"),
        ({"ago_ms": 4 * 60_000, "errors": ("x",)}, "dark_min"),
        ({"ago_ms": -DARK_MS + 1}, "well"),
        ({"panic": ON}, "uncovered"),
        ({"panic": ON, "covered_seq": 39}, "uncovered"),
        ({"panic": ON, "covered_seq": 40}, "covered"),
        ({"link": "cut"}, "cut"),
        ({"errors": ("It broke.",)}, "error"),
        ({"behind": 1}, "well"),
        ({"behind": 12}, "behind"),
        ({"version": "v1"}, "old"),
        ({"version": ""}, "well"),
        ({"waiting": Waiting(30, 240.0)}, "slow"),
    ],
)
def test_what_must_be_known_first_is_said(case: dict[str, Any], code: str) -> None:
    assert screen(**case).code == code


def test_the_sentences_have_their_figures() -> None:
    assert screen(ago_ms=4 * 60_000).says.startswith("Nothing heard for 4 min: look at its power")
    assert screen(behind=12).says == "It is 12 changes behind."
    assert screen(waiting=Waiting(30, 240.0)).says.startswith("30 posts wait on it, the last")
    assert screen(errors=("{x} broke",)).says == "Its page reports a fault: {x} broke"


def test_a_dark_screen_is_not_up_and_answers_nothing() -> None:
    dark = screen(ON, behind=5, ago_ms=DARK_MS, covered_seq=39)
    assert (dark.up, dark.covered, dark.behind) == (False, False, 0)
    assert screen(ON, covered_seq=41).covered
    assert not screen(OFF, covered_seq=41).covered


def test_every_sentence_is_there_in_french() -> None:
    assert SAYS["en"].keys() == SAYS["fr"].keys()


def asked(agent: str = "", host: str = "localhost", scheme: str = "http") -> Request:
    visitor = Visitor("10.0.0.9", host, f"{scheme}://{host}")
    headers = [(b"user-agent", agent.encode())]
    return Request({"type": "http", "headers": headers, "parvis.visitor": visitor})


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML) Chrome/64.0.3 Safari/537.36", "Chrome 64"),
        ("Mozilla/5.0 (Win) Chrome/130.0 Safari/537.36 Edg/130.1", "Edge 130"),
        ("Mozilla/5.0 (Mac) AppleWebKit/605 Version/17.4 Safari/605", "Safari 17"),
        ("Mozilla/5.0 (X11; rv:128.0) Gecko/2010 Firefox/128.0", "Firefox 128"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_as_people_do(agent: str, name: str) -> None:
    assert browser_of(asked(agent)) == name


@pytest.mark.parametrize(
    ("host", "scheme", "secure"),
    [
        ("localhost", "http", True),
        ("127.0.0.1", "http", True),
        ("wall.example", "https", True),
        ("wall.example", "http", False),
        ("192.168.1.4", "http", False),
        ("127.evil.example", "http", False),
    ],
)
def test_only_https_and_this_machine_keep_a_service_worker(
    host: str, scheme: str, secure: bool
) -> None:
    assert is_secure(asked(host=host, scheme=scheme)) is secure
