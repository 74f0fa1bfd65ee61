"""Clear: on which ground may this post be shown, and where? No ground, no card. Pure."""

from __future__ import annotations

from parvis.core.post import CONSENT, DisplayPolicy, Post
from parvis.core.rights import Output, Right
from parvis.core.wall import SourceSpec


def clear(post: Post, source: SourceSpec, policy: DisplayPolicy, now_ms: int) -> Right | str:
    """The right under which it may be shown, or one sentence that says what is missing."""
    if policy.public_screen == "no":
        return f"The terms of {post.network} do not allow its posts on a public screen."
    unasked = source.basis == "platform_terms" and CONSENT not in post.extra
    if policy.public_screen == "with_consent" and unasked:
        return (
            f"{post.network} demands the author's consent, and this source has none:"
            " ask the author, or set its basis."
        )
    scope: tuple[Output, ...] = ("wall", "embed")
    if policy.redistribute == "full":
        scope = ("wall", "embed", "api", "feed", "export")
    until_ms = post.received_at_ms + policy.max_age_s * 1000 if policy.max_age_s else 0
    if until_ms and until_ms <= now_ms:
        return f"It is older than {post.network} allows to keep it."
    agreed = post.extra.get(CONSENT, "")
    return Right(
        basis="consent" if agreed else source.basis,
        scope=scope,
        proof=agreed or f"source {source.id}: {source.basis}",
        granted_at_ms=now_ms,
        until_ms=until_ms,
    )
