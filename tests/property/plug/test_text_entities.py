from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from parvis.plug.text_entities import find_entities

SIGNS = "# \uff03 @ $ . / : http:// https:// www. .com ( ) _ - a Z 9 é 日 ー ש م 👩 🏿 t.co"
PIECES = st.sampled_from([*SIGNS.split(), " ", "\n", "\u200d", "\ufe0f"])
TEXTS = st.lists(PIECES | st.characters(exclude_categories=["Cs"]), max_size=60).map("".join)


@given(TEXTS)
def test_each_entity_is_its_stretch_of_the_text(text: str) -> None:
    last = 0
    for entity in find_entities(text):
        assert last <= entity.start < entity.end <= len(text)
        assert text[entity.start : entity.end] == entity.text
        assert entity.type != "tag" or entity.text[0] in "#\uff03"
        assert entity.type != "mention" or entity.text[0] in "@\uff20"
        assert entity.type != "link" or entity.href.lower().startswith(("http://", "https://"))
        assert not any(sign.isspace() for sign in entity.text)
        last = entity.end


@given(TEXTS, st.text(alphabet=" \n\u3000", min_size=1, max_size=3))
def test_what_stands_behind_a_space_moves_the_rest_along(text: str, gap: str) -> None:
    before = find_entities(text)
    after = find_entities(gap + text)
    moved = [(each.type, each.start + len(gap), each.text) for each in before]
    assert [(each.type, each.start, each.text) for each in after] == moved


@given(TEXTS)
def test_an_entity_alone_is_found_again(text: str) -> None:
    for entity in find_entities(text):
        again = find_entities(entity.text)
        assert again and again[0].text == entity.text and again[0].type == entity.type
