"""What one extension may do at the outside."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """What one extension may do: `hosts` are allow-lists that all apply, `key` names its budget."""

    key: str = "parvis"
    hosts: tuple[tuple[str, ...], ...] = ()
    requests: int = 0
    window_s: float = 0.0
