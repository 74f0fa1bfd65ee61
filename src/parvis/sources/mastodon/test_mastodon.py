"""The contract, with what this source adds to it."""

from __future__ import annotations

from typing import Any, ClassVar

from parvis.plug.testkit import SourceContract


class TestContract(SourceContract):
    folder = __file__
    settings: ClassVar[dict[str, Any]] = {"server": "square.example", "tags": ["parvis"]}
