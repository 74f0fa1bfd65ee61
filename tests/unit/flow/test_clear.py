"""No ground, no card."""

from __future__ import annotations

from parvis.core.post import CONSENT, DisplayPolicy
from parvis.core.rights import Right
from parvis.flow.clear import clear
from tests.posts import NOW_MS, post, source


def ground(policy: DisplayPolicy, basis: str = "platform_terms", now_ms: int = NOW_MS) -> Right:
    right = clear(post(), source(basis=basis), policy, now_ms)
    assert isinstance(right, Right), right
    return right


def missing(policy: DisplayPolicy, basis: str = "platform_terms", now_ms: int = NOW_MS) -> str:
    said = clear(post(), source(basis=basis), policy, now_ms)
    assert isinstance(said, str)
    return said


def test_terms_that_allow_everything_cover_every_output() -> None:
    right = ground(DisplayPolicy())
    for output in ("wall", "embed", "api", "feed", "export"):
        assert right.covers(output, NOW_MS)
    assert right.basis == "platform_terms"
    assert "hook" in right.proof


def test_ids_only_keeps_the_post_out_of_feeds_and_exports() -> None:
    right = ground(DisplayPolicy(redistribute="ids_only"))
    assert right.covers("wall", NOW_MS)
    assert not right.covers("feed", NOW_MS)
    assert not right.covers("export", NOW_MS)


def test_a_network_that_forbids_public_screens_is_never_shown() -> None:
    for basis in ("platform_terms", "consent", "own_content"):
        assert "do not allow" in missing(DisplayPolicy(public_screen="no"), basis)


def test_consent_where_the_network_demands_it() -> None:
    policy = DisplayPolicy(public_screen="with_consent")
    assert "consent" in missing(policy)
    assert ground(policy, "consent").basis == "consent"
    assert ground(policy, "own_content").basis == "own_content"


def test_a_right_ends_with_the_networks_maximum_age() -> None:
    policy = DisplayPolicy(max_age_s=60)
    right = ground(policy)
    assert right.until_ms == post().received_at_ms + 60_000
    assert right.covers("wall", right.until_ms - 1)
    assert not right.covers("wall", right.until_ms)
    assert "older" in missing(policy, now_ms=right.until_ms)


def test_what_the_author_agreed_to_is_the_proof() -> None:
    words = '{"version":"1","lang":"fr","text":"I agree.","at_ms":1}'
    agreed = post(extra={CONSENT: words})
    right = clear(agreed, source(), DisplayPolicy(public_screen="with_consent"), NOW_MS)
    assert isinstance(right, Right)
    assert (right.basis, right.proof) == ("consent", words)
