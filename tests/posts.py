"""Posts and sources for tests, of our own writing."""

from __future__ import annotations

from typing import Any

from parvis.core.post import Author, Post
from parvis.core.wall import SourceSpec, Wall
from parvis.plug.testkit.clock import NOW_MS

__all__ = ["NOW_MS", "author", "post", "source", "wall"]


def author(handle: str = "ada@example.org", **more: Any) -> Author:
    return Author(**{"key": f"test:example.org:{handle}", "handle": handle, "name": "Ada", **more})


def post(number: int = 1, **more: Any) -> Post:
    """A post of its own words; `number` makes its key."""
    fields: dict[str, Any] = {
        "key": f"test:example.org:{number}",
        "network": "test",
        "text": f"Post number {number} from the square, written for a test.",
        "created_at_ms": NOW_MS - 60_000 + number,
        "received_at_ms": NOW_MS + number,
        "version": "1",
        "author": author(),
    }
    return Post(**{**fields, **more})


def wall(**more: Any) -> Wall:
    return Wall(**{"id": "square", "title": "The square", **more})


def source(**more: Any) -> SourceSpec:
    return SourceSpec(**{"id": "hook", "wall": "square", "plugin": "webhook", **more})
