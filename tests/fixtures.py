"""Fixtures and rules for every test: recorded payloads, Hypothesis, PostgreSQL, a real browser."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests import needs
from tests.needs import LIGHT
from tests.postgresql import Server

if TYPE_CHECKING:
    from playwright.async_api import Browser

RECORDED = "PARVIS_RECORDED"
HEAVY = {  # fixtures
    "postgresql_server",
    "postgresql_url",
    "postgresql_database",
    "store_database",
    "nodes",
    "chromium",
    "browser",
}
BROWSER_ARGUMENTS = [
    "--no-sandbox",  # the tests may run as root
    "--disable-gpu",
    "--disable-dev-shm-usage",  # containers give it 64 MB
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

for name, examples in {"quick": 10, "default": 100, "soak": 5000}.items():
    slow = [HealthCheck.too_slow]
    settings.register_profile(
        name, max_examples=examples, deadline=None, suppress_health_check=slow, print_blob=True
    )
settings.load_profile(os.environ.get("PARVIS_HYPOTHESIS", "default"))


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a folder of recordings that was named and cannot be read."""
    config.addinivalue_line("markers", "recorded: needs the recorded payloads (PARVIS_RECORDED)")
    config.addinivalue_line("markers", "postgresql: needs a server, and no fixture says so")
    # Playwright's own Node wants libatomic, which a fresh Debian has not.
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(needs.node()))
    named = os.environ.get(RECORDED)
    if named and not (Path(named).is_dir() and os.access(named, os.R_OK | os.X_OK)):
        raise pytest.UsageError(f"{RECORDED} names {named}, which is no folder that can be read")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out (and count) what needs recordings that are not there, and what is not quick."""
    out = {
        item
        for item in items
        if (not os.environ.get(RECORDED) and needs_recordings(item))
        or (os.environ.get(LIGHT) and is_heavy(item))
    }
    if out:
        config.hook.pytest_deselected(items=[item for item in items if item in out])
        items[:] = [item for item in items if item not in out]


def needs_recordings(item: pytest.Item) -> bool:
    """Whether a test asks for the recorded payloads, by fixture or by mark."""
    names = getattr(item, "fixturenames", ())
    return "recorded" in names or item.get_closest_marker("recorded") is not None


def is_heavy(item: pytest.Item) -> bool:
    """Whether a test needs a server or a browser, by fixture, by parameter or by mark."""
    given = item.callspec.params if hasattr(item, "callspec") else {}
    store = given.get("place", given.get("kind"))
    return (
        bool(HEAVY & set(getattr(item, "fixturenames", ())))
        or (isinstance(store, str) and store == "postgresql")
        or item.get_closest_marker("postgresql") is not None
    )


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say once what was left out."""
    if not os.environ.get(RECORDED):
        terminalreporter.write_line(
            f"{RECORDED} is not set: the tests of recorded payloads are left out."
        )


@pytest.fixture(scope="session")
def recorded() -> Path:
    """The folder of recorded payloads, laid out as <network>/…."""
    return Path(os.environ[RECORDED])


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """A PostgreSQL of this session's own: socket only, fsync on, gone afterwards."""
    with Server() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_url(postgresql_server: Server) -> str:
    """The server's URL; the database in it is shared by the session's tests."""
    return postgresql_server.url("postgres")


@pytest.fixture
def postgresql_database(postgresql_server: Server) -> Iterator[str]:
    """The URL of an empty database of the test's own."""
    name = postgresql_server.create_database()
    yield postgresql_server.url(name)
    postgresql_server.drop_database(name)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the browser is; pass BROWSER_ARGUMENTS with it."""
    found = needs.chromium()
    if found is None:
        pytest.fail("there is no Chromium; `./parvis test` installs it or names the command")
    return found


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """A real browser, asynchronous; one per test, because a loop lives no longer than its test."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium, args=BROWSER_ARGUMENTS)
        yield running
        await running.close()
