"""What can go wrong on purpose: everything else that is raised is a bug."""

from __future__ import annotations


class Refused(Exception):
    """Permanent: trying again changes nothing. The text is one plain sentence: what, where, how to
    mend.
    """


class Forbidden(Refused):
    """The address guard does not let us go there: no other way of asking the same host helps."""


class Later(Exception):
    """Transient: try again after `retry_after_s` seconds (0 leaves the pace to the caller's back-
    off).
    """

    def __init__(self, why: str, retry_after_s: float = 0.0) -> None:
        super().__init__(why)
        self.retry_after_s = retry_after_s


class Conflict(Later):
    """Somebody else changed the same row first: read it again and decide again."""
