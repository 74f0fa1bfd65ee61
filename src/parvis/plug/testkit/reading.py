"""The contract of sources: `read` is pure and total, and what it yields is sound."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import ClassVar, NamedTuple

import msgspec

from parvis.core.errors import Later, Refused
from parvis.core.post import Arrival, Gone, OptedOut, Post, Raw, Unreadable
from parvis.plug.manifest import Kind
from parvis.plug.moment import YEAR_2100_MS
from parvis.plug.source import Source
from parvis.plug.testkit.extension import ExtensionContract
from parvis.plug.testkit.fake_http import FakeHttp
from parvis.plug.testkit.payloads import damaged, fixture_raws, warped

MAX_KEY = 1_000

_KEY = re.compile(r"[a-z][a-z0-9_]*:[^\s\x00-\x1f\x7f]+:[^\s\x00-\x1f\x7f]+")
_OURS = re.compile(r"blob:[0-9a-f]{64}")
_LONE = re.compile("[\ud800-\udfff\x00]")


class SourceContract(ExtensionContract):
    """What every source must hold."""

    kind: ClassVar[Kind] = "source"

    def source(self) -> Source:
        """A fresh one."""
        opened = self.open()
        assert isinstance(opened, Source)
        return opened

    def raws(self) -> list[tuple[str, Raw]]:
        """The whole payloads to read, by name; a source whose fixtures are no plain bodies
        overrides it.
        """
        return fixture_raws(self.place)

    def test_manifest_says_how_it_collects(self) -> None:
        """`polls` and `streams` are as the manifest says; a source with neither has a door."""
        source, manifest = self.source(), self.manifest
        assert (source.polls, source.streams) == (manifest.polls, manifest.streams)
        assert source.polls or source.streams or source.doors()

    def test_fixtures_are_read(self) -> None:
        """Each whole payload yields something, and all of it is sound and readable."""
        source, manifest = self.source(), self.manifest
        posts = 0
        for name, raw in self.raws():
            arrivals = list(source.read(raw))
            assert arrivals, f"{name} yields nothing"
            for arrival in arrivals:
                sound(arrival, name)
                assert not isinstance(arrival, Unreadable), f"{name}: {arrival}"
                if isinstance(arrival, Post):
                    posts += 1
                    assert arrival.key.startswith(f"{arrival.network}:"), arrival.key
                    assert manifest.data, "plugin.toml names no categories of data"
        assert posts, "no fixture yields a post"

    def test_broken_fixtures_cost_themselves_alone(self) -> None:
        """What cannot be read is said so, and nothing raises."""
        for name, raw in fixture_raws(self.place, broken=True):
            arrivals = list(self.source().read(raw))
            assert all(sound(arrival, name) for arrival in arrivals)

    def test_read_is_pure(self) -> None:
        """The same payload reads the same, again and in another instance: keys are stable."""
        first, second = self.source(), self.source()
        for name, raw in self.raws():
            told = msgspec.json.encode(list(first.read(raw)))
            assert msgspec.json.encode(list(first.read(raw))) == told, name
            assert msgspec.json.encode(list(second.read(raw))) == told, name

    def test_damaged_payloads_never_raise(self) -> None:
        """Fixtures cut short, with bytes changed, or with odd values in the places of theirs."""
        source = self.source()
        for name, raw in self.raws():
            for body in chain(damaged(raw.body), warped(raw.body)):
                _read(source, msgspec.structs.replace(raw, body=body), name)

    def test_what_is_on_show_can_be_asked_after(self) -> None:
        """Where the policy asks for it, `recheck` is there, and takes no trouble for a deletion."""
        if not self.manifest.policy.recheck_every_s:
            return
        read = self.source()
        assert type(read).recheck is not Source.recheck, "recheck is missing"
        assert read.recheck_at_once >= 1
        arrivals = [each for _, raw in self.raws() for each in read.read(raw)]
        posts = [each for each in arrivals if isinstance(each, Post)]
        for trouble in _TROUBLES:
            http = FakeHttp().answers("*", trouble.body, status=trouble.status, error=trouble.error)
            opened = self.open(http)
            assert isinstance(opened, Source)
            found = asyncio.run(_asked_after(opened, posts))
            assert http.asked, "recheck asks nothing about the posts of the fixtures"
            gone = [each for each in found if isinstance(each, Gone | OptedOut)]
            assert not gone, f"{trouble} was taken for a deletion: {gone[0]}"

    def test_any_bytes_never_raise(self) -> None:
        """Bytes and JSON values that no network ever sent."""
        from hypothesis import HealthCheck, given, settings
        from hypothesis import strategies as st

        source = self.source()
        kinds = sorted({raw.kind for _, raw in self.raws()} | {""})
        leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
        values = st.recursive(
            leaves, lambda deep: st.lists(deep) | st.dictionaries(st.text(max_size=9), deep)
        )
        bodies = st.binary(max_size=400) | values.map(_json)

        @settings(
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        )
        @given(body=bodies, kind=st.sampled_from(kinds))
        def any_bytes(body: bytes, kind: str) -> None:
            _read(source, Raw(body=body, kind=kind, received_at_ms=1), "any bytes")

        any_bytes()


class _Trouble(NamedTuple):
    """What a network answers that says nothing of any post."""

    status: int = 200
    body: str = ""
    error: Exception | None = None


_PAGE = "<!doctype html><title>Parked</title>"
_TROUBLES = (
    _Trouble(error=Later("It cannot be reached.")),
    _Trouble(429, "{}"),
    _Trouble(500),
    _Trouble(502, _PAGE),
    _Trouble(401, "{}"),
    _Trouble(403, "{}"),
    _Trouble(404, _PAGE),
    _Trouble(200, _PAGE),
    _Trouble(200, "[]"),
    _Trouble(200, "{}"),
    _Trouble(200, "{"),
)


async def _asked_after(source: Source, posts: Sequence[Post]) -> list[Arrival]:
    found: list[Arrival] = []
    try:
        async for raw in source.recheck(posts):
            found += source.read(raw)
    except (Later, Refused):
        pass
    return found


def sound(arrival: Arrival, where: str = "") -> bool:
    """True when `arrival` holds what every arrival must; AssertionError says what it does not."""
    assert isinstance(arrival, Post | Gone | Unreadable | OptedOut), f"{where}: {type(arrival)}"
    if isinstance(arrival, Gone | OptedOut):
        _sound_key(arrival.key, where)
    elif isinstance(arrival, Post):
        _sound_post(arrival, where)
    msgspec.json.encode(arrival)  # lone surrogates and the like do not survive this
    return True


def _sound_post(post: Post, where: str) -> None:
    place = f"{where}: {post.key}"
    _sound_key(post.key, where)
    assert post.network, f"{place} has no network"
    assert not _LONE.search(post.text), f"{place} has characters that are no text"
    for entity in post.entities:
        assert 0 <= entity.start < entity.end <= len(post.text), f"{place}: {entity} is outside"
        found = post.text[entity.start : entity.end]
        assert found == entity.text, f"{place}: {found!r} is not {entity.text!r}"
        _sound_address(entity.href, place, ("http://", "https://", "mailto:"))
        _sound_address(entity.image, place)
    for at_ms in (post.created_at_ms, post.received_at_ms):
        assert 0 <= at_ms <= YEAR_2100_MS, f"{place} is of the time {at_ms}"
    for media in post.media:
        assert media.url, f"{place} has media without an address"
        for address in (media.url, media.poster):
            if not _OURS.fullmatch(address):
                _sound_address(address, place)
        assert media.w >= 0 and media.h >= 0 and media.duration_s >= 0, f"{place}: {media}"
    _sound_address(post.permalink, place)
    if post.author is not None:
        _sound_key(post.author.key, place)
        _sound_address(post.author.url, place)
        _sound_address(post.author.avatar, place)


def _sound_key(key: str, where: str) -> None:
    assert len(key) <= MAX_KEY and _KEY.fullmatch(key), f"{where}: {key!r} is no network:host:id"


def _sound_address(
    address: str, place: str, schemes: tuple[str, ...] = ("http://", "https://")
) -> None:
    # the schemes that a page may link to: javascript: and data: never leave a source
    assert not address or address.lower().startswith(schemes), f"{place}: {address!r} is no address"


def _read(source: Source, raw: Raw, where: str) -> None:
    try:
        arrivals: Iterable[Arrival] = list(source.read(raw))
    except Exception as error:
        raise AssertionError(f"{where}: read raised {error!r} on {raw.body[:200]!r}") from error
    for arrival in arrivals:
        sound(arrival, where)


def _json(value: object) -> bytes:
    try:
        return msgspec.json.encode(value)
    except (msgspec.MsgspecError, UnicodeEncodeError, ValueError, OverflowError):
        return repr(value).encode("utf-8", "replace")
