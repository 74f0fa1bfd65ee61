"""What the browser is sent: how much, how old an engine may be, and what it may never contain."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from tests.unit.frontend.node import ROOT, STATIC, built, run_node

STUDIO_FONTS = [
    "studio/hanken-grotesk-latin-wght-normal.woff2",
    "studio/bricolage-grotesque-latin-wght-normal.woff2",
]  # what an English or French page draws with at once; other scripts and codes come when needed
BUDGETS = {
    "wall": (
        40_000,
        [
            "wall/player.js",
            "wall/wall.css",
            "layouts/masonry.js",
            "layouts/spotlight.js",
            "layouts/ticker.js",
            "formats/poll.js",
        ],
    ),
    "phone": (30_000, ["phone/phone.js", "phone/phone.css", "formats/poll.phone.js"]),
    "studio": (200_000, ["studio/studio.js", "studio/studio.css", *STUDIO_FONTS]),
}
OLD_ENGINES = ["wall/*.js", "phone/*.js", "layouts/*.js", "formats/*.js"]
SINKS = re.compile(
    r"\.innerHTML\b|\.outerHTML\b|insertAdjacentHTML|document\.write|unsafeHTML|unsafeSVG"
    r"|createContextualFragment|\beval\(|new Function\b|DOMParser|\.srcdoc\b|setHTMLUnsafe"
)
LATE_IN_CSS = re.compile(
    r"aspect-ratio\s*:|\binset\s*:|\bclamp\(|\bmin\(|\bmax\(|:is\(|:where\(|:has\(|@layer|@container"
    r"|\bdvh\b|color-mix|(?<!-)\bgap\s*:|-inline-"
)
ADDRESS = re.compile(r"https?://[^\s\"'`)]*")
NAMESPACES = (
    "http://www.w3.org/",
    "https://lit.dev/",
)  # names and a word for developers: never loaded


def sources() -> list[Path]:
    """Every TypeScript file of ours."""
    rooms = [ROOT / "frontend", ROOT / "src/parvis/formats", ROOT / "src/parvis/layouts"]
    found = [
        path for room in rooms for path in room.rglob("*.ts") if "node_modules" not in path.parts
    ]
    assert len(found) > 20
    return found


@pytest.mark.parametrize("room", BUDGETS)
def test_each_room_keeps_its_budget(room: str) -> None:
    budget, names = BUDGETS[room]
    size = sum(len(gzip.compress(path.read_bytes(), 9)) for path in built(*names))
    assert size <= budget, f"{room} weighs {size} bytes gzipped"


def test_old_screens_can_read_every_script() -> None:
    assert run_node("syntax.mjs", *[str(path) for path in built(*OLD_ENGINES)]) == ""


def test_the_syntax_check_sees_what_is_new(tmp_path: Path) -> None:
    new = tmp_path / "new.js"
    new.write_text("a?.b; c ?? d; e ??= f; class G { h = 1; #i = 2 }\ntry {} catch {}")
    found = run_node("syntax.mjs", str(new)).splitlines()
    assert len(found) == 7


def test_no_style_is_newer_than_old_screens() -> None:
    for path in built("wall/wall.css", "phone/phone.css"):
        text = re.sub(r"\(m(?:in|ax)-aspect-ratio:", "(", path.read_text(encoding="utf-8"))
        assert not LATE_IN_CSS.findall(text)


def test_every_script_is_a_classic_one() -> None:
    for path in built(*OLD_ENGINES, "studio/*.js"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"^\s*(import|export)\b|\bimport\.meta\b", text, re.MULTILINE), (
            path.name
        )


def test_no_source_of_ours_turns_text_into_markup() -> None:
    for path in sources():
        found = SINKS.findall(path.read_text(encoding="utf-8"))
        assert not found, f"{path.relative_to(ROOT)} uses {found}"


def test_only_lits_own_template_goes_through_a_sink() -> None:
    for path in built(*OLD_ENGINES, "studio/*.js"):
        uses = SINKS.findall(path.read_text(encoding="utf-8"))
        assert len(uses) <= 1 and set(uses) <= {".innerHTML"}, f"{path.name}: {uses}"


def test_nothing_is_asked_of_somebody_else() -> None:
    for path in sorted(STATIC.rglob("*")):
        if path.suffix not in (".js", ".css", ".html", ".svg"):
            continue
        for address in ADDRESS.findall(path.read_text(encoding="utf-8")):
            assert address.startswith(NAMESPACES) or address in ("http://", "https://"), path.name


def test_no_page_keeps_anything_after_its_tab_but_what_it_must() -> None:
    """A phone: a post without network, and receipts. The studio: a person's own keys and theme."""
    for path in sources():
        text = path.read_text("utf-8")
        assert "document.cookie" not in text, path.name
        assert "localStorage" not in text or path == ROOT / "frontend/studio/state/own.ts", (
            path.name
        )
        assert "indexedDB" not in text or path == ROOT / "frontend/phone/store.ts", path.name
