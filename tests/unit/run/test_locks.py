"""The locks: every file by hash, no address anywhere, and the project's own wishes all met."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
LOCKS = sorted(ROOT.glob("*.lock")) + sorted(ROOT.glob("locks/*.lock"))
NPM_LOCK = ROOT / "frontend" / "package-lock.json"
ADDRESS = re.compile(r"[a-z+]+://|\bfile:|\bwww\.|\.(?:org|com|net|io)\b")
PINNED = re.compile(r"^(?P<name>[a-z0-9._-]+)(?:\[[a-z,]+\])?==(?P<version>[^ ;]+)", re.MULTILINE)


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pins(lock: Path) -> dict[str, str]:
    found = PINNED.finditer(lock.read_text(encoding="utf-8"))
    return {match["name"]: match["version"] for match in found}


def name_of(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match is not None
    return match[0].lower().replace("_", "-")


def test_the_locks_are_these() -> None:
    assert {lock.name for lock in LOCKS} == {
        "requirements.lock",
        "build.lock",
        "postgresql.lock",
        "test.lock",
        "uv.lock",
    }


@pytest.mark.parametrize("lock", [*LOCKS, NPM_LOCK], ids=lambda lock: lock.name)
def test_no_lock_names_an_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert ADDRESS.findall(text) == []
    assert not any(line.startswith("-") for line in text.splitlines())


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_pin_has_its_hashes(lock: Path) -> None:
    kept = [line for line in lock.read_text().splitlines() if not line.lstrip().startswith("#")]
    entries = "\n".join(kept).replace("\\\n", " ").splitlines()
    assert entries
    for entry in entries:
        assert PINNED.match(entry), entry
        assert re.search(r" --hash=sha256:[0-9a-f]{64}( |$)", entry), entry


def test_every_npm_package_has_its_hash() -> None:
    packages = json.loads(NPM_LOCK.read_text(encoding="utf-8"))["packages"]
    installed = {name: entry for name, entry in packages.items() if name}
    assert installed
    for name, entry in installed.items():
        assert entry.get("integrity", "").startswith("sha512-"), name
        assert "resolved" not in entry, name


def test_npm_wishes_are_exact() -> None:
    wishes = json.loads((ROOT / "frontend" / "package.json").read_text(encoding="utf-8"))
    locked = json.loads(NPM_LOCK.read_text(encoding="utf-8"))["packages"]
    for name, version in {**wishes["dependencies"], **wishes["devDependencies"]}.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
        assert locked[f"node_modules/{name}"]["version"] == version


@pytest.mark.parametrize(
    ("lock", "wishes"),
    [
        ("requirements.lock", project()["project"]["dependencies"]),
        ("locks/build.lock", project()["build-system"]["requires"]),
        ("locks/postgresql.lock", project()["project"]["optional-dependencies"]["postgresql"]),
        ("locks/test.lock", project()["dependency-groups"]["test"]),
        ("locks/uv.lock", project()["dependency-groups"]["uv"]),
    ],
)
def test_every_wish_is_locked(lock: str, wishes: list[str]) -> None:
    assert {name_of(wish) for wish in wishes} - set(pins(ROOT / lock)) == set()


def test_the_build_group_is_what_the_build_asks_for() -> None:
    assert project()["dependency-groups"]["build"] == project()["build-system"]["requires"]


def test_the_locks_agree_with_each_other() -> None:
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        for name, version in pins(lock).items():
            versions.setdefault(name, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_the_test_lock_contains_the_base() -> None:
    assert set(pins(ROOT / "requirements.lock")) <= set(pins(ROOT / "locks/test.lock"))


def test_every_download_has_a_size() -> None:
    sizes = tomllib.loads((ROOT / "locks" / "bytes.toml").read_text(encoding="utf-8"))
    wanted = {lock.relative_to(ROOT).as_posix() for lock in LOCKS}
    assert wanted | {"frontend/package-lock.json", "npm test tools"} == set(sizes)
    assert all(size > 1000 for size in sizes.values())
