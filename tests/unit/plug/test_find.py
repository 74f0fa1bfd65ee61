"""Extensions are found without importing them, and a bad one costs itself alone."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from parvis.core.errors import Refused
from parvis.plug.check import Check
from parvis.plug.find import Found, find, look, shelf
from parvis.plug.manifest import KINDS
from parvis.plug.source import Source
from parvis.plug.testkit import tools
from parvis.run.blueprint import filled

Grow = Callable[..., Path]


@pytest.fixture
def grow(tmp_path: Path) -> Grow:
    """Writes the folder of an extension."""

    def write(place: str, name: str, kind: str = "source", **changed: str) -> Path:
        files = filled(kind, name)  # type: ignore[arg-type]
        folder = tmp_path / place
        for path, text in {**files, **changed}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        return folder

    return write


def _entry(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, value, "parvis.extensions")


def test_folders_are_found_without_importing_their_code(tmp_path: Path, grow: Grow) -> None:
    grow("sources/a_town", "a_town", **{"__init__.py": "raise RuntimeError"})
    grow("checks/loud", "loud", "check")
    found = look(tmp_path).found
    assert list(found["source"]) == ["a_town"] and list(found["check"]) == ["loud"]
    assert found["source"]["a_town"].package == "parvis.sources.a_town"
    assert "parvis.sources.a_town" not in sys.modules
    assert set(found) == set(KINDS)


def test_packages_are_found_like_folders(
    tmp_path: Path, grow: Grow, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow("outside/outer_town", "outer_town")
    grow("outside/nested/inner", "inner")
    (tmp_path / "outside/nested/__init__.py").write_text("raise RuntimeError")
    monkeypatch.syspath_prepend(tmp_path / "outside")
    entries = [_entry("outer_town", "outer_town"), _entry("inner", "nested.inner")]
    looked = look(tmp_path / "house", entries)
    assert looked.troubles == ()
    assert sorted(looked.found["source"]) == ["inner", "outer_town"]
    assert "outer_town" not in sys.modules and "nested" not in sys.modules
    opened = looked.found["source"]["outer_town"].open(
        tools({"url": "https://x.example/"}, folder=tmp_path / "outside/outer_town")
    )
    assert isinstance(opened, Source)


def test_each_trouble_is_a_sentence_and_costs_itself_alone(
    tmp_path: Path, grow: Grow, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow("sources/good", "good")
    grow("sources/bad", "bad", **{"plugin.toml": "id = ["})
    grow("checks/astray", "astray")
    grow("outside/twin", "good")
    monkeypatch.syspath_prepend(tmp_path / "outside")
    entries = [_entry("twin", "twin"), _entry("absent", "no_such_package_here")]
    looked = look(tmp_path, entries)
    assert list(looked.found["source"]) == ["good"] and not looked.found["check"]
    assert looked.found["source"]["good"].package == "parvis.sources.good"
    told = "\n".join(looked.troubles)
    assert len(looked.troubles) == 4
    for says in (
        "bad/plugin.toml is not valid TOML",
        "lies among the checks but says it is a source",
        "twin is left out: the source 'good' is already parvis.sources.good",
        "absent = no_such_package_here has no plugin.toml",
    ):
        assert says in told


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("import no_such_module_here", "cannot be imported: ModuleNotFoundError"),
        ("raise RuntimeError('two\\nlines')", "cannot be imported: RuntimeError: two lines"),
        ("", "has no open_check"),
        ("def open_check(): return 3", "gives no Check"),
        ("def open_check(): raise KeyError('x')", "could not be opened: KeyError"),
    ],
)
def test_code_that_does_not_hold_is_refused(
    code: str, says: str, tmp_path: Path, grow: Grow, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"broken{abs(hash(code)) % 10**9}"
    grow(f"outside/{name}", name, "check", **{"__init__.py": code})
    monkeypatch.syspath_prepend(tmp_path / "outside")
    found = look(tmp_path, [_entry(name, name)]).found["check"][name]
    with pytest.raises(Refused) as refused:
        found.open()
    assert says in str(refused.value) and "\n" not in str(refused.value)


def test_what_an_extension_refuses_passes_through(
    tmp_path: Path, grow: Grow, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "from parvis.core.errors import Refused\ndef open_check(): raise Refused('No model.')"
    folder = grow("outside/picky", "picky", "check", **{"__init__.py": code})
    monkeypatch.syspath_prepend(tmp_path / "outside")
    manifest = look(tmp_path, [_entry("picky", "picky")]).found["check"]["picky"].manifest
    with pytest.raises(Refused, match=r"^No model\.$"):
        Found(manifest, "picky", folder).open()


def test_this_installation_has_no_trouble() -> None:
    assert shelf().troubles == ()
    assert shelf() is shelf()
    for kind in KINDS:
        for name, found in find(kind).items():
            assert (found.manifest.id, found.manifest.kind) == (name, kind)
    for found in find("check").values():
        assert isinstance(found.open(), Check)
