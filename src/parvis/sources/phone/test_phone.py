from __future__ import annotations

import json
import re
import secrets
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, get_args

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from parvis.core.errors import Refused
from parvis.core.post import BLOB, CONSENT, Post, Raw
from parvis.plug.darkroom import Darkroom, Fault
from parvis.plug.door import Answer, Knock
from parvis.plug.receipt_word import post_id
from parvis.plug.testkit import MemoryShelf, SourceContract, sound, tools
from parvis.sources.phone import Phone, open_source
from parvis.sources.phone.form import LEAST_MS, MAX_FILM, MAX_PICTURE, OLDEST_MS
from parvis.sources.phone.sent import MAX_CONSENT
from parvis.sources.phone.speech import WORDS, language_of, say
from tests.pictures import PLACE, mp4, picture
from tests.visitors import KIND, Files, form_body

NOW_MS = 1_790_000_000_000
PHOTO = ("photo", "IMG_1.jpg", "image/jpeg", picture())

on_one_loop = pytest.mark.asyncio(loop_scope="module")


class TestContract(SourceContract):
    folder = __file__


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def dark() -> AsyncIterator[Darkroom]:
    room = Darkroom()
    yield room
    await room.close()


def source(
    dark: Darkroom | None = None, shelf: MemoryShelf | None = None, **settings: Any
) -> Phone:
    opened = open_source(tools(settings, folder=__file__, darkroom=dark, shelf=shelf))
    assert isinstance(opened, Phone)
    return opened


def filled(**more: str) -> dict[str, str]:
    return {
        "lang": "en", "page": "p" * 24, "who": "w" * 24, "stamp": str(NOW_MS - 9_000),
        "text": "Hello #port", "name": "Nour", "consent": "1", "website": "", **more,
    }  # fmt: skip


def knock(files: Files = (), accept: str = "application/json", **more: str) -> Knock:
    headers = {"content-type": KIND, "accept": accept}
    return Knock("post", "POST", headers, {}, form_body(filled(**more), files), NOW_MS)


def post_in(opened: Phone, answer: Answer) -> Post:
    assert answer.status < 400, answer.body
    (raw,) = answer.raws
    (post,) = opened.read(raw)
    assert isinstance(post, Post) and sound(post)
    return post


@on_one_loop
async def test_words_become_a_post_with_what_was_agreed_to() -> None:
    opened = source()
    word = secrets.token_urlsafe(18)
    answer = await opened.answer(knock(receipt=word, written=str(NOW_MS - 60_000)))
    assert json.loads(answer.body) == {"receipt": f"/r/{word}"}
    post = post_in(opened, answer)
    assert post.key == f"phone:here:{post_id(word)}" and word not in str(post)
    assert (post.text, post.lang, post.version) == ("Hello #port", "en", "1")
    assert post.created_at_ms == NOW_MS - 60_000
    assert post.author is not None and post.author.name == "Nour"
    assert "w" * 24 not in str(post), "the tab's word is kept as a hash alone"
    assert json.loads(post.extra[CONSENT]) == {
        "version": "1",
        "lang": "en",
        "text": f"{WORDS['en'].consent} I am 15 or older, or a parent agrees.",
        "at_ms": NOW_MS,
    }


@on_one_loop
async def test_pictures_lie_on_the_shelf_bare(dark: Darkroom) -> None:
    shelf = MemoryShelf()
    opened = source(dark, shelf)
    post = post_in(opened, await opened.answer(knock((PHOTO, PHOTO), text="")))
    assert [media.type for media in post.media] == ["image", "image"]
    assert post.media[0].url != post.media[1].url, "each is its own file"
    for media in post.media:
        body = await shelf.blobs.open(media.url.removeprefix(BLOB))
        assert PLACE.encode() not in body and body[:2] == b"\xff\xd8"
        assert (media.w, media.h, media.mime) == (320, 200, "image/jpeg")
    assert set(shelf.of.values()) == {post.key}


@on_one_loop
async def test_a_film_has_its_still(dark: Darkroom) -> None:
    shelf = MemoryShelf()
    opened = source(dark, shelf)
    files = (("film", "v.mp4", "video/mp4", mp4()), ("poster", "p.jpg", "image/jpeg", picture()))
    (film,) = post_in(opened, await opened.answer(knock(files))).media
    assert (film.type, film.mime, film.duration_s) == ("video", "video/mp4", 9.0)
    assert film.poster.startswith(BLOB) and len(shelf.of) == 2


@on_one_loop
async def test_the_same_form_again_is_the_same_post(dark: Darkroom) -> None:
    opened = source(dark)
    first = post_in(opened, await opened.answer(knock((PHOTO,))))
    again = post_in(opened, await opened.answer(knock((PHOTO,))))
    assert again == first
    other = post_in(opened, await opened.answer(knock((PHOTO,), text="Other words")))
    assert other.key != first.key, "another text from the same page is another post"


@on_one_loop
async def test_a_page_without_script_is_led_to_its_receipt() -> None:
    answer = await source().answer(knock(accept="text/html,*/*;q=0.8", lang="fr"))
    (location,) = [value for name, value in answer.headers if name == "location"]
    assert answer.status == 303
    assert re.fullmatch(r"/r/[A-Za-z0-9_-]{24}\?lang=fr&sent=1", location)


@pytest.mark.parametrize(
    ("more", "status", "what"),
    [
        ({"website": "http://buy.example"}, 422, "robot"),
        ({"stamp": str(NOW_MS - LEAST_MS + 1)}, 429, "quick"),
        ({"stamp": str(NOW_MS - OLDEST_MS - 1)}, 422, "old"),
        ({"stamp": str(NOW_MS + OLDEST_MS + 1)}, 422, "old"),
        ({"stamp": str(NOW_MS + 5_000)}, 429, "quick"),
        ({"stamp": "²"}, 422, "old"),
        ({"page": "short"}, 422, "old"),
        ({"consent": ""}, 422, "consent"),
        ({"text": " \u200b\n "}, 422, "empty"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "fr", "ar"])
@on_one_loop
async def test_what_cannot_be_taken_is_said_in_the_visitors_language(
    lang: str, more: dict[str, str], status: int, what: str
) -> None:
    answer = await source().answer(knock((), **{"lang": lang, **more}))
    assert (answer.status, answer.body.decode()) == (status, say(lang, what))
    assert not answer.raws


@on_one_loop
async def test_a_page_opened_before_the_servers_clock_was_set_back_still_sends() -> None:
    tomorrow = str(NOW_MS + 24 * 3600 * 1000)
    post = post_in(source(), await source().answer(knock(stamp=tomorrow, written=tomorrow)))
    assert post.created_at_ms == NOW_MS


@on_one_loop
async def test_limits_are_the_walls_own(dark: Darkroom) -> None:
    async def said(opened: Phone, files: Files = (), **more: str) -> str:
        answer = await opened.answer(knock(files, **more))
        assert answer.status in (413, 422)
        return answer.body.decode()

    film = ("film", "v.mp4", "video/mp4", b"x")
    assert "281 characters; 280 fit" in await said(source(), text="😀" * 281)
    assert "4 pictures at most" in await said(source(), (PHOTO,) * 5)
    assert "words only" in await said(source(pictures=0), (PHOTO,))
    assert "no video" in await said(source(video=False), (film,))
    assert "one video" in await said(source(), (film, film))
    heavy = ("photo", "a.jpg", "image/jpeg", b"\xff" * (MAX_PICTURE + 1))
    assert "too heavy (13 MB). The limit here is 12 MB" in await said(source(), (heavy,))
    film = ("film", "v.mp4", "video/mp4", b"\xff" * (MAX_FILM + 1))
    assert "too heavy (17 MB). The limit here is 16 MB" in await said(source(), (film,))
    svg = ("photo", "a.jpg", "image/jpeg", b"<svg onload=alert(1)>")
    assert await said(source(dark), (svg,), lang="fr") == say("fr", "markup")


@on_one_loop
async def test_a_refused_picture_leaves_nothing_on_the_shelf(dark: Darkroom) -> None:
    shelf = MemoryShelf()
    bad = ("photo", "b.jpg", "image/jpeg", b"\xff\xd8\xff" + b"0" * 99)
    answer = await source(dark, shelf).answer(knock((PHOTO, bad)))
    assert answer.status == 422 and shelf.of == {}


@on_one_loop
async def test_words_of_consent_may_be_long_and_are_kept_whole() -> None:
    words = "W" * MAX_CONSENT
    opened = source(consent={"en": words})
    agreed = json.loads(post_in(opened, await opened.answer(knock())).extra[CONSENT])
    assert agreed["text"].startswith(words)


@pytest.mark.parametrize("words", ["W" * (MAX_CONSENT + 1), 3, ["a"]])
def test_words_of_consent_that_no_post_could_keep_open_no_door(words: object) -> None:
    with pytest.raises(Refused, match="at most 4000 characters"):
        source(consent={"fr": "Oui.", "en": words})


@on_one_loop
async def test_nobody_agrees_to_words_that_they_did_not_see() -> None:
    shown = source(age=13).invitation("fr").consent.mark
    assert (await source(age=13).answer(knock(lang="fr", shown=shown))).status == 201
    for other in (source(age=16), source(age=13, consent={"fr": "Et sur vos affiches."})):
        answer = await other.answer(knock(lang="fr", shown=shown))
        assert (answer.status, answer.body.decode()) == (422, say("fr", "old"))
        assert not answer.raws
    english = source(age=13).invitation("en").consent.mark
    assert (await source(age=13).answer(knock(lang="fr", shown=english))).status == 422


@on_one_loop
async def test_own_words_of_consent_have_their_own_version() -> None:
    opened = source(consent={"fr": "D’accord pour la fête."}, age=0)  # noqa: RUF001
    asked = opened.invitation("fr-BE")
    assert asked.consent.text == "D’accord pour la fête."  # noqa: RUF001
    assert asked.consent.version.startswith("own-") and asked.consent.age == ""
    assert opened.invitation("en").consent.version == "1"
    post = post_in(opened, await opened.answer(knock(lang="fr")))
    assert json.loads(post.extra[CONSENT])["version"] == asked.consent.version


@pytest.mark.parametrize("body", [b"", b"x", form_body(filled())[:-30], b"\xff" * 5000])
@on_one_loop
async def test_a_form_that_was_cut_on_its_way_is_said_so(body: bytes) -> None:
    headers = {"content-type": KIND, "accept-language": "fr-FR"}
    answer = await source().answer(Knock("post", "POST", headers, {}, body, NOW_MS))
    assert (answer.status, answer.body.decode()) == (400, say("fr", "form"))


@on_one_loop
async def test_there_is_one_door() -> None:
    opened = source()
    assert [(door.name, door.people) for door in opened.doors()] == [("post", True)]
    assert (await opened.answer(Knock("edit", "POST", {}, {}, b"", NOW_MS))).status == 404


@on_one_loop
async def test_clocks_that_lie_are_brought_into_the_last_days() -> None:
    opened = source()
    for given_ms, kept in (
        (str(NOW_MS + 86_400_000), NOW_MS),
        ("0", NOW_MS - OLDEST_MS),
        ("soon", NOW_MS),
        ("9" * 30, NOW_MS),
    ):
        post = post_in(opened, await opened.answer(knock(written=given_ms)))
        assert post.created_at_ms == kept


@given(
    text=st.text(max_size=300),
    name=st.text(max_size=80),
    lang=st.sampled_from(("en", "fr", "ar", "xx", "")),
)
@on_one_loop
async def test_any_words_are_taken_or_refused_in_a_sentence(
    text: str, name: str, lang: str
) -> None:
    opened = source()
    answer = await opened.answer(knock(text=text, name=name, lang=lang))
    if answer.status >= 400:
        assert (
            answer.body.decode() in WORDS[language_of(lang)].says.values() or b"280" in answer.body
        )
    else:
        post = post_in(opened, answer)
        assert len(post.author.name if post.author else "") <= 40


@on_one_loop
async def test_every_language_says_everything() -> None:
    faults = set(get_args(Fault))
    assert set(WORDS) == {"en", "fr", "ar"}
    for lang, words in WORDS.items():
        assert set(words.says) == set(WORDS["en"].says) >= faults
        for name, sentence in words.says.items():
            assert sentence.endswith("."), f"{lang} {name}"
            places = re.findall(r"{\w+}", sentence)
            assert sorted(places) == sorted(re.findall(r"{\w+}", WORDS["en"].says[name]))
        assert "{age}" in words.age


def test_the_words_of_consent_are_those_of_their_version() -> None:
    """Changing a word means another CONSENT_VERSION: then write the hash of the new words here."""
    from hashlib import sha256

    from parvis.sources.phone.speech import CONSENT_VERSION

    folder = Path(__file__).parent / "words"
    told = [tomllib.loads((folder / f"{lang}.toml").read_text("utf-8")) for lang in sorted(WORDS)]
    words = "\n".join(each[part] for each in told for part in ("consent", "age"))
    assert (CONSENT_VERSION, sha256(words.encode()).hexdigest()[:12]) == ("1", "3fa8611eaaa6")


@on_one_loop
async def test_read_takes_what_the_door_writes_and_nothing_else() -> None:
    opened = source()
    assert len(list(opened.read(Raw(b'{"id":"x"}')))) == 1
    (raw,) = (await opened.answer(knock())).raws
    forged = json.loads(raw.body)
    forged["media"] = [{"type": "image", "sha256": "../../key", "mime": "image/jpeg"}]
    (told,) = opened.read(Raw(json.dumps(forged).encode()))
    assert not isinstance(told, Post)
