"""The contracts of checks, formats, layouts and bridges."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec

from parvis.core.errors import Later, Refused
from parvis.core.event import CardGone, CardShown, Event, Fact, PostDecided, PostSeen
from parvis.core.post import Author, Post
from parvis.core.verdict import Verdict
from parvis.core.wall import Policy
from parvis.core.wire import Card
from parvis.plug.bridge import Bridge, News
from parvis.plug.check import Around, Check
from parvis.plug.door import Act, Knock
from parvis.plug.format import Format
from parvis.plug.layout import Layout
from parvis.plug.manifest import Kind, check_settings
from parvis.plug.testkit.clock import NOW_MS
from parvis.plug.testkit.extension import ExtensionContract
from parvis.plug.testkit.fake_http import FakeHttp

_ELEMENT = r"[a-z][a-z0-9]*(-[a-z0-9]+)+"


class CheckContract(ExtensionContract):
    """What every check must hold. Fixtures are posts as JSON, one a file."""

    kind: ClassVar[Kind] = "check"
    around: ClassVar[Around] = Around(now_ms=NOW_MS, policy=Policy())

    def check(self) -> Check:
        """A fresh one."""
        opened = self.open()
        assert isinstance(opened, Check)
        return opened

    def test_version_is_said(self) -> None:
        """A verdict can be traced to the version that gave it."""
        assert self.check().version

    def test_fixtures_are_judged(self) -> None:
        """Each post gets a sound verdict, the same one each time and from another instance."""
        for path in sorted((self.place / "fixtures").glob("*.json")):
            self._judge(msgspec.json.decode(path.read_bytes(), type=Post))

    def test_any_text_is_judged(self) -> None:
        """Texts that nobody would write."""
        from hypothesis import HealthCheck, given, settings
        from hypothesis import strategies as st

        @settings(
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        )
        @given(text=st.text(max_size=400), lang=st.sampled_from(("", "en", "fr", "x-?")))
        def any_text(text: str, lang: str) -> None:
            author = Author(key="test::someone", handle="someone", name=text[:40])
            post = Post("test::1", "test", text, NOW_MS, lang=lang, author=author)
            self._judge(post)
            self._judge(msgspec.structs.replace(post, author=None))

        any_text()

    def _judge(self, post: Post) -> None:
        verdict = self.check().judge(post, self.around)
        assert isinstance(verdict, Verdict)
        assert verdict.because.strip(), "a verdict says why, also a pass"
        assert verdict.check and verdict.version
        for span in verdict.spans:
            assert 0 <= span.start < span.end <= len(post.text), f"{span} is outside the text"
        assert self.check().judge(post, self.around) == verdict, "judged otherwise the second time"


class FormatContract(ExtensionContract):
    """What every format must hold; `settings` start it. Fixtures are lists of acts as JSON, one a
    file.
    """

    kind: ClassVar[Kind] = "format"

    def format(self) -> Format:
        """A fresh one."""
        opened = self.open()
        assert isinstance(opened, Format)
        return opened

    def filled(self) -> dict[str, Any]:
        """The settings as the format gets them."""
        return check_settings(self.manifest, self.settings)

    def plays(self) -> list[tuple[Act, ...]]:
        """The fixtures."""
        files = sorted((self.place / "fixtures").glob("*.json"))
        return [msgspec.json.decode(path.read_bytes(), type=tuple[Act, ...]) for path in files]

    def test_fixtures_are_played(self) -> None:
        """Each fixture changes the state, and replays to the same one."""
        for acts in self.plays():
            state = self._played(acts)
            assert state != self.format().start(self.filled()), "the acts change nothing"
            assert self._played(acts) == state, "another state at the second replay"

    def test_any_acts_are_played(self) -> None:
        """Acts that no page of ours sends: nothing raises, nothing leaks."""
        from hypothesis import HealthCheck, given, settings
        from hypothesis import strategies as st

        known = sorted({act.action for acts in self.plays() for act in acts})
        keys = sorted({key for acts in self.plays() for act in acts for key in act.data})
        values = sorted({text for acts in self.plays() for a in acts for text in a.data.values()})
        words = st.text(max_size=12)
        data = st.dictionaries(
            st.sampled_from([*keys, ""]) | words, st.sampled_from([*values, ""]) | words
        )
        act = st.builds(
            Act,
            action=st.sampled_from([*known, ""]) | words,
            who=st.sampled_from(("who-token-a-8f2c", "who-token-b-91d7", "who-token-c-40aa")),
            data=data,
            at_ms=st.integers(0, 2**42),
        )

        @settings(
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        )
        @given(acts=st.lists(act, max_size=12))
        def any_acts(acts: list[Act]) -> None:
            self._played(tuple(acts))

        any_acts()

    def test_settings_may_change(self) -> None:
        """The state is carried over to the same settings unharmed."""
        for acts in self.plays():
            state = self._played(acts)
            settled = self.format().settle(copy.deepcopy(state), self.filled())
            assert self.format().view(settled) == self.format().view(state)

    def test_any_request_is_answered(self) -> None:
        """The doors answer what no page of ours sends, without raising."""
        form, state = self.format(), self.format().start(self.filled())
        bodies = (
            b"",
            b"{}",
            b"[]",
            b"null",
            b"\xff\x00",
            b'{"' * 500,
            b'{"choice": {}}',
            b"9" * 400,
        )
        for door in form.doors():
            assert door.methods and door.max_bytes > 0
            for method in (*door.methods, "DELETE"):
                for body in bodies:
                    knock = Knock(door.name, method, {}, {}, body, NOW_MS)
                    answer = form.answer(knock, copy.deepcopy(state))
                    assert 200 <= answer.status < 600 and not answer.raws

    def _played(self, acts: tuple[Act, ...]) -> dict[str, Any]:
        form = self.format()
        state = form.start(self.filled())
        for act in acts:
            before = copy.deepcopy(state)
            after = form.reduce(state, [act])
            assert state == before, "reduce changed the state that it was given"
            assert msgspec.json.decode(msgspec.json.encode(after)) == after, "no plain JSON"
            state = after
        first = form.start(self.filled())
        assert form.reduce(first, []) == first, "no act changed the state"
        assert form.reduce(first, acts) == state, "acts at once and one by one differ"
        view = msgspec.json.encode(form.view(copy.deepcopy(state))).decode()
        for act in acts:
            assert len(act.who) < 8 or act.who not in view, "the view holds a visitor's token"
        return state


class LayoutContract(ExtensionContract):
    """What every layout must hold."""

    kind: ClassVar[Kind] = "layout"

    def test_fixtures_are_readable(self) -> None:
        """A layout needs none."""

    def test_element_and_cards(self) -> None:
        """A custom element's name, its browser half beside it, and a sane number of first cards."""
        import re

        layout = self.open()
        assert isinstance(layout, Layout)
        assert re.fullmatch(_ELEMENT, layout.element), layout.element
        assert any((self.place / name).is_file() for name in ("wall.ts", "wall.js"))
        for capacity in (0, 1, 2, 10, 50, 500):
            assert 0 <= layout.first(capacity) <= capacity
            assert layout.first(capacity) == layout.first(capacity)


class BridgeContract(ExtensionContract):
    """What every bridge must hold. `url`: the address that it calls with `settings`."""

    kind: ClassVar[Kind] = "bridge"
    url: ClassVar[str] = ""
    card: ClassVar[Card] = Card("test::1", "test", "Hello", 1, NOW_MS, NOW_MS)

    def facts(self) -> tuple[Fact, ...]:
        """Facts of several types."""
        events: tuple[Event, ...] = (
            PostSeen("test::1", "source"),
            PostDecided("test::1", "approved", "1"),
            CardShown("test::1"),
            CardGone("test::1"),
        )
        return tuple(Fact("wall", seq, NOW_MS, event) for seq, event in enumerate(events, 1))

    def test_fixtures_are_readable(self) -> None:
        """A bridge needs none."""

    def test_wants_is_pure(self) -> None:
        """The same answer for the same fact; something is wanted."""
        bridge = self._bridge(FakeHttp())
        wanted = [bridge.wants(fact) for fact in self.facts()]
        assert wanted == [bridge.wants(fact) for fact in self.facts()]
        assert any(wanted), "nothing is wanted"

    def test_who_is_told_of_cards_is_told_when_they_go(self) -> None:
        """A receiver that is given a post's words hears when it must delete them."""
        bridge = self._bridge(FakeHttp())
        shown, gone = (Fact("wall", 1, NOW_MS, what("test::1")) for what in (CardShown, CardGone))
        assert bridge.wants(gone) or not bridge.wants(shown)

    def test_refusals_are_understood(self) -> None:
        """What the other side answers becomes `Later` or `Refused`, with and without a card."""
        outcomes: Mapping[int, type[Exception] | None] = {200: None, 503: Later, 401: Refused}
        for status, expected in outcomes.items():
            http = FakeHttp().answers(self.url, b"{}", status=status)
            bridge = self._bridge(http)
            for fact in filter(bridge.wants, self.facts()):
                for card in (self.card, None):
                    raised = asyncio.run(_told(bridge, fact, card))
                    assert expected is None or raised is None or isinstance(raised, expected)
            assert http.asked, f"{self.url} was not called"

    def _bridge(self, http: FakeHttp) -> Bridge:
        opened = self.open(http)
        assert isinstance(opened, Bridge)
        return opened


async def _told(bridge: Bridge, fact: Fact, card: Card | None) -> Exception | None:
    try:
        await bridge.tell(News(f"{fact.wall}.{fact.seq}", fact, "a1b2", card))
    except (Refused, Later) as error:
        return error
    return None
