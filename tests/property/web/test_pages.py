"""Whatever people write, the page holds it as text and nothing else."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from parvis.core.post import Author, Entity, Media, Post
from parvis.core.verdict import Decision
from parvis.core.wall import Wall
from parvis.core.wire import Card, CardPolicy, FormatFace, Snapshot, WallFace
from parvis.flow.receipt import Standing
from parvis.plug.door import Choice, Consent, Form, Invitation
from parvis.web.pages.phone import Asked, Written, phone_page
from parvis.web.pages.receipt import Receipt
from parvis.web.pages.share import share_page
from parvis.web.pages.wall import wall_page
from parvis.web.snapshots import Held
from parvis.web.static_files import Static
from parvis.web.tongue import TONGUES

CORPUS = (
    "<script>window.__pwned=1</script>",
    "</script><script>window.__pwned=1</script>",
    '"><svg onload=alert(1)>',
    "'><img src=x onerror=alert(1)>",
    "<!--<script>",
    "--></script>",
    "]]><x>",
    "&lt;b&gt; &amp;amp; &#60;script&#62;",
    "javascript:alert(1)",
    "\u2028\u2029\x00\x0b",
    "<\x00script>",
    "{{7*7}}${7*7}<%= 7 %>",
    "🎉<b>🎉</b>",
    "\u202e</p>",
    "<textarea></title><plaintext>",
)
hostile = st.one_of(
    st.sampled_from(CORPUS),
    st.text(st.characters(codec="utf-8"), max_size=60),
    st.lists(st.sampled_from([*CORPUS, "x ", "\n", "é"]), max_size=4).map("".join),
)
STATIC = Static(Path(__file__).parent)
TAGS = {
    "html", "head", "meta", "title", "link", "body", "parvis-stage", "article", "div", "p", "span",
    "footer", "img", "time", "script", "main", "h1", "h2", "h3", "section", "form", "input",
    "button", "a", "ul", "li", "header", "nav", "svg", "path", "circle", "rect", "bdi", "label",
    "textarea", "ol", "strong", "details", "summary", "video", "use",
}  # fmt: skip


PLACES = {"#write", "#vote", "#mine"}


class Seen(HTMLParser):
    """Tags, attributes and text as a parser of HTML sees them."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if dict(attrs).get("class") == "emoji":
            self.handle_data(dict(attrs)["alt"] or "")  # a picture that reads as the sign
        if tag not in ("meta", "link", "img", "input"):
            self._open.append(f"{tag}.{dict(attrs).get('class') or dict(attrs).get('id') or ''}")
            self.texts.setdefault(self._open[-1], []).append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().startswith(f"{tag}."), "the page is not well nested"

    def handle_data(self, data: str) -> None:
        for name in self._open:
            self.texts[name][-1] += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment got in: {data!r}")


def fit(text: str) -> str:
    """What a page can hold of a text."""
    bad = set(range(32)) - {9, 10, 12, 13} | {127, 12}
    return "".join("\ufffd" if ord(c) in bad or 0xD800 <= ord(c) < 0xE000 else c for c in text)


def check(page: bytes) -> Seen:
    seen = Seen(page)
    for tag, attributes in seen.tags:
        assert tag in TAGS, tag
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name != "style"
            if name in ("href", "src", "action"):
                assert value is not None
                assert value.startswith(("/", "https://", "http://")) or value in PLACES
                assert not value.startswith("//")
            if tag == "script" and name == "src":
                assert str(value).startswith("/static/")
    return seen


def card(text: str, other: str, spans: list[tuple[int, int]]) -> Card:
    return Card(
        post=f"test:{other}:1",
        network=other or "x",
        text=text,
        order=1,
        shown_at_ms=1,
        created_at_ms=1_764_000_000_000,
        entities=tuple(Entity("tag", a, b, text[a:b], href=other) for a, b in spans),
        lang=other,
        media=(Media("image", other, alt=other, w=3, h=2), Media("image", "/media/0", alt=other)),
        author=Author("", other, text, url=other, avatar=other),
        permalink=other,
        policy=CardPolicy(must_show=("name", "handle", "avatar", "timestamp")),
    )


def held(cards: tuple[Card, ...], title: str, view: dict[str, Any]) -> Held:
    face = WallFace("square", title, "en", title, title, title, hashtags=(title,))
    snapshot = Snapshot(
        7, face, cards, (FormatFace("f1", "poll", view), FormatFace(title, title, {}))
    )
    return Held(snapshot, msgspec.json.encode(snapshot))


@given(hostile, hostile, st.lists(st.tuples(st.integers(-2, 70), st.integers(-2, 70)), max_size=3))
def test_the_wall_holds_text_as_text(text: str, other: str, spans: list[tuple[int, int]]) -> None:
    made = held((card(text, other, [s for s in spans if s[0] >= 0]),), other, {})
    page = wall_page(made, 5, STATIC)
    seen = check(page)
    shown = seen.texts.get("p.text", [""])[0]
    assert shown.replace("\xa0", " ") == fit(text.rstrip()).replace("\xa0", " ")
    assert [tag for tag, _ in seen.tags].count("article") == 1
    stage = dict(seen.tags)["parvis-stage"]
    assert (stage["data-wall"], stage["data-seq"], stage["data-live"]) == (
        "square",
        "7",
        "/live/square",
    )


@given(hostile, hostile)
def test_the_snapshot_in_the_page_is_the_snapshot(text: str, other: str) -> None:
    made = held((card(text, other, []),), other, {"question": text})
    page = wall_page(made, 5, STATIC)
    block = page.partition(b'id="parvis-snapshot">')[2].partition(b"</script>")[0]
    assert json.loads(block) == json.loads(made.body)
    assert not set(b"<>&") & set(block)
    seen = check(page)
    assert seen.texts["script.parvis-snapshot"] == [block.decode()]


def invitation(text: str, other: str) -> Invitation:
    consent = Consent("1", "fr", text, other)
    return Invitation("post", consent, 280, 4, 1_000_000, 2_000_000, "{has} {most}")


def standing(text: str, other: str) -> Standing:
    media = (Media("image", "blob:" + "a" * 64, mime="image/jpeg", alt=text),)
    author = Author("phone:here:x", other, other)
    post = Post("phone:here:1", "phone", text, 1_000_000, media=media, author=author)
    refused = Decision("rejected", "person:owner", other or "no", 1_100_000)
    return Standing("0" * 32, "hall", "rejected", post, (), refused, (refused,))


@given(hostile, hostile)
def test_receipts_and_shared_posts_hold_text_as_text(text: str, other: str) -> None:
    hall = Wall("hall", text)
    for tongue in TONGUES.values():
        receipt = Receipt(standing(text, other), hall, "w" * 24, tongue, other, 2_000_000)
        assert (
            not text or fit(text) in check(receipt.page(STATIC, says=other)).texts["textarea.text"]
        )
    shared = share_page(
        card(text, other, []),
        WallFace("hall", other, "en", "masonry", "conference", "dark"),
        TONGUES["en"],
        STATIC,
        "http://x/s",
    )
    check(shared)


@given(hostile, hostile)
def test_the_phone_page_holds_text_as_text(text: str, other: str) -> None:
    view = {"question": text, "open": False, "answers": [{"text": other, "share": 1}]}
    made = held((), other, view)
    form = Form("vote", text, (Choice("answer", other, other),), note=other)
    for forms in ({}, {"f1": form}):
        page = phone_page(
            made,
            STATIC,
            TONGUES["fr"],
            asked=Asked("room", invitation(text, other)) if forms else None,
            forms=forms,
            networks=[other],
            who="0",
            page="1",
            now_ms=1,
            says={"f1": text},
            written=Written(text, other, text),
        )
        seen = check(page)
        assert not text or fit(text) in seen.texts["h2."]


def test_panic_covers_the_page_too() -> None:
    made = held((card("secret words", "x", []),), "t", {})
    wall = msgspec.structs.replace(made.snapshot.wall, panic=True)
    snapshot = msgspec.structs.replace(made.snapshot, wall=wall)
    page = wall_page(Held(snapshot, b"{}"), 5, STATIC)
    assert b"secret words" not in page
