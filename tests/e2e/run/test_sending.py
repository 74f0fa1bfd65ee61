"""The webhook's page, sent as written to a wall that runs."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

import parvis
from tests.e2e.run.up import Up, shown
from tests.waiting import until_now

PAGE = (Path(parvis.__file__).parent / "sources/webhook/doc.md").read_text(encoding="utf-8")
MAKE, SIGNED, BEARER = re.findall(r"```sh\n(.*?)```", PAGE.split("## Send")[1], re.DOTALL)
DECLARED = re.findall(r"```toml\n(.*?)```", PAGE.split("## Send")[1], re.DOTALL)[0]
WALL = '[[wall]]\nid = "square"\ntitle = "The square"\nmode = "show_first"\n'
OFFICE = """
[[wall.source]]
id = "office"
plugin = "webhook"
settings = { name = "office" }
secrets = { token = "OFFICE_WALL_TOKEN" }
"""


def sent_as_written(script: str, address: str, secrets: dict[str, str]) -> str:
    """What the page's commands print, asked of `address`."""
    assert script.count("http://127.0.0.1:8400/") == 1
    done = subprocess.run(
        ["/bin/sh", "-euc", script.replace("http://127.0.0.1:8400", address)],
        env={"PATH": os.environ["PATH"], **secrets},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def secrets() -> dict[str, str]:
    """Made as the page makes them."""
    script = f'{MAKE}printf %s "$STAGE_WEBHOOK_SECRET"'
    made = subprocess.run(["/bin/sh", "-euc", script], capture_output=True, text=True, check=True)
    return {"STAGE_WEBHOOK_SECRET": made.stdout, "OFFICE_WALL_TOKEN": "a-long-enough-token"}


def test_what_the_page_sends_stands_on_the_wall(
    up: Up, tmp_path: Path, secrets: dict[str, str]
) -> None:
    (tmp_path / "event.toml").write_text(WALL + DECLARED + OFFICE)
    running = up("event.toml", "--data", "data", "--port", "0", **secrets)
    address = running.ready()
    told = sent_as_written(SIGNED, address, secrets)
    assert told == '{"accepted":[{"item":0,"id":"42","key":"webhook:main:42"}],"refused":[]}'
    assert '"id":"43"' in sent_as_written(BEARER, address, secrets)
    until_now(lambda: sorted(shown(tmp_path)) == ["Hello #square", "The coffee is ready"])
    forged = sent_as_written(SIGNED, address, {"STAGE_WEBHOOK_SECRET": "whsec_" + "A" * 43 + "="})
    assert "No signature fits" in forged
    assert running.stop() == 0
