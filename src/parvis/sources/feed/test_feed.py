from __future__ import annotations

import re
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest

from parvis.core.errors import Later, Refused
from parvis.core.post import Arrival, Gone, Post, Raw, Unreadable
from parvis.plug.manifest import read_manifest
from parvis.plug.source import Page, Source
from parvis.plug.testkit import (
    DictMemory,
    FakeHttp,
    ManualClock,
    SourceContract,
    recorded,
    sound,
    tools,
)
from parvis.sources.feed import open_source

URL = "https://blog.example/feed"
NOW_MS = 1_790_000_000_000
FIXTURES = Path(__file__).parent / "fixtures"
RSS = {"content-type": "application/rss+xml"}


class TestContract(SourceContract):
    folder = __file__
    settings: ClassVar = {"url": URL}


def source(
    http: FakeHttp | None = None, memory: DictMemory | None = None, **more: object
) -> Source:
    settings = {"url": URL, **more}
    return open_source(
        tools(settings, folder=__file__, http=http, memory=memory, clock=ManualClock(NOW_MS))
    )


def posts(body: str | bytes, **more: object) -> list[Post]:
    raw = Raw(body=body if isinstance(body, bytes) else body.encode(), received_at_ms=NOW_MS)
    return [each for each in source(**more).read(raw) if isinstance(each, Post)]  # type: ignore[arg-type]


def fixture(name: str) -> list[Post]:
    return posts((FIXTURES / name).read_bytes())


def read(opened: Source, page: Page) -> list[Arrival]:
    return [arrival for raw in page.raws for arrival in opened.read(raw)]


def rss(*items: tuple[str, str], more: str = "") -> str:
    told = "".join(
        f"<item><title>{title}</title><guid>https://blog.example/{id_}</guid>"
        f"<link>https://blog.example/{id_}</link></item>"
        for id_, title in items
    )
    return f'<rss version="2.0"><channel><title>Blog</title>{more}{told}</channel></rss>'


# reading ------------------------------------------------------------------------------------------


def test_rss() -> None:
    first, second = fixture("blog.rss")
    assert first.key == "feed:blog.example:" + first.key.rpartition(":")[2]
    assert first.key.endswith("/1") and second.key == "feed:blog.example:https://blog.example/?p=2"
    assert first.text == "Premier billet, tout simple."
    assert first.author is not None and first.author.name == "Grace Hopper"
    assert (first.media[0].type, first.media[0].url) == ("audio", "https://blog.example/e.mp3")
    assert second.text == (
        "Deuxième : l'été & la fête\n\nRendez-vous sur la place 🎉 #FêteDuParvis"
    )
    assert [(each.type, each.text, each.href) for each in second.entities] == [
        ("link", "sur la place", "https://blog.example/carte"),
        ("tag", "#FêteDuParvis", ""),
    ]
    assert [each.url for each in second.media] == [
        "https://blog.example/m.jpg",
        "https://blog.example/p.jpg",
    ]
    assert second.media[1].alt == "La place"
    assert second.author is not None
    assert (second.author.name, second.author.handle) == ("Ada Lovelace", "blog.example")
    assert (second.created_at_ms, second.lang) == (1_777_968_000_000, "fr-fr")


def test_atom() -> None:
    first, second = fixture("planet.atom")
    assert first.text == "A & B\n\nSee this שלום"
    assert first.entities[0].href == "https://planet.example/x"
    assert first.author is not None and first.author.name == "Planet"
    assert second.text == "Less <b> is more\n\nPlain words about <b>."
    assert second.author is not None and second.author.url == "https://planet.example/ann"
    assert second.permalink == "https://planet.example/b"


def test_json_feed() -> None:
    first, second = fixture("micro.json")
    assert first.text == "One <b>and</b> only"
    assert (first.media[0].type, first.media[0].alt) == ("video", "A film")
    assert second.text == "Two words" and second.key.endswith("/2")
    assert second.author is not None and second.author.name == "Mia"
    assert second.created_at_ms == 1_777_968_000_000


def test_a_title_is_not_said_twice() -> None:
    item = "<item><title>Big news!</title><description>{}</description></item>"
    feed = '<rss version="2.0"><channel>{}</channel></rss>'
    for body, text in (
        ("", "Big news!"),
        ("&lt;p&gt;Big news&lt;/p&gt;", "Big news!"),
        ("Big news: it rains.", "Big news: it rains."),
        ("It rains.", "Big news!\n\nIt rains."),
    ):
        assert [post.text for post in posts(feed.format(item.format(body)))] == [text]


def test_an_edit_is_another_version_and_a_new_date_alone_is_none() -> None:
    dated = rss(("1", "One")).replace("</item>", "<pubDate>{}</pubDate></item>")
    (first,) = posts(dated.format("Mon, 04 May 2026 10:00:00 GMT"))
    (again,) = posts(dated.format("Tue, 05 May 2026 10:00:00 GMT"))
    (edited,) = posts(rss(("1", "Won")))
    assert first.key == again.key == edited.key
    assert first.version == again.version != edited.version


def test_entries_without_an_id_are_known_by_their_link_or_words() -> None:
    by_link = '<rss version="2.0"><channel><item><title>{}</title><link>https://b.example/1</link></item></channel></rss>'
    (first,), (second,) = posts(by_link.format("a")), posts(by_link.format("b"))
    assert first.key == second.key == "feed:blog.example:https://b.example/1"
    bare = '<rss version="2.0"><channel><item><title>{}</title></item></channel></rss>'
    assert posts(bare.format("a"))[0].key == posts(bare.format("a"))[0].key
    assert posts(bare.format("a"))[0].key != posts(bare.format("b"))[0].key


def test_one_id_for_different_entries_is_told_apart() -> None:
    told = posts(rss(("1", "One"), ("1", "One"), ("2", "Two")))
    assert len(told) == 2
    feed = rss(("1", "One"), ("1", "Other")).replace("<link>https://blog.example/1</link>", "")
    assert len({post.key for post in posts(feed)}) == 2


@pytest.mark.parametrize(
    "date", ["Mon, 01 Jan 0001 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "no"]
)
def test_dates_out_of_range_are_clamped(date: str) -> None:
    (post,) = posts(rss(("1", "a")).replace("</item>", f"<pubDate>{date}</pubDate></item>"))
    assert 0 <= post.created_at_ms <= 4_102_444_800_000


def test_an_e_mail_address_is_nobodys_name() -> None:
    (post,) = posts(rss(("1", "a")).replace("</item>", "<author>ada@example.org</author></item>"))
    assert post.author is not None and post.author.name == "Blog"
    (post,) = posts(rss(("1", "a")), title="Our blog")
    assert post.author is not None and post.author.name == "Our blog"


def test_entities_cannot_explode_nor_reach_outside() -> None:
    hostname = Path("/etc/hostname")
    host = hostname.read_text(encoding="utf-8").strip() if hostname.exists() else "no such file"
    for name in ("laughs.xml", "outside.xml"):
        body = (FIXTURES / "broken" / name).read_bytes()
        told = msgspec.json.encode(list(source().read(Raw(body=body))))
        assert len(told) < 5_000
        assert not host or host.encode() not in told.replace(b"x.example", b"")


def test_a_name_of_a_file_is_never_opened(tmp_path: Path) -> None:
    path = tmp_path / "feed"
    path.write_text(rss(("1", "from the disk")), encoding="utf-8")
    assert not posts(str(path))
    assert not posts(f"file://{path}")


def test_what_is_no_feed_is_said_so() -> None:
    def because(body: bytes) -> str:
        (told,) = source().read(Raw(body=body, url=URL))
        assert isinstance(told, Unreadable)
        return told.because

    page = (FIXTURES / "broken" / "page.html").read_bytes()
    assert "it offers the feed https://blog.example/feed: set that as url" in because(page)
    assert "offers no feed" in because(b"<!doctype html><html></html>")
    assert "empty" in because(b" ")
    assert "no JSON Feed" in because(b'{"items": []}')
    assert "nested too deeply" in because(b'{"version": "", "items": [' + b"[" * 9_000)
    assert "neither RSS" in because(b"hello")


def test_a_bad_item_costs_itself_alone() -> None:
    body = (FIXTURES / "broken" / "items.json").read_bytes()
    told = list(source().read(Raw(body=body)))
    assert [each.text for each in told if isinstance(each, Post)] == ["fine"]
    assert [each.where for each in told if isinstance(each, Unreadable)] == [
        "entry 1",
        "entry 2",
        "entry 3",
        "entry 4",
    ]


def test_a_cut_feed_gives_what_is_whole() -> None:
    told = posts((FIXTURES / "broken" / "cut.xml").read_bytes())
    assert "whole" in [post.text for post in told]


def test_a_long_feed_says_what_it_leaves_out() -> None:
    raw = Raw(body=rss(*((str(n), f"t{n}") for n in range(600))).encode())
    told = list(source().read(raw))
    assert len([each for each in told if isinstance(each, Post)]) == 500
    assert [each.because for each in told if isinstance(each, Unreadable)] == [
        "Only the first 500 entries are read."
    ]


@pytest.mark.recorded
def test_recorded_feeds_are_read_and_no_entry_is_lost() -> None:
    opened, read_posts = source(), 0
    for name, body in recorded("feeds"):
        told = list(opened.read(Raw(body=body, received_at_ms=NOW_MS)))
        assert all(sound(each, name) for each in told)
        entries = len(re.findall(rb"<(?:\w+:)?(?:item|entry)[\s>]", body))
        assert len(told) >= entries, f"{name}: {entries} entries, {len(told)} arrivals"
        read_posts += sum(isinstance(each, Post) for each in told)
    assert read_posts > 300


# polling ------------------------------------------------------------------------------------------


async def test_the_first_look_takes_the_newest_and_later_ones_everything_new() -> None:
    old = [(str(n), f"old {n}") for n in range(9, 0, -1)]
    http = FakeHttp().answers(URL, rss(*old), headers=RSS)
    http.answers(URL, rss(("11", "new"), ("10", "newer"), *old), headers=RSS)
    opened = source(http, limit=3)
    first = await opened.poll("")
    told = [each.text for each in read(opened, first) if isinstance(each, Post)]
    assert told == ["old 7", "old 8", "old 9"]
    second = await opened.poll(first.cursor)
    told = [each.text for each in read(opened, second) if isinstance(each, Post)]
    assert told == ["old 7", "old 8", "old 9", "newer", "new"]


async def test_nothing_is_taken_at_first_when_the_limit_is_0() -> None:
    http = FakeHttp().answers(URL, rss(("1", "old")), headers=RSS)
    http.answers(URL, rss(("2", "new"), ("1", "old")), headers=RSS)
    opened = source(http, limit=0)
    first = await opened.poll("")
    assert read(opened, first) == []
    second = read(opened, await opened.poll(first.cursor))
    assert [each.text for each in second if isinstance(each, Post)] == ["new"]


async def test_unchanged_feeds_are_asked_conditionally_and_less_often() -> None:
    http = FakeHttp().answers(URL, rss(("1", "a")), headers={**RSS, "etag": '"1"'})
    opened = source(http)
    page = await opened.poll("")
    waits = [page.again_in_s]
    for _ in range(5):
        page = await opened.poll(page.cursor)
        assert page.raws == ()
        waits.append(page.again_in_s)
    assert waits == [300, 450, 675, 900, 900, 900]


@pytest.mark.parametrize(
    ("more", "headers", "expected"),
    [
        ("<ttl>20</ttl>", {}, 1200),
        ("<ttl>5000</ttl>", {}, 3600),
        ("<ttl>soon</ttl>", {}, 300),
        ("", {"cache-control": "public, max-age=1000"}, 1000),
        ("", {"cache-control": "max-age=999999999"}, 3600),
        ("", {"cache-control": "max-age=1"}, 300),
    ],
)
async def test_the_feeds_own_pace_is_kept(
    more: str, headers: dict[str, str], expected: float
) -> None:
    http = FakeHttp().answers(URL, rss(("1", "a"), more=more), headers={**RSS, **headers})
    assert (await source(http).poll("")).again_in_s == expected


async def test_refusals_are_passed_on() -> None:
    http = FakeHttp().answers(URL, status=429, headers={"retry-after": "77"})
    with pytest.raises(Later) as later:
        await source(http).poll("")
    assert later.value.retry_after_s == 77
    with pytest.raises(Refused, match="gone for good"):
        await source(FakeHttp().answers(URL, status=410)).poll("")
    page = FakeHttp().answers(URL, (FIXTURES / "broken" / "page.html").read_bytes())
    with pytest.raises(Refused, match=r"it offers the feed https://blog\.example/feed"):
        await source(page).poll("")


async def test_a_nonsense_cursor_and_memory_begin_anew() -> None:
    http = FakeHttp().answers(URL, rss(("1", "a")), headers=RSS)
    opened = source(http, DictMemory({"kept": "}{", "websub": "}{", "hub": ""}))
    assert len(read(opened, await opened.poll("}{"))) == 1


async def test_an_entry_that_leaves_is_looked_up_and_gone_when_its_page_is() -> None:
    four = [("4", "d"), ("3", "c"), ("2", "b"), ("1", "a")]
    http = FakeHttp().answers(URL, rss(*four), headers=RSS)
    http.answers(URL, rss(("4", "d"), ("1", "a")), headers=RSS)
    http.answers("https://blog.example/3", status=410)
    http.answers("https://blog.example/2", b"still here")
    opened = source(http)
    first = await opened.poll("")
    told = read(opened, await opened.poll(first.cursor))
    assert [each.key for each in told if isinstance(each, Gone)] == [
        "feed:blog.example:https://blog.example/3"
    ]


async def test_an_entry_that_scrolls_out_is_not_looked_up() -> None:
    http = FakeHttp().answers(URL, rss(("2", "b"), ("1", "a")), headers=RSS)
    http.answers(URL, rss(("3", "c"), ("2", "b")), headers=RSS)
    http.answers(URL, rss(), headers=RSS)
    opened = source(http)
    page = await opened.poll("")
    for _ in range(2):
        page = await opened.poll(page.cursor)
        assert not any(isinstance(each, Gone) for each in read(opened, page))
    assert {each.url for each in http.asked} == {URL}


async def test_a_page_that_cannot_be_asked_now_is_asked_again() -> None:
    http = FakeHttp().answers(URL, rss(("2", "b"), ("1", "a")), headers=RSS)
    http.answers(URL, rss(("1", "a")), headers=RSS)
    http.answers("https://blog.example/2", error=Later("not now"))
    http.answers("https://blog.example/2", status=404)
    opened = source(http)
    page = await opened.poll("")
    page = await opened.poll(page.cursor)
    assert not any(isinstance(each, Gone) for each in read(opened, page))
    page = await opened.poll(page.cursor)
    assert any(isinstance(each, Gone) for each in read(opened, page))


async def test_probe_says_what_is_there() -> None:
    there = FakeHttp().answers(URL, rss(("1", "a"), ("2", "b")))
    probe = await source(there).probe()
    assert probe.ok and probe.found == 2 and probe.says == "“Blog” has 2 entries."
    none = await source(FakeHttp().answers(URL, rss())).probe()
    assert none.ok and "without entries" in none.says
    page = FakeHttp().answers(URL, (FIXTURES / "broken" / "page.html").read_bytes())
    probe = await source(page).probe()
    assert not probe.ok and "it offers the feed" in probe.says
    probe = await source(FakeHttp().answers(URL, status=404)).probe()
    assert not probe.ok and "404" in probe.says


def test_the_host_of_a_feed_is_no_handle_on_the_wall() -> None:
    """It names the author to policies and people who decide; `@example.org` would be nobody."""
    manifest = read_manifest(Path(__file__).parent / "plugin.toml")
    assert manifest.policy.must_show == ("name",)
