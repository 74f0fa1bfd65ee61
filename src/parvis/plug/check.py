"""A check: it looks at a post and says pass, hold or reject, with a reason anyone can read.

An extension's `__init__.py` exposes `open_check() -> Check`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import msgspec

from parvis.core.post import Post
from parvis.core.verdict import Verdict
from parvis.core.wall import Policy


class Around(msgspec.Struct, frozen=True):
    """What a check may know beside the post; gathered by the flow, so that a check stays pure.

    `author_posts_ms`: when this author's other posts reached the wall, newest first, within the
    policy's flood window and before this post. `twins`: keys of earlier posts on this wall with the
    same words and media.
    """

    now_ms: int
    policy: Policy
    author_posts_ms: tuple[int, ...] = ()
    twins: tuple[str, ...] = ()


class Check(ABC):
    """Pure: the same post and surroundings always get the same verdict."""

    version: str

    @abstractmethod
    def judge(self, post: Post, around: Around) -> Verdict:
        """The verdict; `because` is said even for a pass."""
