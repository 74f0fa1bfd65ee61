"""One browser for all pages of the studio."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from parvis.run import frontend_build
from tests.e2e.browser import browsing
from tests.e2e.studio.seat import ROOT


@pytest.fixture(scope="package", autouse=True)
def axe() -> None:
    """axe-core is a tool of the tests: it comes with the compiler, not with the build."""
    frontend_build.install(ROOT, with_types=True)


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The system's Chromium."""
    async with browsing() as one:
        yield one
