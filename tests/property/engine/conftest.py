"""The shared database of this folder's tests."""

from __future__ import annotations

from tests.engines import store_database

__all__ = ["store_database"]
