"""Every sentence that the server can say to the team, read from its code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).parents[1] / "src" / "parvis"
ROOMS = (
    *("checks", "sources", "bridges", "flow", "core/look.py"),
    *("engine/batch.py", "engine/people.py"),
    *(f"plug/{name}.py" for name in (
        "client", "darkroom", "egress", "hashtags", "open_socket", "outcome", "reply", "seal",
        "settings", "source", "stream", "transport", "vault",
    )),
    "web/api",
    *(f"web/{name}.py" for name in (
        "asked", "away", "entry", "guard", "passwords", "problem", "secrets",
    )),
)  # fmt: skip
"""Whose sentences the studio shows. Those of the terminal, the pages of the audience and the door
of a webhook are said elsewhere.
"""
DESCRIBED = {"about", "extra", "schema", "media_type", "name"}
"""Keywords whose values are for the API's description or for the log."""
DESCRIBING = {"Query", "_text", "_time", "info", "warning", "error", "exception", "log", "Header"}
UNSAID = {"LOST", "WORDS", "_EN", "_FR"}
"""Names of tables that have both languages beside each other."""


def sentences() -> dict[str, str]:
    """Each template (`{}` for what varies), and the first file that says it."""
    found: dict[str, str] = {}
    for path in _files():
        name = path.relative_to(HOUSE).as_posix()
        for text in _said(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(text, name)
    return found


def _files() -> Iterator[Path]:
    for room in ROOMS:
        place = HOUSE / room
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            if not path.name.startswith(("test_", "conftest")) and "tests" not in path.parts:
                yield path


def _said(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.expr):
        text = template(node)
        if text is not None:
            if is_sentence(text.strip()):
                yield text.strip()
            return
    if isinstance(node, ast.Call) and _called(node) in DESCRIBING:
        return
    if isinstance(node, ast.Assign | ast.AnnAssign) and _named(node) & UNSAID:
        return
    if isinstance(node, ast.keyword) and node.arg in DESCRIBED:
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    for child in ast.iter_child_nodes(node):
        yield from _said(child)


def template(node: ast.expr) -> str | None:
    """The text of the expression with `{}` for what varies; None when it is no text."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        parts = (str(v.value) if isinstance(v, ast.Constant) else "{}" for v in node.values)
        return "".join(parts)
    return None


def is_sentence(text: str) -> bool:
    """Begins like one, ends like one, and has more than one word."""
    begins = text[:1].isupper() or text.startswith(("{}", "“"))
    ends = text.endswith((".", "?", "!")) or (text.endswith(": {}") and text.count(" ") > 3)
    return begins and " " in text and ends


def _called(node: ast.Call) -> str:
    return str(getattr(node.func, "attr", "") or getattr(node.func, "id", ""))


def _named(node: ast.Assign | ast.AnnAssign) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}
