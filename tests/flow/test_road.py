"""A post from its arrival to the wall and off it again, on a real store."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from parvis.core.errors import Conflict, Refused
from parvis.core.post import DisplayPolicy, Gone, OptedOut, Unreadable
from parvis.core.wall import Flood, Policy, Wall
from parvis.engine.change import Bury, PutSource, PutWall
from parvis.flow.moderate import why_of
from parvis.run.commands.trace import line_of
from tests.flow.conftest import Venue
from tests.posts import author, post, source, wall


async def test_a_post_is_stored_decided_and_shown(venue: Venue) -> None:
    receipt = await venue.receive(post())
    assert (receipt.new, receipt.keys) == (1, (post().key,))
    assert await venue.shown() == [post().key]
    assert await venue.state(post().key) == "approved"
    assert (await venue.why(post().key)).startswith("This wall shows posts at once")


async def test_the_same_post_again_changes_nothing(venue: Venue) -> None:
    await venue.receive(post())
    head = await venue.engine.head("square")
    receipt = await venue.receive(post(), post())
    assert (receipt.new, receipt.known) == (0, 1)
    assert await venue.engine.head("square") == head


async def test_newest_approved_stands_first(venue: Venue) -> None:
    for number in (1, 2, 3):
        await venue.receive(post(number))
    assert await venue.shown() == [post(number).key for number in (3, 2, 1)]


async def test_posts_of_one_batch_stand_as_they_came_and_not_by_their_keys(venue: Venue) -> None:
    numbers = (7, 2, 9, 4, 1)
    await venue.receive(*(post(number) for number in numbers))
    assert await venue.shown() == [post(number).key for number in reversed(numbers)]


async def test_what_is_approved_now_comes_first_however_long_it_waited(venue: Venue) -> None:
    await venue.declare(PutWall(wall(policy=Policy(mode="approve_first"))))
    await venue.receive(post(1))
    await venue.receive(post(2))
    for number in (2, 1):
        await venue.road.decide("square", post(number).key, "approved", by="person:mo", why="yes")
    assert await venue.shown() == [post(1).key, post(2).key]


async def test_a_listed_word_is_rejected_with_its_reason(venue: Venue) -> None:
    await venue.receive(post(text="How rude of the rain"))
    assert await venue.shown() == []
    assert await venue.state(post().key) == "rejected"
    assert await venue.why(post().key) == "It holds a listed word."
    decision = (await venue.engine.decisions("square", post().key))[-1]
    assert decision.by == "rule:wordlist"
    assert decision.verdicts[0].spans[0].start == 4


async def test_an_edit_changes_the_card_in_its_place(venue: Venue) -> None:
    await venue.receive(post(1))
    await venue.receive(post(2))
    await venue.receive(post(1, version="2", text="Other words for the same post, longer."))
    cards = await venue.cards()
    assert [card.post for card in cards] == [post(2).key, post(1).key]
    assert cards[1].text.startswith("Other words")


async def test_an_edit_into_something_rejected_takes_the_card_off(venue: Venue) -> None:
    await venue.receive(post())
    await venue.receive(post(version="2", text="Now it is rude"))
    assert await venue.shown() == []
    assert await venue.state(post().key) == "rejected"


async def test_an_edit_after_a_person_decided_waits_for_a_person(venue: Venue) -> None:
    await venue.receive(post())
    await venue.road.decide("square", post().key, "hidden", by="person:mo", why="Not now")
    await venue.receive(post(version="2", text="Nicer words, in the hope of being shown"))
    assert await venue.state(post().key) == "pending"
    assert await venue.shown() == []


async def test_a_replayed_old_version_does_not_undo_the_edit(venue: Venue) -> None:
    await venue.receive(post())
    await venue.receive(post(version="2", text="The second version of the words"))
    await venue.receive(post(version="1"))
    await venue.receive(post(version="2", text="The second version of the words"))
    assert (await venue.cards())[0].text == "The second version of the words"


async def test_the_same_words_from_another_network_are_one_post(venue: Venue) -> None:
    await venue.receive(post(1))
    twin = post(2, key="other:net.example:9", network="other", text=post(1).text)
    await venue.receive(twin)
    assert await venue.shown() == [post(1).key]
    assert await venue.state(twin.key) == "duplicate"


async def test_twins_that_arrive_together_leave_the_first(venue: Venue) -> None:
    twin = post(2, text=post(1).text)
    await venue.receive(post(1), twin)
    assert len(await venue.shown()) == 1


async def test_a_flood_of_one_author_waits(venue: Venue) -> None:
    flood = Policy(mode="show_first", flood=Flood(posts=2, within_s=60))
    await venue.declare(PutWall(wall(policy=flood)))
    for number in range(1, 5):
        await venue.receive(post(number))
    assert [await venue.state(post(n).key) for n in range(1, 5)] == [
        "approved",
        "approved",
        "pending",
        "pending",
    ]
    await venue.receive(post(9, author=author("bea")))
    assert await venue.state(post(9).key) == "approved"


async def test_deleted_at_the_source_is_gone_and_never_comes_back(venue: Venue) -> None:
    await venue.receive(post())
    receipt = await venue.receive(Gone(post().key))
    assert receipt.gone == 1
    assert await venue.shown() == []
    again = await venue.receive(post())
    assert (again.new, again.refused) == (0, 1)
    assert await venue.shown() == []


async def test_a_deletion_by_the_networks_own_name_finds_the_post(venue: Venue) -> None:
    await venue.receive(post(extra={"alias": "test:server.example:77"}))
    assert (await venue.receive(Gone("test:server.example:77"))).gone == 1
    assert await venue.shown() == []


async def test_a_second_servers_name_for_the_post_deletes_it_too(venue: Venue) -> None:
    await venue.receive(post(extra={"alias": "test:one.example:77"}))
    await venue.receive(post(extra={"alias": "test:two.example:5"}))
    assert (await venue.receive(Gone("test:two.example:5"))).gone == 1
    assert await venue.shown() == []
    again = await venue.receive(post(extra={"alias": "test:one.example:77"}))
    assert again.refused == 1


async def test_a_deletion_that_overtakes_its_post_keeps_it_out(venue: Venue) -> None:
    await venue.receive(Gone("test:server.example:77"), Gone(post(2).key))
    late = await venue.receive(post(1, extra={"alias": "test:server.example:77"}), post(2))
    assert (late.new, late.refused) == (0, 2)
    assert await venue.shown() == []


async def test_a_tombstone_alone_keeps_a_post_out(venue: Venue) -> None:
    await venue.declare(Bury(venue.road.post_hash(post(1).key)))
    receipt = await venue.receive(post(1), post(2))
    assert (receipt.new, receipt.refused) == (1, 1)
    assert await venue.shown() == [post(2).key]


async def test_everything_of_an_author_goes(venue: Venue) -> None:
    await venue.receive(post(1), post(2), post(3, author=author("bea")))
    await venue.receive(Gone(author().key, "account suspended", author=True))
    assert await venue.shown() == [post(3).key]


async def test_an_opt_out_takes_off_and_keeps_out(venue: Venue) -> None:
    await venue.receive(post())
    assert (await venue.receive(OptedOut(post().key, "noindex"))).refused == 1
    assert await venue.shown() == []
    assert (await venue.receive(post())).refused == 1


async def test_an_unreadable_item_costs_itself_alone(venue: Venue) -> None:
    receipt = await venue.receive(post(1), Unreadable("items[1]", "no id"), post(2))
    assert (receipt.new, receipt.unreadable) == (2, 1)
    assert len(await venue.shown()) == 2


def _show_first() -> str:
    return why_of("approved", "rule:show_first")


async def test_what_was_withdrawn_is_erased_but_its_journey_can_be_told(venue: Venue) -> None:
    await venue.receive(post(text="A sentence nobody shall find again"))
    await venue.road.withdraw(post().key, by="person:mo", why="asked by the author")
    venue.clock.now_ms += 60_000
    await venue.road.erase_due()
    assert await venue.engine.known("square", [post().key]) == {}
    journey = await venue.road.trace(post().key)
    assert [step.event for step in journey][:2] == ["post.seen", "post.decided"]
    assert journey[-1].at_ms >= journey[0].at_ms
    assert any(step.state == "withdrawn" for step in journey)
    told = [step.why for step in journey if step.event == "post.decided"]
    assert told == [_show_first(), "asked by the author"], "erased words are told anew, in ours"
    assert not any("nobody shall find" in line_of(step, 0) for step in journey)
    assert sum(f": {_show_first()}" in line_of(step, 0) for step in journey) == 1


async def test_withdrawn_is_final(venue: Venue) -> None:
    await venue.receive(post())
    await venue.road.withdraw(post().key, by="person:mo", why="no")
    with pytest.raises(Refused):
        await venue.road.decide("square", post().key, "approved", by="person:mo", why="yes")
    assert await venue.road.withdraw(post().key, by="person:mo", why="again") == 0


async def test_withdrawn_by_two_at_once_is_withdrawn_once(venue: Venue) -> None:
    await venue.receive(post())
    left = await asyncio.gather(
        *(venue.road.withdraw(post().key, by=f"person:{n}", why="no") for n in range(3))
    )
    assert sorted(left) == [0, 0, 1]


async def test_one_post_on_two_walls_leaves_both(venue: Venue) -> None:
    hall = source(id="hall-hook", wall="hall")
    show = Policy(mode="show_first")
    await venue.declare(PutWall(wall(id="hall", policy=show)), PutSource(hall))
    await venue.receive(post())
    await venue.receive(post(), source=hall)
    assert await venue.shown() == await venue.shown("hall") == [post().key]
    assert await venue.road.withdraw(post().key, by="person:mo", why="no") == 2
    assert await venue.shown() == await venue.shown("hall") == []


async def test_a_person_approves_hides_and_thinks_again(venue: Venue) -> None:
    await venue.declare(PutWall(wall(policy=Policy(mode="approve_first"))))
    await venue.receive(post())
    assert await venue.shown() == []
    for state, shown in (("approved", 1), ("hidden", 0), ("pending", 0), ("approved", 1)):
        await venue.road.decide("square", post().key, state, by="person:mo", why="said so")  # type: ignore[arg-type]
        assert len(await venue.shown()) == shown


async def test_two_people_on_one_post_the_second_is_told(venue: Venue) -> None:
    await venue.declare(PutWall(wall(policy=Policy(mode="approve_first"))))
    await venue.receive(post())
    rev = (await venue.engine.placements(post().key))[0].rev
    await venue.road.decide("square", post().key, "rejected", by="person:a", why="no", rev=rev)
    with pytest.raises(Conflict):
        await venue.road.decide("square", post().key, "approved", by="person:b", why="yes", rev=rev)
    assert await venue.shown() == []


async def test_nothing_is_shown_without_a_right(venue: Venue) -> None:
    venue.policies["webhook"] = DisplayPolicy(public_screen="with_consent")
    await venue.receive(post())
    assert await venue.shown() == []
    assert await venue.state(post().key) == "pending"
    with pytest.raises(Refused, match="consent"):
        await venue.road.decide("square", post().key, "approved", by="person:mo", why="yes")
    await venue.declare(PutSource(source(basis="consent")))
    await venue.road.decide("square", post().key, "approved", by="person:mo", why="they agreed")
    rights = await venue.engine.rights("square", post().key)
    assert [right.basis for right in rights] == ["consent"]
    assert await venue.shown() == [post().key]


async def test_a_full_wall_refills_when_a_card_goes(venue: Venue) -> None:
    await venue.declare(PutWall(wall(capacity=2, policy=Policy(mode="show_first"))))
    for number in (1, 2, 3):
        await venue.receive(post(number))
    assert await venue.shown() == [post(3).key, post(2).key]
    await venue.road.withdraw(post(3).key, by="person:mo", why="no")
    assert await venue.shown() == [post(2).key, post(1).key]


async def test_panic_covers_and_uncovers(venue: Venue) -> None:
    for on in (True, False):
        await venue.road.panic("square", on, by="person:mo")
        snapshot = await venue.engine.snapshot_of_wall("square")
        assert snapshot is not None
        assert snapshot.wall.panic is on
    with pytest.raises(Refused):
        await venue.road.panic("nowhere", True, by="person:mo")


async def test_panic_keeps_what_another_node_saved_meanwhile(
    venue: Venue, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = await venue.engine.wall("square")
    assert row is not None
    read = venue.engine.wall

    async def read_first(wall: str) -> Wall | None:
        found = await read(wall)
        if found == row:
            await venue.declare(PutWall(msgspec.structs.replace(row, title="Saved"), row))
        return found

    monkeypatch.setattr(venue.engine, "wall", read_first)
    await venue.road.panic("square", True, by="person:mo")
    kept = await read("square")
    assert kept is not None and (kept.title, kept.panic) == ("Saved", True)


async def test_what_was_undecided_at_a_crash_is_decided_at_the_next_start(venue: Venue) -> None:
    await venue.road.stop()
    await venue.road.receive(venue.source, [post()])
    assert await venue.state(post().key) == "new"
    from parvis.flow.road import Road
    from tests.flow.conftest import CHECKS

    later = Road(
        venue.engine, clock=venue.clock, salt=b"tests", checks=CHECKS, policies={}, formats={}
    )
    await later.start()
    await later.idle()
    assert await venue.shown() == [post().key]
    await later.stop()


async def test_a_backlog_is_decided_whole(venue: Venue) -> None:
    many = [post(number, author=author(f"a{number}")) for number in range(700)]
    await venue.receive(*many)
    counts = await venue.engine.counts("square")
    assert counts.get("approved") == 700
    assert counts.get("new", 0) == 0


async def test_the_journal_says_nobodys_words(venue: Venue) -> None:
    await venue.receive(post(text="Unmistakable words of a person", author=author("ada")))
    facts = await venue.engine.facts_after("square", 0)
    said = msgspec.json.encode(facts).decode()
    assert "Unmistakable" not in said
    assert "ada" not in said


DAY_MS = 24 * 3600 * 1000


async def test_what_a_wall_has_kept_long_enough_is_withdrawn_by_itself(venue: Venue) -> None:
    await venue.receive(post(1), post(2, text="How rude of the rain"))
    venue.clock.now_ms += 29 * DAY_MS
    await venue.receive(post(3, received_at_ms=venue.clock.now_ms, text="Much later words, newer"))
    assert await venue.road.expire() == 0
    venue.clock.now_ms += 2 * DAY_MS
    assert await venue.road.expire() == 2
    assert await venue.shown() == [post(3).key]
    assert (await venue.road.trace(post(1).key))[-1].by in ("rule:retention", "")
    assert await venue.state(post(2).key) == "withdrawn"


async def test_a_post_stays_until_the_last_wall_lets_it_go(venue: Venue) -> None:
    hall = source(id="hall-hook", wall="hall")
    long = wall(id="hall", policy=Policy(mode="show_first"), retention_days=90)
    await venue.declare(PutWall(long), PutSource(hall))
    await venue.receive(post())
    await venue.receive(post(), source=hall)
    venue.clock.now_ms += 31 * DAY_MS
    assert await venue.road.expire() == 0
    venue.clock.now_ms += 60 * DAY_MS
    assert await venue.road.expire() == 1
