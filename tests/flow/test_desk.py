"""What people do at the desk, and that each of it can be undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from parvis.core.errors import Conflict, Refused
from parvis.core.post import DisplayPolicy, Media
from parvis.core.verdict import State
from parvis.core.wall import Policy
from parvis.flow.desk import MAX_PINNED, Asked, Desk, Taken
from parvis.flow.staff import STAFF
from parvis.flow.undo import Undone
from tests.flow.conftest import Venue, open_venue
from tests.posts import NOW_MS, author, post, wall

MO, ZOE = "person:mo", "person:zoe"
ONE, TWO, THREE = (post(n).key for n in (1, 2, 3))


def text(number: int) -> str:
    return f"Number {number} is long enough to be told from all the others."


@pytest.fixture
async def desk(venue: Venue) -> Desk:
    await venue.receive(*(post(n, text=text(n)) for n in (1, 2, 3)))
    return Desk(venue.road, venue.clock)


async def decide(desk: Desk, key: str, state: State, by: str = MO, rev: int | None = None) -> Taken:
    return await desk.decide("square", Asked(key, state, "So.", rev), by=by)


# decisions ----------------------------------------------------------------------------------------
async def test_a_decision_is_undone_and_done_again(venue: Venue, desk: Desk) -> None:
    taken = await decide(desk, ONE, "hidden")
    assert (taken.decision.by, taken.rev) == (MO, 2)
    assert await venue.shown() == [THREE, TWO]
    back = await desk.undo("square", by=MO)
    assert [act.post for act in back.acts] == [ONE] and back.says == ()
    assert ONE in await venue.shown()
    again = await desk.redo("square", by=MO)
    assert again.says == ()
    assert await venue.state(ONE) == "hidden"
    await desk.undo("square", by=MO)
    assert await venue.state(ONE) == "approved"
    assert [d.code for d in await venue.engine.decisions("square", ONE)][1:] == [
        *("person", "undo", "undo", "undo")
    ]


async def test_many_at_once_are_one_gesture(venue: Venue, desk: Desk) -> None:
    asks = [Asked(ONE, "hidden"), Asked(TWO, "rejected"), Asked("test:no:1", "approved")]
    outcomes = await desk.decide_all("square", asks, by=MO)
    assert [type(outcome) for outcome in outcomes] == [Taken, Taken, Refused]
    assert await venue.shown() == [THREE]
    back = await desk.undo("square", by=MO)
    assert {act.post for act in back.acts} == {ONE, TWO}
    assert sorted(await venue.shown()) == [ONE, TWO, THREE]
    await desk.redo("square", by=MO)
    assert await venue.shown() == [THREE]


async def test_what_somebody_changed_since_is_not_undone(venue: Venue, desk: Desk) -> None:
    await decide(desk, ONE, "hidden")
    await decide(desk, TWO, "hidden")
    await decide(desk, TWO, "approved", ZOE)
    back = await desk.undo("square", by=MO)
    assert back.acts == ()
    assert back.says == (
        "This post changed meanwhile (zoe was faster): look at it again and decide again.",
    )
    assert await venue.state(TWO) == "approved"
    assert (await desk.undo("square", by=MO)).acts[0].post == ONE


async def test_undo_is_ones_own(desk: Desk) -> None:
    await decide(desk, ONE, "hidden")
    with pytest.raises(Refused, match=r"^There is nothing to undo\.$"):
        await desk.undo("square", by=ZOE)
    with pytest.raises(Refused, match=r"^There is nothing to do again\.$"):
        await desk.redo("square", by=MO)


async def test_a_withdrawn_post_cannot_come_back_by_undo(venue: Venue, desk: Desk) -> None:
    await decide(desk, ONE, "hidden")
    await venue.road.withdraw(ONE, by="author", why="Asked.")
    back = await desk.undo("square", by=MO)
    assert back.acts == () and len(back.says) == 1
    assert ONE not in await venue.shown()
    venue.clock.now_ms += 60_000
    await venue.road.erase_due()
    assert await venue.engine.acts("square", MO) == []


async def test_a_stale_decision_names_who_was_faster(desk: Desk) -> None:
    await decide(desk, ONE, "hidden", ZOE)
    with pytest.raises(Conflict, match=r"zoe was faster"):
        await decide(desk, ONE, "approved", MO, rev=1)


async def test_a_post_in_somebody_elses_hand_is_left_alone(venue: Venue, desk: Desk) -> None:
    await venue.engine.take("square", [ONE], by=ZOE, name="Zoé", for_s=45)
    with pytest.raises(Conflict, match=r"^Zoé has this post in hand; wait or ask them\.$"):
        await decide(desk, ONE, "hidden")
    assert (await decide(desk, ONE, "hidden", ZOE)).rev == 2
    venue.clock.now_ms += 45_000
    assert (await decide(desk, ONE, "approved")).rev == 3


async def test_an_undo_respects_a_hand_too(venue: Venue, desk: Desk) -> None:
    await decide(desk, ONE, "hidden")
    await venue.engine.take("square", [ONE], by=ZOE, name="Zoé", for_s=45)
    assert "Zoé has this post in hand" in (await desk.undo("square", by=MO)).says[0]


async def test_taking_off_a_full_wall_refills_it_for_each(tmp_path: Path) -> None:
    venue = await open_venue(tmp_path, {})
    try:
        row = await venue.engine.wall("square")
        assert row is not None
        from parvis.engine.change import PutWall

        await venue.declare(PutWall(wall(policy=row.policy, capacity=2)))
        await venue.receive(*(post(n, text=text(n)) for n in range(1, 6)))
        desk = Desk(venue.road, venue.clock)
        before = await venue.engine.head("square")
        asks = [Asked(post(n).key, "hidden") for n in (5, 4)]
        await desk.decide_all("square", asks, by=MO)
        told = [
            (type(fact.event).__name__, getattr(fact.event, "post", ""))
            for fact in await venue.engine.facts_after("square", before)
        ]
        assert ("CardShown", THREE) in told and ("CardShown", TWO) in told
    finally:
        await venue.road.stop()
        await venue.engine.close()


# putting forward ----------------------------------------------------------------------------------
async def pinned(venue: Venue) -> list[str]:
    return [card.post for card in (await venue.engine.picks("square")).pinned]


async def test_pins_are_undone_and_done_again(venue: Venue, desk: Desk) -> None:
    await desk.pin("square", ONE, True, by=MO)
    await desk.pin("square", TWO, True, by=MO)
    await desk.pin("square", TWO, True, by=MO)
    assert await pinned(venue) == [TWO, ONE]
    await desk.undo("square", by=MO)
    assert await pinned(venue) == [ONE]
    await desk.undo("square", by=MO)
    await desk.redo("square", by=MO)
    assert await pinned(venue) == [ONE]
    await desk.pin("square", ONE, False, by=MO)
    await desk.undo("square", by=MO)
    assert await pinned(venue) == [ONE]


async def test_only_what_is_shown_is_put_forward(venue: Venue, desk: Desk) -> None:
    await decide(desk, ONE, "hidden")
    for act in (desk.pin("square", ONE, True, by=MO), desk.feature("square", ONE, 5, by=MO)):
        with pytest.raises(Refused, match="Only a post that is on the wall"):
            await act
    with pytest.raises(Refused, match="0 to 3600 seconds"):
        await desk.feature("square", TWO, 3601, by=MO)


async def test_a_wall_has_few_pins(venue: Venue, desk: Desk) -> None:
    numbers = range(1, MAX_PINNED + 2)
    await venue.receive(*(post(n, text=text(n), author=None) for n in numbers))
    for number in numbers[:-1]:
        await desk.pin("square", post(number).key, True, by=MO)
    with pytest.raises(Refused, match="6 posts are pinned on this wall already; unpin one"):
        await desk.pin("square", post(numbers[-1]).key, True, by=MO)


async def test_the_light_is_taken_back_and_given_again(venue: Venue, desk: Desk) -> None:
    assert await desk.feature("square", ONE, 20, by=MO) == NOW_MS + 20_000
    picks = await venue.engine.picks("square")
    assert picks.featured is not None and picks.until_ms == NOW_MS + 20_000
    await desk.undo("square", by=MO)
    assert (await venue.engine.picks("square")).featured is None
    venue.clock.now_ms += 5_000
    await desk.redo("square", by=MO)
    assert (await venue.engine.picks("square")).until_ms == NOW_MS + 25_000


# staff --------------------------------------------------------------------------------------------
async def test_the_team_writes_in_the_walls_name(venue: Venue, desk: Desk) -> None:
    key = await desk.write("square", "Doors open at 8 #square", "", by=MO)
    card = (await venue.cards())[0]
    assert (card.post, card.network, card.lang) == (key, "staff", "en")
    assert card.author is not None and card.author.name == "The square"
    assert [entity.text for entity in card.entities] == ["#square"]
    (right,) = await venue.engine.rights("square", key)
    assert right.basis == "own_content"
    assert (await venue.engine.placements(key))[0].source == STAFF
    assert (await venue.engine.decisions("square", key))[-1].by == MO
    await desk.undo("square", by=MO)
    assert key not in await venue.shown()
    await desk.redo("square", by=MO)
    assert key in await venue.shown()


async def test_no_declared_source_can_pose_as_the_team(venue: Venue, desk: Desk) -> None:
    venue.policies["staff"] = DisplayPolicy(public_screen="no")
    key = await desk.write("square", "Still ours.", "fr", by=MO)
    await decide(desk, key, "hidden")
    await decide(desk, key, "approved")
    assert key in await venue.shown()


async def test_nobody_writes_on_no_wall(desk: Desk) -> None:
    with pytest.raises(Refused, match="There is no wall nowhere"):
        await desk.write("nowhere", "Hello", "", by=MO)


# why ----------------------------------------------------------------------------------------------
async def test_an_explanation_knows_the_surroundings(venue: Venue, desk: Desk) -> None:
    await venue.receive(post(9, text=text(1)))
    said = await desk.why("square", post(9).key)
    assert (said.state, said.rule) == ("duplicate", "rule:duplicate")
    assert any("same words" in line for line in said.would_pass_if)
    await decide(desk, post(9).key, "approved")
    assert (await desk.why("square", post(9).key)).would_pass_if == ()
    with pytest.raises(Refused):
        await desk.why("square", "test:no:1")


# without what it shows ----------------------------------------------------------------------------
PHOTO = Media("image", "https://network.example/photo.jpg")


@pytest.fixture
async def photographed(venue: Venue, desk: Desk) -> str:
    await venue.receive(post(7, text=text(7), media=(PHOTO, PHOTO)))
    return post(7).key


async def media_on_wall(venue: Venue, key: str) -> int | None:
    return next((len(card.media) for card in await venue.cards() if card.post == key), None)


async def test_words_go_up_without_the_photo_and_all_of_it_is_undone(
    venue: Venue, desk: Desk, photographed: str
) -> None:
    assert await media_on_wall(venue, photographed) == 2
    place = [card.post for card in await venue.cards()]
    bare = Asked(photographed, "approved", without_media=True)
    taken = await desk.decide("square", bare, by=MO)
    assert taken.decision.without_media
    assert taken.decision.why == "Approved without what it shows by mo."
    assert await media_on_wall(venue, photographed) == 0
    assert [card.post for card in await venue.cards()] == place, "it keeps its place"
    await desk.undo("square", by=MO)
    assert await media_on_wall(venue, photographed) == 2
    await desk.redo("square", by=MO)
    assert await media_on_wall(venue, photographed) == 0
    await decide(desk, photographed, "hidden")
    await desk.undo("square", by=MO)
    assert await media_on_wall(venue, photographed) == 0, "as it stood before it was hidden"
    await desk.decide("square", Asked(photographed, "approved", without_media=False), by=MO)
    assert await media_on_wall(venue, photographed) == 2


async def test_a_post_of_pictures_alone_cannot_go_up_without_them(
    venue: Venue, desk: Desk, photographed: str
) -> None:
    await venue.receive(post(8, text=" ", media=(PHOTO,)))
    for key in (post(8).key, ONE):
        with pytest.raises(Refused, match="nothing of this post is left"):
            await desk.decide("square", Asked(key, "approved", without_media=True), by=MO)


async def test_an_edit_of_what_went_up_without_its_photo_waits_for_a_person(
    venue: Venue, desk: Desk, photographed: str
) -> None:
    await desk.decide("square", Asked(photographed, "approved", without_media=True), by=MO)
    await venue.receive(post(7, text=text(7) + " Again.", media=(PHOTO,), version="2"))
    assert await venue.state(photographed) == "pending"
    assert await media_on_wall(venue, photographed) is None
    taken = await desk.decide("square", Asked(photographed, "approved"), by=ZOE)
    assert taken.decision.without_media, "nobody let the photo in"
    assert await media_on_wall(venue, photographed) == 0
    await desk.undo("square", by=ZOE)
    assert await venue.state(photographed) == "pending"
    await desk.decide("square", Asked(photographed, "approved"), by=MO)
    assert await media_on_wall(venue, photographed) == 0, "what was taken back let nothing in"


async def test_who_says_so_lets_in_what_was_kept_back(
    venue: Venue, desk: Desk, photographed: str
) -> None:
    await desk.decide("square", Asked(photographed, "approved", without_media=True), by=MO)
    await venue.receive(post(7, text=text(7) + " Again.", media=(PHOTO,), version="2"))
    lets_in = Asked(photographed, "approved", without_media=False)
    assert not (await desk.decide("square", lets_in, by=ZOE)).decision.without_media
    assert await media_on_wall(venue, photographed) == 1
    await venue.receive(post(7, text=text(7) + " More.", media=(PHOTO,), version="3"))
    await desk.decide("square", Asked(photographed, "approved"), by=MO)
    assert await media_on_wall(venue, photographed) == 1, "it was let in, and stays so"


async def test_a_photo_that_nobody_has_kept_back_comes_with_the_words(
    venue: Venue, desk: Desk, photographed: str
) -> None:
    await desk.decide("square", Asked(photographed, "approved", without_media=True), by=MO)
    other = Media("image", "https://network.example/other.jpg")
    await venue.receive(post(7, text=text(7) + " Again.", media=(other,), version="2"))
    await desk.decide("square", Asked(photographed, "approved"), by=MO)
    assert await media_on_wall(venue, photographed) == 1


async def test_what_was_kept_back_alone_is_not_put_up_by_an_edit_of_its_words(
    venue: Venue, desk: Desk, photographed: str
) -> None:
    await desk.decide("square", Asked(photographed, "approved", without_media=True), by=MO)
    await venue.receive(post(7, text=" ", media=(PHOTO,), version="2"))
    with pytest.raises(Refused, match="kept back before"):
        await desk.decide("square", Asked(photographed, "approved"), by=MO)
    await desk.decide("square", Asked(photographed, "approved", without_media=False), by=MO)
    assert await media_on_wall(venue, photographed) == 1


# rules with a decision ----------------------------------------------------------------------------
async def policy(venue: Venue) -> Policy:
    row = await venue.engine.wall("square")
    assert row is not None
    return row.policy


async def test_trust_and_block_are_one_gesture_with_the_decision(venue: Venue, desk: Desk) -> None:
    trusts = Asked(ONE, "approved", rules=("trust",))
    await desk.decide("square", trusts, by=MO)
    assert (await policy(venue)).trusted == ("test:ada@example.org",)
    blocks = Asked(TWO, "rejected", rules=("block", "wording"), words="  free   hugs ")
    await desk.decide("square", blocks, by=MO)
    assert (await policy(venue)).blocked == ("test:ada@example.org",)
    assert (await policy(venue)).words == ("free hugs",)
    back = await desk.undo("square", by=MO)
    assert back.says == () and {act.kind for act in back.acts} == {"decide", "block", "wording"}
    assert await venue.state(TWO) == "approved"
    assert ((await policy(venue)).blocked, (await policy(venue)).words) == ((), ())
    assert (await policy(venue)).trusted == ("test:ada@example.org",)
    await desk.redo("square", by=MO)
    assert (await policy(venue)).words == ("free hugs",)
    await desk.undo("square", by=MO)
    await desk.undo("square", by=MO)
    assert await policy(venue) == Policy(mode="show_first")


async def test_what_was_listed_before_is_not_taken_off_by_undo(venue: Venue, desk: Desk) -> None:
    await desk.decide("square", Asked(ONE, "approved", rules=("trust",)), by=ZOE)
    await desk.decide("square", Asked(TWO, "hidden", rules=("trust",)), by=MO)
    await desk.undo("square", by=MO)
    assert (await policy(venue)).trusted == ("test:ada@example.org",)
    assert await venue.state(TWO) == "approved"


async def test_a_name_that_anybody_may_type_is_no_author_to_trust(venue: Venue, desk: Desk) -> None:
    guest = author(key="phone:here:by-1", handle="Nour", name="Nour")
    await venue.receive(post(9, text=text(9), network="phone", author=guest))
    with pytest.raises(Refused, match="no account that a rule could name"):
        await desk.decide("square", Asked(post(9).key, "approved", rules=("trust",)), by=MO)
    with pytest.raises(Refused, match="Say which words"):
        await desk.decide("square", Asked(ONE, "rejected", rules=("wording",), words=" "), by=MO)
    assert await policy(venue) == Policy(mode="show_first")


# the same act twice -------------------------------------------------------------------------------
async def test_an_act_that_is_sent_twice_is_done_once(venue: Venue, desk: Desk) -> None:
    first = await desk.decide("square", Asked(ONE, "hidden", rev=1), by=MO, id="a1")
    await decide(desk, TWO, "hidden")
    again = await desk.decide("square", Asked(ONE, "hidden", rev=1), by=MO, id="a1")
    assert again == first
    with pytest.raises(Conflict):
        await desk.decide("square", Asked(ONE, "hidden", rev=1), by=ZOE, id="a1")
    keys = {await desk.write("square", "Doors open.", "", by=MO, id="w1") for _ in range(2)}
    assert len(keys) == 1
    assert keys != {await desk.write("square", "Doors open.", "", by=ZOE, id="w1")}
    for _ in range(2):
        await desk.pin("square", THREE, True, by=MO, id="p1")
    await desk.pin("square", THREE, False, by=ZOE)
    await desk.pin("square", THREE, True, by=MO, id="p1")
    assert await pinned(venue) == []


async def test_an_undo_that_is_sent_twice_takes_back_one_gesture(venue: Venue, desk: Desk) -> None:
    await desk.decide("square", Asked(ONE, "hidden"), by=MO, id="a1")
    await desk.decide("square", Asked(TWO, "hidden"), by=MO, id="a2")
    assert len((await desk.undo("square", by=MO, of="a2")).acts) == 1
    assert await desk.undo("square", by=MO, of="a2") == Undone()
    assert await venue.state(ONE) == "hidden"
    assert len((await desk.redo("square", by=MO, of="a2")).acts) == 1
    assert await desk.redo("square", by=MO, of="a2") == Undone()
    assert await venue.state(TWO) == "hidden"
    with pytest.raises(Refused, match="nothing to undo"):
        await desk.undo("square", by=MO, of="never")


async def test_a_reason_that_follows_a_rejection_is_one_gesture_with_it(
    venue: Venue, desk: Desk
) -> None:
    await decide(desk, ONE, "hidden")
    bare = await desk.decide("square", Asked(TWO, "rejected"), by=MO)
    why = Asked(TWO, "rejected", "Insult", bare.rev, "clause_1")
    taken = await desk.decide("square", why, by=MO)
    assert (taken.decision.why, taken.decision.code, taken.rev) == ("Insult", "clause_1", 3)
    assert (await desk.undo("square", by=MO)).says == ()
    assert await venue.state(TWO) == "approved", "one undo brings the post back"
    assert (await desk.undo("square", by=MO)).acts[0].post == ONE


async def test_a_reason_given_later_is_taken_back_alone(venue: Venue, desk: Desk) -> None:
    await desk.decide("square", Asked(TWO, "rejected"), by=MO)
    await decide(desk, ONE, "hidden")
    await desk.decide("square", Asked(TWO, "rejected", "Insult"), by=MO)
    await desk.undo("square", by=MO)
    assert await venue.state(TWO) == "rejected"
    assert await venue.state(ONE) == "hidden"
    await desk.decide("square", Asked(TWO, "rejected", "Insult"), by=ZOE)
    assert (await desk.undo("square", by=ZOE)).says == ()
    assert await venue.state(TWO) == "rejected"
