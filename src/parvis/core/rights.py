"""Why a post may be shown, where and until when."""

from __future__ import annotations

from typing import Literal

import msgspec

from parvis.core.wall import Basis

Output = Literal["wall", "embed", "api", "feed", "export"]


class Right(msgspec.Struct, frozen=True, omit_defaults=True):
    """The ground on which a post is shown. `until_ms` 0: as long as the source shows it."""

    basis: Basis
    scope: tuple[Output, ...]
    proof: str
    granted_at_ms: int
    until_ms: int = 0

    def covers(self, output: Output, now_ms: int) -> bool:
        """Whether this right lets `output` show the post at `now_ms`."""
        return output in self.scope and (self.until_ms == 0 or now_ms < self.until_ms)
