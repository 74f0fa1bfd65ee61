"""Whatever the markup, the text is clean and each entity is where it says."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from parvis.plug.markup import MAX_ENTITIES, read_markup

WORDS = (
    "<p> </p> <br> </a> <span> </span> <li> </ul> <pre> </pre> <!-- --> # @ :ok: &lt; &#0; &#xD800;"
    " &#8238; < > <script> </script> \" ' 👩\u200d👧 \u202e 日本 עברית"
)
PIECES = st.sampled_from(
    [
        *WORDS.split(),
        *("\n", "  ", "\u00a0"),
        "<a href='https://example.com/é'>",
        '<a class="mention hashtag" href="http://x.example">',
        "<span class=invisible>",
        "<span class='ellipsis'>",
        "<img class=emoji alt=:ok: src=https://e.example/a.png>",
    ]
)
MARKUP = st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=60).map("".join)


@given(MARKUP, st.integers(min_value=1, max_value=200))
def test_entities_fit_the_text_and_do_not_overlap(html: str, most: int) -> None:
    marked = read_markup(html, emojis={"ok": "https://e.example/ok.png"}, most=most)
    assert len(marked.text) <= most
    assert len(marked.entities) <= MAX_ENTITIES
    end = 0
    for entity in marked.entities:
        assert end <= entity.start < entity.end <= len(marked.text)
        assert marked.text[entity.start : entity.end] == entity.text
        assert re.match(r"https?://|mailto:", entity.href or entity.image)
        end = entity.end


@given(MARKUP)
def test_text_is_clean_and_can_be_stored(html: str) -> None:
    text = read_markup(html).text
    text.encode("utf-8")
    assert text == text.strip("\n")
    assert not re.search(r"\n\n\n|[ ]\n", text)
    for char in text:
        assert char == "\n" or unicodedata.category(char) not in ("Cc", "Cs")
        assert unicodedata.bidirectional(char) not in (
            "RLO",
            "LRO",
            "RLE",
            "LRE",
            "PDF",
            "RLI",
            "LRI",
        )


@given(st.text())
def test_escaped_text_comes_back_as_it_was(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert read_markup(escaped) == read_markup(escaped.replace("&gt;", ">"))
    plain = "".join(char for char in text if char.isascii() and char.isprintable())
    escaped = plain.replace("&", "&amp;").replace("<", "&lt;")
    assert read_markup(escaped).text == " ".join(plain.split())
