from __future__ import annotations

from typing import Any

import pytest

from parvis.core.post import Author, Entity, Media
from parvis.core.wire import Card, CardPolicy
from parvis.web.pages.card import card_element, picture_of, text_nodes


def card(**more: Any) -> Card:
    fields: dict[str, Any] = {
        "post": "test:example.org:1",
        "network": "mastodon",
        "text": "Hello #all of you\n",
        "order": 1,
        "shown_at_ms": 1,
        "created_at_ms": 1_764_000_000_000,
        "author": Author("", "@ada@example.org", "Ada"),
        "policy": CardPolicy(must_show=("name", "handle")),
    }
    return Card(**{**fields, **more})


def test_a_card_as_the_kit_draws_it() -> None:
    made = str(card_element(card(entities=(Entity("tag", 6, 10, "#all"),), lang="en")))
    assert made == (
        '<article class="slab says" data-post-id="test:example.org:1" data-network="mastodon"'
        ' dir="ltr" lang="en"><div class="paste"></div><div class="side"><div class="words">'
        '<p class="text" dir="auto">Hello <span class="tag" dir="auto">#all</span> of you</p></div>'
        '<footer class="label"><svg class="glyph" viewbox="0 0 24 24" role="img"'
        ' aria-label="Mastodon"><use href="/static/wall/glyphs.svg#mastodon"></use></svg>'
        '<bdi class="name" dir="auto">Ada</bdi> '
        '<bdi class="handle" dir="auto">@ada@example.org</bdi> '
        '<time class="when may" datetime="2025-11-24T16:00:00+00:00">16:00</time>'
        "</footer></div></article>"
    )


def test_offsets_count_code_points() -> None:
    nodes = text_nodes("🎉é #a", (Entity("tag", 3, 5, "#a"),))
    picture = '<img class="emoji" alt="🎉" src="/static/emoji/1f389.svg">'
    assert [str(node) for node in nodes] == [
        picture,
        "é ",
        '<span class="tag" dir="auto">#a</span>',
    ]


def test_an_emoji_never_begins_a_line() -> None:
    said = [str(node) for node in text_nodes("Bravo 👏 !", ())]
    assert said[0] == "Bravo\u00a0" and 'alt="👏"' in said[1] and said[2] == " !"


def test_entities_that_overlap_or_lie_outside_are_left_unmarked() -> None:
    entities = (
        Entity("tag", 0, 3, "abc"),
        Entity("tag", 2, 4, "cd"),
        Entity("link", 4, 99, "x"),
        Entity("link", 5, 5, ""),
    )
    nodes = [str(node) for node in text_nodes("abcdef", entities)]
    assert nodes == ['<span class="tag" dir="auto">abc</span>', "def"]


def test_a_picture_stands_with_its_words_for_those_who_do_not_see_it() -> None:
    shown = card(media=(Media("image", "/media/0?post=k", alt="A hall", w=4, h=3),))
    made = str(card_element(shown))
    assert '<div class="frame"><div class="pane"><img src="/media/0?post=k" alt="A hall"' in made
    whole = card(media=shown.media, policy=CardPolicy(may_crop=False))
    assert 'class="slab says shows whole apart panel"' in str(card_element(whole))


def test_no_picture_that_the_policy_or_the_author_keeps_back() -> None:
    image = Media("image", "/media/0")
    assert picture_of(card(media=(image,))) == image
    assert picture_of(card(media=(image,), policy=CardPolicy(player_only=True))) is None
    assert picture_of(card(media=(Media("image", "/media/0", sensitive=True),))) is None
    assert picture_of(card(media=(Media("video", "/media/0"),))) is None
    assert picture_of(card(media=(Media("image", "javascript:x"),))) is None


def test_the_time_stands_where_the_network_asks_for_it() -> None:
    made = str(card_element(card(policy=CardPolicy(must_show=("timestamp",)))))
    assert '<time class="when" datetime="2025-11-24T16:00:00+00:00">16:00</time>' in made
    odd = card(policy=CardPolicy(must_show=("timestamp",)), created_at_ms=10**18)
    assert "<time" in str(card_element(odd))


@pytest.mark.parametrize("handle", ["Ada", "@ada", "@ADA"])
def test_a_handle_that_says_the_name_again_is_left_out(handle: str) -> None:
    made = str(card_element(card(author=Author("", handle, "Ada"))))
    assert made.count('class="name"') == 1 and 'class="handle"' not in made
    assert 'class="handle"' in str(card_element(card(author=Author("", "@ada@x.org", "Ada"))))
