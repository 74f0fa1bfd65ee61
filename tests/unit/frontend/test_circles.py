"""Who imports whom in the browser's part: a tree, types included, so that each file reads alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from tests.unit.frontend.node import ROOT

FRONTEND = ROOT / "frontend"
_FROM = re.compile(
    r"""^\s*(?:import|export)\b(?:[^;"']*?\bfrom)?\s*["'](\.[^"']*)["']""", re.MULTILINE
)


def imports(paths: Iterable[Path]) -> dict[Path, set[Path]]:
    """For each file the files of ours that it names, for their types too."""
    found: dict[Path, set[Path]] = {}
    for path in paths:
        named = _FROM.findall(path.read_text(encoding="utf-8"))
        found[path] = {file for name in named if (file := _file(path.parent / name)) is not None}
    return found


def _file(asked: Path) -> Path | None:
    for file in (asked.with_name(f"{asked.name}.ts"), asked / "index.ts", asked):
        if file.is_file() and file.suffix == ".ts":
            return file.resolve()
    return None


def circle(graph: Mapping[Path, set[Path]]) -> list[str]:
    """The names along one circle; none where the imports are a tree."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [path.name for path in error.args[1]]
    return []


def test_no_file_of_the_browser_imports_itself_by_way_of_others() -> None:
    paths = [path for path in FRONTEND.rglob("*.ts") if "node_modules" not in path.parts]
    graph = imports(paths)
    assert sum(map(len, graph.values())) > 200, "the imports are no longer found"
    found = circle(graph)
    assert not found, f"these import one another: {' < '.join(found)}"


def test_a_circle_is_seen_through_types_folders_and_long_lists(tmp_path: Path) -> None:
    texts = {
        "page.ts": 'import {\n  one,\n  two,\n} from "./piece";\nimport "./calm";\n',
        "piece.ts": 'import { t } from "./words";\nexport const one = 1, two = 2;\n',
        "words/index.ts": 'import type { Page } from "../page";\nexport const t = "from";\n',
        "calm.ts": 'import { html } from "lit";\nconst said = "./page";\n',
    }
    for name, text in texts.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    graph = imports(file.resolve() for file in tmp_path.rglob("*.ts"))
    assert set(circle(graph)) == {"page.ts", "piece.ts", "index.ts"}
    (tmp_path / "words/index.ts").write_text('export const t = "";\n', encoding="utf-8")
    assert circle(imports(file.resolve() for file in tmp_path.rglob("*.ts"))) == []
