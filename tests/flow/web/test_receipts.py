"""What visitors send through the whole house, and what their receipts tell and do."""

from __future__ import annotations

import asyncio
import json
import re
import secrets

import pytest

from parvis.core.post import DisplayPolicy
from parvis.engine.embedded.engine import Embedded
from parvis.flow.withdraw import ERASE_AFTER_MS
from parvis.plug.receipt_word import key_of, post_id
from parvis.sources.phone.speech import say
from parvis.web.admit import Bucket
from parvis.web.doors import PEOPLE_AT_ONCE, PEOPLE_PER_S, Doors
from parvis.web.scale import Scale
from tests.pictures import mp4, picture
from tests.street import EVENT, Street, bearer
from tests.visitors import Files, send, sent
from tests.waiting import until

PHOTO: Files = (("photo", "a.jpg", "image/jpeg", picture()),)


async def page(street: Street, path: str, lang: str = "en") -> str:
    path, _, query = path.partition("?")
    asked = dict(pair.split("=") for pair in query.split("&") if pair)
    headers = {"accept-language": lang, "accept": "text/html"}
    answer = await street.ask(path, headers=headers, params=asked)
    assert "set-cookie" not in answer.headers
    return answer.body.decode()


async def act(street: Street, word: str, what: str, body: bytes = b"") -> str:
    form = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
    answer = await street.ask(f"/r/{word}/{what}", method="POST", headers=form, body=body)
    await street.house.road.idle()
    return answer.headers.get("location", str(answer.status))


async def decide(street: Street, word: str, state: str, why: str = "") -> None:
    said = {"post": key_of(post_id(word)), "state": state, "why": why}
    assert (await street.post("/api/walls/square/posts/decide", said)).status == 200


async def stored(street: Street) -> str:
    """Everything in the store's files, to look for what must not be there."""
    engine = street.house.engine
    assert isinstance(engine, Embedded)
    folder = street.house.settings.folder
    files = [path for path in folder.rglob("*") if path.is_file()]
    return "\n".join(path.read_bytes().decode("utf-8", "replace") for path in files)


async def test_a_post_with_a_picture_is_shown_with_its_proof_of_consent(street: Street) -> None:
    word = await sent(street, "Lanterns #parvis", files=PHOTO)
    (card,) = await street.cards()
    assert word not in json.dumps(card)
    rights = await street.house.engine.rights("square", card["post"])
    assert rights[0].basis == "consent"
    assert json.loads(rights[0].proof)["text"].startswith("I agree")
    address = card["media"][0]["url"]
    answer = await street.ask(address.partition("?")[0], params={"post": card["post"]})
    assert (answer.status, answer.headers["content-type"]) == (200, "image/jpeg")
    for name, value in {
        "x-content-type-options": "nosniff",
        "content-security-policy": "sandbox; default-src 'none'",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "private, no-cache",
        "content-disposition": "inline; filename=shown",
    }.items():
        assert answer.headers[name] == value
    marks = {"if-none-match": answer.headers["etag"]}
    again = await street.ask("/media/0", params={"post": card["post"]}, headers=marks)
    assert again.status == 304


async def test_a_film_is_served_in_pieces(street: Street) -> None:
    files = (("film", "v.mp4", "video/mp4", mp4()), ("poster", "p.jpg", "image/jpeg", picture()))
    await sent(street, "A film", files=files)
    (card,) = await street.cards()
    (film,) = card["media"]
    assert (film["type"], film["mime"]) == ("video", "video/mp4")
    assert film["poster"].startswith("/media/0p?post=")
    whole = await street.ask("/media/0", params={"post": card["post"]})
    assert whole.headers["accept-ranges"] == "bytes"
    for asked, status, part in (
        ("bytes=0-99", 206, whole.body[:100]),
        ("bytes=4000-", 206, whole.body[4000:]),
        ("bytes=-7", 206, whole.body[-7:]),
        ("bytes=999999-", 416, b""),
        ("bytes=9-2", 416, b""),
        ("words=1-2", 416, b""),
    ):
        answer = await street.ask(
            "/media/0", params={"post": card["post"]}, headers={"range": asked}
        )
        assert (answer.status, answer.body) == (status, part), asked
    poster = await street.ask("/media/0p", params={"post": card["post"]})
    assert (poster.status, poster.headers["content-type"]) == (200, "image/jpeg")
    assert f'src="{film["poster"].replace("&", "&amp;")}"' in await page(street, "/w/square")


async def test_what_waits_is_seen_by_its_author_and_the_team_alone(street: Street) -> None:
    word = await sent(street, "Wait", files=PHOTO)
    await decide(street, word, "pending")
    key = key_of(post_id(word))
    assert (await street.ask("/media/0", params={"post": key})).status == 404
    team = await street.ask("/media/0", params={"post": key}, headers=bearer())
    assert team.status == 200
    own = await street.ask(f"/r/{word}/media/0")
    assert (own.status, own.headers["cache-control"]) == (200, "no-store")
    assert (await street.ask(f"/r/{'x' * 24}/media/0")).status == 404
    assert (await street.ask(f"/r/{word}/media/9")).status == 404


async def test_a_double_tap_is_one_post(street: Street) -> None:
    word = "w" * 24
    for _ in range(3):
        assert await sent(street, "Once", files=PHOTO, receipt=word) == word
    assert len(await street.cards()) == 1
    assert (await send(street, "Once", form=True, page="p" * 24)).status == 303
    assert (await send(street, "Once", form=True, page="p" * 24)).status == 303
    counts = await street.house.engine.counts("square")
    assert sum(counts.values()) == 2


async def test_a_retry_after_an_edit_does_not_undo_it(street: Street) -> None:
    word = await sent(street, "First words", receipt="w" * 24)
    await act(street, word, "edit", b"text=Better+words")
    assert await sent(street, "First words", receipt="w" * 24) == word
    (card,) = await street.cards()
    assert card["text"] == "Better words"


async def test_the_receipt_tells_the_journey(street: Street) -> None:
    word = await sent(street, "Hello there")
    shown = await page(street, f"/r/{word}", "fr")
    assert re.search(r"Sur le mur depuis <time[^>]*>\d\d:\d\d</time>", shown)
    assert "Aucun écran ne suit ce mur" in shown, "no screen: nothing is claimed of any"
    for step in ("Envoyé de votre téléphone", "Accepté selon les règles", "Affiché sur les écrans"):
        assert step in shown
    assert re.search(r"S’efface tout seul le \d+ \w+", shown)  # noqa: RUF001
    await decide(street, word, "hidden", "Not <now>.")
    told = await page(street, f"/r/{word}")
    assert "It is off the screens." in told and "Not &lt;now&gt;." in told
    state = await street.ask(f"/r/{word}", headers={"accept": "application/json"})
    assert json.loads(state.body)["face"] == "hidden"
    assert "سيقرؤها شخص" in await page(street, f"/r/{await waiting(street)}", "ar")


async def waiting(street: Street) -> str:
    word = await sent(street, "Another that waits")
    await decide(street, word, "pending")
    return word


async def test_a_rules_reason_is_said_in_the_visitors_language(street: Street) -> None:
    for number in range(7):
        word = await sent(street, f"Number {number} of many", who="t" * 24)
    told = await page(street, f"/r/{word}", "fr")
    assert "Beaucoup de messages sont venus d’un coup" in told  # noqa: RUF001


async def test_a_receipt_says_of_the_screens_only_what_is_known(street: Street) -> None:
    word = await sent(street, "Hello there")

    async def turn() -> str:
        state = await street.ask(f"/r/{word}", headers={"accept": "application/json"})
        found = str(json.loads(state.body)["turn"])
        assert f'data-turn="{found}"' in await page(street, f"/r/{word}")
        return found

    object.__setattr__(street.house.room, "screens", lambda wall: 0)
    assert await turn() == "alone"
    object.__setattr__(street.house.room, "screens", lambda wall: 2)
    assert await turn() == "turn"
    wall = (await street.house.engine.wall("square")) or pytest.fail("no wall")
    for number in range(wall.capacity):
        await sent(street, f"Newer {number}", who=f"{number:024d}")
    assert await turn() == "past"


async def test_an_edit_goes_the_way_of_every_edit(street: Street) -> None:
    word = await sent(street, "Teh words", files=PHOTO)
    (card,) = await street.cards()
    where = await act(street, word, "edit", b"text=The+words+<b>&keep=0")
    assert where == f"/r/{word}?lang=en&told=saved"
    (edited,) = await street.cards()
    assert edited["text"] == "The words <b>" and len(edited["media"]) == 1
    told = await page(street, f"/r/{word}?told=saved")
    assert "Corrected. The wall has your new words." in told and "read again" not in told
    assert (await act(street, word, "edit", b"text=The+words+<b>&keep=0")).endswith("told=same")
    await decide(street, word, "approved")
    await act(street, word, "edit", b"text=Without+the+picture")
    assert await street.cards() == [], "a person had decided: a person reads it again"
    assert "Corrected. It will be read again." in await page(street, f"/r/{word}?told=saved")
    await decide(street, word, "approved")
    (bare,) = await street.cards()
    assert bare.get("media", []) == []
    assert await street.house.engine.blobs_of(card["post"]) == []


async def test_nothing_left_is_no_edit(street: Street) -> None:
    word = await sent(street, "Words")
    assert await act(street, word, "edit", b"text=++") == "422"
    assert (await street.cards())[0]["text"] == "Words"


@pytest.mark.parametrize("lang", ["en", "fr", "ar"])
async def test_a_correction_keeps_to_the_length_of_a_first_post(street: Street, lang: str) -> None:
    """The same limit and the same sentence; what was written is still there."""
    word = await sent(street, "Words")
    long = "a" * 281
    first = json.loads((await send(street, long, lang=lang)).body)["detail"]
    form = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
    answer = await street.ask(
        f"/r/{word}/edit", method="POST", headers=form, params={"lang": lang},
        body=f"text={long}".encode(),
    )  # fmt: skip
    told = answer.body.decode()
    assert answer.status == 422 and first in told and f">{long}</textarea>" in told
    assert re.search(r"<details[^>]* open", told) and 'maxlength="280"' in told
    assert [card["text"] for card in await street.cards()] == ["Words"]
    assert (await act(street, word, "edit", b"text=" + b"b" * 280)).endswith("told=saved")


async def test_a_correction_is_as_closed_as_the_form(street: Street) -> None:
    word = await sent(street, "Words")
    street.house.collector._open_ones.pop("room")
    assert await act(street, word, "edit", b"text=Other+words") == "422"
    assert "takes no posts from phones" in await page(street, f"/r/{word}?told=closed")
    assert [card["text"] for card in await street.cards()] == ["Words"]


async def test_withdrawn_is_gone_everywhere(street: Street) -> None:
    word = await sent(street, "Lanterns dance zuversichtlich", files=PHOTO, name="Norabella")
    (card,) = await street.cards()
    (sha256,) = await street.house.engine.blobs_of(card["post"])
    assert await act(street, word, "withdraw") == f"/r/{word}?lang=en"
    assert await street.cards() == []
    assert (await street.ask("/media/0", params={"post": card["post"]})).status == 404
    assert not (street.house.settings.folder / "blobs" / sha256[:2] / sha256).exists()
    assert "zuversichtlich" not in await page(street, "/w/square")
    told = await page(street, f"/r/{word}", "fr")
    assert re.search(r"Retiré partout, en \d+,\d", told) and "aucun connecté" in told
    assert "zuversichtlich" not in told and "Norabella" not in told
    english = await page(street, f"/r/{word}")
    assert "ackup" not in english, "nobody here knows what copies an operator keeps, or how long"
    assert await act(street, word, "withdraw") == f"/r/{word}?lang=en", "twice is once"


async def test_after_erasure_the_receipt_says_so_and_nothing_else(street: Street) -> None:
    word = await sent(street, "Lanterns dance zuversichtlich", files=PHOTO, name="Norabella")
    await act(street, word, "withdraw")
    engine = street.house.engine
    assert isinstance(engine, Embedded)
    assert await street.house.road.erase_due() == 0, "it is not due yet"
    before = street.house.clock()
    engine.clock = lambda: before + ERASE_AFTER_MS + 1_000
    assert await street.house.road.erase_due() == 1
    told = await page(street, f"/r/{word}")
    assert "Your words and pictures are erased" in told
    proof = (await street.ask(f"/r/{word}/proof")).body.decode()
    assert "post.decided withdrawn author:receipt" in proof
    for text in ("zuversichtlich", "Norabella"):
        assert text not in told and text not in proof
    assert (await send(street, "Lanterns again", receipt=word)).status == 409
    assert await street.cards() == [], "what is withdrawn never comes back"


async def test_nobody_finds_a_receipt_without_its_word(street: Street) -> None:
    word = await sent(street, "Mine")
    key = key_of(post_id(word))
    for guess in (post_id(word), "x" * 24, key, "..", word[:-1], word + "A"):
        answer = await street.ask(f"/r/{guess}")
        assert answer.status == 404, guess
        assert (await street.ask(f"/r/{guess}/withdraw", method="POST")).status in (404, 405)
    assert len(await street.cards()) == 1
    assert word not in await stored(street), "the word itself is kept nowhere"


async def test_only_a_post_withdraws(street: Street) -> None:
    word = await sent(street, "Mine")
    assert (await street.ask(f"/r/{word}/withdraw")).status == 405
    crossed = {"sec-fetch-site": "cross-site"}
    other = await street.ask(f"/r/{word}/withdraw", method="POST", headers=crossed)
    assert other.status == 403
    assert len(await street.cards()) == 1


async def test_a_refused_form_comes_back_with_what_was_written(street: Street) -> None:
    answer = await send(street, "My <long> words", form=True, consent="", lang="fr", name="Zoé")
    told = answer.body.decode()
    assert answer.status == 422
    assert "Cochez la case" in told and "My &lt;long&gt; words</textarea>" in told
    assert 'value="Zoé"' in told and '<html lang="fr"' in told
    script = await send(street, "My words", consent="", lang="fr")
    assert script.headers["content-type"] == "application/problem+json"
    assert json.loads(script.body)["detail"].startswith("Cochez la case")


async def test_who_mends_a_form_and_sends_it_again_at_once_is_not_too_quick(street: Street) -> None:
    answer = await send(street, "Words", form=True, consent="")
    (stamp,) = re.findall(r'name="stamp" value="([0-9]+)"', answer.body.decode())
    assert (await send(street, "Words", form=True, stamp=stamp)).status == 303


@pytest.mark.parametrize("stamp", ["", "no", "9" * 15, "1"])
async def test_a_form_without_a_time_of_ours_gets_a_new_one(street: Street, stamp: str) -> None:
    now_ms = street.house.clock()
    answer = await send(street, "Words", form=True, consent="", stamp=stamp)
    (new,) = re.findall(r'name="stamp" value="([0-9]+)"', answer.body.decode())
    assert int(new) >= now_ms


async def test_a_flood_is_told_in_the_visitors_language(street: Street) -> None:
    doors_of(street)._by_person = Bucket(0.5, 0, clock=lambda: 0.0)
    for lang, says in (("fr", "Le vôtre part dans un instant"), ("ar", "كثيرون يرسلون الآن")):
        answer = await send(street, "Words", headers={"accept-language": lang})
        assert answer.status == 429 and says in json.loads(answer.body)["detail"]


async def test_a_body_beyond_the_limit_is_said_in_one_sentence(street: Street) -> None:
    heavy = {"content-length": str(27 * 1024 * 1024)}
    for lang, says in (("fr", "26 Mo"), ("en", "26 MB")):
        asked = {**heavy, "accept-language": lang}
        answer = await send(street, "x", form=True, headers=asked)
        assert answer.status == 413 and says in answer.body.decode()
    assert (await send(street, "x", headers=heavy)).status == 413


async def test_the_form_says_which_words_of_consent_stood_on_it(street: Street) -> None:
    for lang in ("en", "fr", "ar"):
        told = (await street.get("/p/square", lang=lang)).body.decode()
        (shown,) = re.findall(r'name="shown" value="([0-9a-f]+)"', told)
        assert (await send(street, f"In {lang}", lang=lang, shown=shown)).status == 201
    assert (await send(street, "Other words", lang="en", shown=shown)).status == 422


def doors_of(street: Street) -> Doors:
    (door,) = (
        route.endpoint._by_method["POST"].handle.__self__
        for route in street.house.app._inner.routes  # type: ignore[attr-defined]
        if route.path == "/in/{source}/{door}"
    )
    assert isinstance(door, Doors)
    return door


async def test_who_floods_the_door_shuts_nobody_else_out(street: Street) -> None:
    doors = doors_of(street)
    doors._by_person = Bucket(0.5, 2, clock=lambda: 0.0)
    doors._by_source = Bucket(0.5, 4, clock=lambda: 0.0)
    for tail in range(20):  # one household, as IPv6 gives it, is one however many addresses it uses
        await send(street, f"Flood {tail}", client=(f"2001:db8::{tail:x}", 5))
    assert (await send(street, "Honest", client=("2001:db8:0:1::1", 5))).status == 201


async def test_words_come_in_while_pictures_fill_the_scale(street: Street) -> None:
    doors = doors_of(street)
    doors._scale = Scale(100_000, 1_000, patience_s=0.01)
    heavy = (("photo", "a.jpg", "image/jpeg", b"\xff" * 90_000),)
    async with doors._scale.enter() as first, doors._scale.enter() as other:
        await first.weigh(50_000)
        await other.weigh(49_000)
        assert (await send(street, "Words alone")).status == 201
        assert (await send(street, "A picture", files=heavy)).status == 503


async def test_one_address_cannot_flood_the_door(street: Street) -> None:
    bucket = Bucket(PEOPLE_PER_S, PEOPLE_AT_ONCE, clock=lambda: 0.0)
    waits = [bucket.take("a") for _ in range(310)]
    assert waits[:300] == [0.0] * 300 and all(waits[300:])
    doors_of(street)._by_person = Bucket(0.5, 1, clock=lambda: 0.0)
    assert (await send(street, "One")).status == 201
    many = await send(street, "Two")
    assert (many.status, many.headers["retry-after"]) == (429, "2")
    form = await send(street, "Two", form=True, headers={"accept-language": "fr"})
    assert form.status == 429 and "vos mots y sont encore" in form.body.decode()


@pytest.mark.parametrize(
    ("policy", "shows", "says"),
    [
        (DisplayPolicy(), True, ""),
        (DisplayPolicy(redistribute="ids_only"), False, "lets us show only where it is"),
        (DisplayPolicy(redistribute="none"), False, "lets us show only where it is"),
    ],
)
async def test_a_shared_post_obeys_its_network(
    street: Street, policy: DisplayPolicy, shows: bool, says: str
) -> None:
    street.allow("webhook", policy)
    key = await street.tell("1", "Words to share")
    answer = await street.get("/s/square", post=key)
    told = answer.body.decode()
    assert answer.status == 200 and says in told
    assert ("Words to share" in told) is shows
    assert ('id="picture"' in told) is shows


async def test_what_is_not_on_the_wall_is_not_shared(street: Street) -> None:
    word = await sent(street, "Gone soon")
    key = key_of(post_id(word))
    assert (await street.get("/s/square", post=key)).status == 200
    await act(street, word, "withdraw")
    for post in (key, "", "no:such:post", "x" * 600):
        gone = await street.get("/s/square", post=post)
        assert gone.status == 404 and b"not on the wall" in gone.body
    assert (await street.get("/s/none", post=key)).status == 404


async def test_a_wall_without_the_source_invites_nobody(street: Street) -> None:
    without = EVENT.replace('plugin = "phone"\n', 'plugin = "phone"\nenabled = false\n')
    await street.house.declaring.apply(without)
    await until(lambda: street.house.collector.source("room") is None)
    told = await page(street, "/p/square")
    assert "takes no posts from phones" in told or 'id="vote"' in told
    assert "<textarea" not in told
    assert (await send(street, "x")).status == 404


async def test_words_without_their_photo_are_so_everywhere(street: Street) -> None:
    """On the wall, at the picture's address, shared, and on the author's receipt."""
    word = await sent(street, "Lanterns #parvis", files=PHOTO)
    key = key_of(post_id(word))
    said = {"post": key, "state": "approved", "without_media": True}
    assert (await street.post("/api/walls/square/posts/decide", said)).status == 200
    (card,) = await street.cards()
    assert (card["text"], card.get("media", [])) == ("Lanterns #parvis", [])
    assert (await street.ask("/media/0", params={"post": key})).status == 404
    team = await street.ask("/media/0", params={"post": key}, headers=bearer())
    assert team.status == 200, "the team still sees what it keeps back"
    for path in ("/w/square", f"/s/square?post={key}"):
        assert "/media/" not in await page(street, path)
    told = await page(street, f"/r/{word}")
    assert "by a person, without what it shows" in told and f"/r/{word}/media/0" not in told
    assert "sans l’image" in await page(street, f"/r/{word}?lang=fr", "fr")  # noqa: RUF001
    assert (await street.post("/api/walls/square/undo", {})).status == 200
    assert (await street.ask("/media/0", params={"post": key})).status == 200
    steps = re.findall("Read and accepted by a person[^<]*", await page(street, f"/r/{word}"))
    whole, bare = "Read and accepted by a person", ", without what it shows"
    assert steps[-2:] == [whole + bare, whole]


@pytest.mark.parametrize("lang", ["en", "fr", "ar"])
async def test_other_words_with_a_receipt_that_is_used_are_not_lost_silently(
    street: Street, lang: str
) -> None:
    word = secrets.token_urlsafe(18)
    first = await send(street, "The first words", receipt=word)
    assert first.status == 201
    assert (await send(street, "The first words", receipt=word)).status == 201, "a double tap"
    said = await send(street, "Quite other words", receipt=word, lang=lang)
    assert said.status == 409
    assert json.loads(said.body)["detail"] == say(lang, "other")
    page = await send(street, "Quite other words", receipt=word, lang=lang, form=True)
    assert page.status == 409 and b">Quite other words</textarea>" in page.body
    receipt = await street.get(f"/r/{word}")
    assert b"The first words" in receipt.body and b"other words" not in receipt.body
    await act(street, word, "edit", b"text=Mended")
    assert (await send(street, "The first words", receipt=word)).status == 201, "sent late again"
    assert b"Mended" in (await street.get(f"/r/{word}")).body


async def test_of_two_at_the_same_moment_one_is_told(street: Street) -> None:
    word = secrets.token_urlsafe(18)
    both = await asyncio.gather(*(send(street, each, receipt=word) for each in ("One", "Two")))
    assert sorted(each.status for each in both) == [201, 409]


async def test_a_receipt_that_was_withdrawn_takes_no_new_words(street: Street) -> None:
    word = await sent(street, "These go")
    await act(street, word, "withdraw")
    assert (await send(street, "Others", receipt=word)).status == 409
