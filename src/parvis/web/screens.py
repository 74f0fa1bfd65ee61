"""Screens as an operator needs them: what each said last, and one sentence on how it is."""

# ruff: noqa: RUF001 - French is written with this apostrophe

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import msgspec
from starlette.requests import Request

from parvis.core.screen import TAB, TAB_MS, Heard, Waiting
from parvis.engine import Engine
from parvis.flow.panic import Panic, has_answered
from parvis.flow.publish import subject_of
from parvis.web.guard import visitor_of

REPORT_S = 15
DARK_MS = 40_000
"""Two reports and more were missed."""
FORGET_MS = 24 * 3600 * 1000
MAX_BEHIND = 500
SLOW_S = 120
_BROWSER = re.compile(r"(Firefox|Edg|OPR|Chrome|Version)/(\d+)")
_LOOPBACK = re.compile(r"127(\.[0-9]{1,3}){3}")
_CALLED = {"Edg": "Edge", "OPR": "Opera", "Version": "Safari"}


class Screen(msgspec.Struct, frozen=True):
    """A screen. `behind` counts what it was told and has not applied; `code` names the sentence in
    `says`; `secure` says whether it survives a reload without the server.
    """

    id: str
    name: str
    up: bool
    last_ms: int
    seq: int
    behind: int
    box: tuple[int, int]
    dpr: float
    layout: str
    waiting: Waiting
    covered: bool
    version: str
    browser: str
    secure: bool
    errors: tuple[str, ...]
    code: str
    says: str


async def screens_of(
    engine: Engine, wall: str, panic: Panic, now_ms: int, *, version: str, lang: str
) -> list[Screen]:
    """All screens of the wall, by name; unnamed pages only while they are there."""
    known = await present(engine, wall, now_ms)
    seqs = {heard.report.seq for heard in known if is_up(heard, now_ms)}
    behind = await _behind(engine, wall, seqs)
    return [
        screen_of(heard, behind.get(heard.report.seq, 0), panic, now_ms, version, lang)
        for heard in known
    ]


async def present(engine: Engine, wall: str, now_ms: int) -> Sequence[Heard]:
    """Those that are known, without pages that were closed."""
    return [
        heard
        for heard in await engine.screens(wall)
        if not heard.id.startswith(TAB) or now_ms - heard.last_ms < TAB_MS
    ]


def is_up(heard: Heard, now_ms: int) -> bool:
    """Whether it was heard lately; also when the server's clock has stepped back since."""
    return abs(now_ms - heard.last_ms) < DARK_MS


async def _behind(engine: Engine, wall: str, seqs: Collection[int]) -> dict[int, int]:
    """For each of the sequences, how many things changed since. One look at the journal answers all
    of them: anybody may report, and many screens must not cost many looks.
    """
    if not seqs:
        return {}
    after = max(min(seqs), await engine.head(wall) - MAX_BEHIND, 0)
    facts = await engine.facts_after(wall, after, MAX_BEHIND)
    told, at, behind = set[tuple[str, str]](), len(facts), dict[int, int]()
    for seq in sorted(seqs, reverse=True):
        while at and facts[at - 1].seq > seq:
            at -= 1
            subject = subject_of(facts[at])
            if subject is not None:
                told.add(subject)
        behind[seq] = len(told)
    return behind


def screen_of(
    heard: Heard, behind: int, panic: Panic, now_ms: int, version: str, lang: str
) -> Screen:
    """One screen, with its sentence."""
    report, up = heard.report, is_up(heard, now_ms)
    covered = has_answered(panic, heard)
    code, words = _state(heard, behind, panic, now_ms, version)
    return Screen(
        id=heard.id,
        name=heard.name,
        up=up,
        last_ms=heard.last_ms,
        seq=report.seq,
        behind=behind if up else 0,
        box=report.box,
        dpr=report.dpr,
        layout=report.layout,
        waiting=report.waiting,
        covered=covered,
        version=report.version,
        browser=heard.browser,
        secure=heard.secure,
        errors=report.errors,
        code=code,
        says=SAYS["fr" if lang.startswith("fr") else "en"][code].format(**words),
    )


def _state(
    heard: Heard, behind: int, panic: Panic, now_ms: int, version: str
) -> tuple[str, dict[str, str]]:
    """The one thing that an operator must know first."""
    report = heard.report
    if not is_up(heard, now_ms):
        away_s = max(0, now_ms - heard.last_ms) // 1000
        return (
            ("dark_s", {"n": str(away_s)})
            if away_s < 120
            else (
                "dark_min",
                {"n": str(away_s // 60)},
            )
        )
    if panic.on and not has_answered(panic, heard):
        return "uncovered", {}
    if report.link == "cut":
        return "cut", {}
    if report.errors:
        return "error", {"error": report.errors[-1]}
    if behind > 1:
        return "behind", {"n": f"{behind}" if behind < MAX_BEHIND else f"{MAX_BEHIND}+"}
    if version and report.version and report.version != version:
        return "old", {}
    if report.waiting.seconds > SLOW_S:
        return "slow", {
            "n": str(round(report.waiting.seconds / 60)),
            "m": str(report.waiting.posts),
        }
    if panic.on:
        return "covered", {}
    return ("well", {}) if heard.secure else ("plain", {})


SAYS = {
    "en": {
        "dark_s": "Nothing heard for {n} s: look at its power, its network and its browser.",
        "dark_min": "Nothing heard for {n} min: look at its power, its network and its browser.",
        "uncovered": "It has not said yet that it is covered.",
        "cut": "Its line to the server is cut: it shows what it has and comes back by itself.",
        "error": "Its page reports a fault: {error}",
        "behind": "It is {n} changes behind.",
        "old": "It runs an older page than the server's: reload it when the room allows.",
        "slow": "{m} posts wait on it, the last for about {n} min.",
        "covered": "It is covered.",
        "well": "It shows everything.",
        "plain": "It shows everything. Over plain http a reload without the server would leave it"
        " dark.",
    },
    "fr": {
        "dark_s": "Rien depuis {n} s : voyez son courant, son réseau et son navigateur.",
        "dark_min": "Rien depuis {n} min : voyez son courant, son réseau et son navigateur.",
        "uncovered": "Il n’a pas encore dit qu’il est couvert.",
        "cut": "Sa ligne vers le serveur est coupée : il montre ce qu’il a et revient seul.",
        "error": "Sa page signale un défaut : {error}",
        "behind": "Il a {n} changements de retard.",
        "old": "Sa page est plus ancienne que celle du serveur : rechargez-la quand la salle le"
        " permet.",
        "slow": "{m} messages y attendent, le dernier environ {n} min.",
        "covered": "Il est couvert.",
        "well": "Il montre tout.",
        "plain": "Il montre tout. En http simple, un rechargement sans le serveur le laisserait"
        " noir.",
    },
}


def browser_of(request: Request) -> str:
    """The browser's name and number, as far as it says."""
    found = _BROWSER.findall(request.headers.get("user-agent", "")[:400])
    if not found:
        return ""
    for name, number in found:
        if name in ("Edg", "OPR"):
            return f"{_CALLED[name]} {number}"
    name, number = found[0]
    return f"{_CALLED.get(name, name)} {number}"


def is_secure(request: Request) -> bool:
    """Whether its browser lets the page keep a service worker: https, or this very machine."""
    visitor = visitor_of(request.scope)
    here = visitor.host in ("localhost", "::1") or _LOOPBACK.fullmatch(visitor.host) is not None
    return visitor.origin.startswith("https:") or here
