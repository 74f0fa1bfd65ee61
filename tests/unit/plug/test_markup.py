"""HTML read into text and entities: the cases that Mastodon, feeds and attackers send."""

from __future__ import annotations

import pytest

from parvis.plug.markup import MAX_ENTITIES, MAX_TEXT, Marked, read_markup, safe_href
from parvis.plug.tags import tokens


def told(marked: Marked) -> list[tuple[str, str, str]]:
    for entity in marked.entities:
        assert marked.text[entity.start : entity.end] == entity.text
    return [(entity.type, entity.text, entity.href or entity.image) for entity in marked.entities]


def test_mention_hashtag_and_shortened_link_read_as_mastodon_shows_them() -> None:
    marked = read_markup(
        '<p><span class="h-card"><a href="https://m.example/@ann" class="u-url mention">@<span>ann'
        '</span></a></span> at <a href="https://m.example/tags/f%C3%AAte" class="mention hashtag"'
        ' rel="tag">#<span>fête</span></a>: <a href="https://example.com/a/long/road">'
        '<span class="invisible">https://</span><span class="ellipsis">example.com/a/l</span>'
        '<span class="invisible">ong/road</span></a></p>'
    )
    assert marked.text == "@ann at #fête: example.com/a/l…"
    assert told(marked) == [
        ("mention", "@ann", "https://m.example/@ann"),
        ("tag", "#fête", "https://m.example/tags/f%C3%AAte"),
        ("link", "example.com/a/l…", "https://example.com/a/long/road"),
    ]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p><p>two<br>three<br/>four</p>", "one\n\ntwo\nthree\nfour"),
        ("a<br><br><br><br>b", "a\n\nb"),
        ("  <p>  spaces \n and   lines </p>  ", "spaces and lines"),
        ("<ul><li>one</li><li><p>two</p></li></ul>", "• one\n\n• two"),
        ("<ul><li></li><li>only</li></ul>", "• only"),
        ("<pre>def f():\n    pass\n</pre>after", "def f():\n    pass\n\nafter"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<p>&nbsp;</p><p>after an empty one</p>", "after an empty one"),
        ("plain &amp; &lt;b&gt; &#x1F600; &eacute;", "plain & <b> 😀 é"),
        ("1 < 2 <3 a<b", "1 < 2 <3 a"),
        ("<script>alert(1)</script>x<style>y{}</style>z", "xz"),
        ("<svg><title>no</title><text>no</text></svg>yes", "yes"),
        ("<video>no player</video>yes<div hidden>no</div>", "yes"),
        ("<!-- no --> yes <!doctype html><?php no ?>", "yes"),
        ("cut <a href='http://example.com", "cut"),
        ("</p></div></b>closing only", "closing only"),
        ("", ""),
    ],
)
def test_text_is_what_a_reader_sees(html: str, text: str) -> None:
    assert read_markup(html).text == text


def test_hidden_classes_are_the_callers_choice() -> None:
    html = '<p class="quote-inline">RE: link</p><p>words</p>'
    assert read_markup(html).text == "RE: link\n\nwords"
    assert read_markup(html, hidden=frozenset(("quote-inline",))).text == "words"


def test_offsets_count_code_points_after_emoji_and_right_to_left_text() -> None:
    marked = read_markup('👩‍👩‍👧 שלום <a href="https://example.com/">קישור</a> 日本')
    assert told(marked) == [("link", "קישור", "https://example.com/")]
    assert marked.entities[0].start == len("👩‍👩‍👧 שלום ")


def test_space_around_a_link_stays_outside_it() -> None:
    marked = read_markup('a<a href="https://example.com/"> b </a>c')
    assert marked.text == "a b c"
    assert told(marked) == [("link", "b", "https://example.com/")]


def test_shortcodes_become_emoji_with_their_image_only_where_known_and_free() -> None:
    marked = read_markup(
        ':ok: :no: x:ok:y <a href="https://example.com/:ok:">in :ok: link</a> :ok:',
        emojis={"ok": "https://e.example/ok.png", "bad": "javascript:1"},
    )
    assert told(marked) == [
        ("emoji", ":ok:", "https://e.example/ok.png"),
        ("link", "in :ok: link", "https://example.com/:ok:"),
        ("emoji", ":ok:", "https://e.example/ok.png"),
    ]


def test_emoji_images_are_text_and_other_images_are_pictures() -> None:
    marked = read_markup(
        'hi <img class="emoji" alt=":cat:" src="/cat.png"><img alt="A  hall" src="hall.jpg"'
        ' width="640" height="480"><img src="javascript:x">',
        base="https://example.com/post/",
    )
    assert marked.text == "hi :cat:"
    assert told(marked) == [("emoji", ":cat:", "https://example.com/cat.png")]
    assert marked.pictures == (("https://example.com/post/hall.jpg", "A hall", 640, 480),)


def test_a_tag_without_its_sign_is_a_link() -> None:
    marked = read_markup('<a rel="tag" href="https://example.com/c">News</a>')
    assert [entity.type for entity in marked.entities] == ["link"]


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "//",
        "http://",
        "http://[::1",
        "https://example.com:99999/",
        "https://bank.example@evil.example/",
        "relative/path",
        "mailto:nobody",
        "https://example.com/" + "a" * 5000,
        "",
    ],
)
def test_unsafe_addresses_are_no_links(address: str) -> None:
    assert safe_href(address) == ""
    assert read_markup(f'<a href="{address}">text</a>').entities == ()


@pytest.mark.parametrize(
    ("address", "base", "whole"),
    [
        ("https://example.com/a b", "", "https://example.com/ab"),
        ("HTTP://Example.com", "", "HTTP://Example.com"),
        ("mailto:ann@example.com", "", "mailto:ann@example.com"),
        ("//cdn.example/x", "https://example.com/", "https://cdn.example/x"),
        ("../x", "https://example.com/a/b/", "https://example.com/a/x"),
        ("https://example.com/\u202etxt.exe", "", "https://example.com/txt.exe"),
    ],
)
def test_safe_addresses_are_kept_or_resolved(address: str, base: str, whole: str) -> None:
    assert safe_href(address, base) == whole


def test_text_is_cut_with_an_ellipsis_at_the_limit() -> None:
    marked = read_markup("<p>one <a href='https://example.com'>two three</a></p>", most=9)
    assert marked.text == "one two …"
    assert told(marked) == [("link", "two …", "https://example.com")]
    assert len(read_markup("x" * 10_000_000).text) == MAX_TEXT


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 10_000 + "x",
        "<b><i>" * 300_000,
        "<i>" * 150 + "</b>" * 250_000,
        "<!--" * 300_000,
        '<a b="' * 200_000,
        "<a b='" * 200_000,
        "<a " + "=" * 900_000,
        "<a " + "b " * 400_000,
        "<" * 1_000_000,
        "<script>" * 100_000,
        "<a href='https://example.com'>z" * 50_000,
        '<a href="https://example.com">' + "<b>x" * 100_000,
        "&#9" * 300_000,
        "&#" + "9" * 900_000,
        "&#x" + "f" * 900_000,
        "&am" * 300_000,
        "<li>" * 200_000,
        "a b " * 2_500_000,
    ],
    ids=lambda html: f"{html[:8]}*{len(html)}",
)
@pytest.mark.timeout(30)
def test_hostile_markup_costs_no_more_than_its_length(html: str) -> None:
    marked = read_markup(html)
    assert len(marked.text) <= MAX_TEXT
    assert len(marked.entities) <= MAX_ENTITIES


def test_tokens_keep_the_first_of_doubled_attributes_and_decode_them() -> None:
    (tag,) = tokens("<A HREF=x&amp;y href=z data-n>")
    assert not isinstance(tag, str)
    assert (tag.name, tag.attributes) == ("a", {"href": "x&y", "data-n": ""})
