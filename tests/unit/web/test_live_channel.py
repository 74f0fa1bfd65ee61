from __future__ import annotations

import asyncio

from parvis.core.wall import Wall
from parvis.core.wire import Card, Face, Format, FormatFace, Hide, Message, Show, face_of
from parvis.web.live.channel import VIEWS, Channel, chunk, everything, subject_of
from parvis.web.live.feed import entries_of, event_of
from parvis.web.live.ring import Entry

CARD = Card("test:x:1", "test", "hello", 1, 1, 1)
SHOW, HIDE = Show(CARD), Hide("test:x:1")
FACE = Face(face_of(Wall(id="square", title="The square")))
FORMAT = Format(FormatFace("poll", "poll", {}))


class Line:
    def __init__(self) -> None:
        self.got: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.got.append(data)

    def get_write_buffer_size(self) -> int:
        return 0

    def close(self) -> None:
        self.got.append(b"<closed>")

    def abort(self) -> None:
        self.got.append(b"<aborted>")


def channel(floor: int = 0, limit: int = 10_000) -> tuple[Channel, Line, Line]:
    made = Channel(everything, floor, limit, asyncio.get_running_loop())
    chunked, plain = Line(), Line()
    made.chunked.add(-1, chunked, held=True)
    made.plain.add(-2, plain, held=True)
    return made, chunked, plain


def entry(seq: int, subject: str = "") -> Entry:
    return Entry(seq, subject or f"post {seq}", b"e%d" % seq)


async def turn() -> None:
    await asyncio.sleep(0)


async def test_all_that_comes_in_one_turn_leaves_in_one_write() -> None:
    made, chunked, plain = channel()
    made.take([entry(1), entry(2)], 2)
    made.take([entry(3)], 4)
    assert (made.head, made.sent) == (4, 0)
    assert chunked.got == []
    await turn()
    assert chunked.got == [b"6\r\ne1e2e3\r\n"]
    assert plain.got == [b"e1e2e3"]
    assert made.sent == 4


async def test_what_is_taken_back_in_the_same_turn_is_never_sent() -> None:
    made, _chunked, plain = channel()
    made.take([entry(1, "post a")], 1)
    made.take([Entry(2, "post a", b"gone", lasts=True)], 2)
    await turn()
    assert plain.got == [b"gone"]


async def test_facts_without_a_message_move_the_position_and_write_nothing() -> None:
    made, chunked, _plain = channel()
    made.take([], 7)
    await turn()
    assert made.sent == 7
    assert chunked.got == []


async def test_owed_is_what_is_on_its_way_and_not_what_is_still_to_come() -> None:
    made, _chunked, _plain = channel(floor=2)
    made.take([entry(3)], 3)
    await turn()
    made.take([entry(4)], 4)
    assert [owed.seq for owed in made.owed(2) or []] == [3]
    assert made.owed(3) == []
    assert made.owed(4) is None  # ahead: 4 is yet to be written
    assert made.owed(1) is None  # behind the ring
    await turn()
    assert [owed.seq for owed in made.owed(2) or []] == [3, 4]


async def test_a_reader_at_the_front_is_owed_nothing_though_the_ring_ran_over() -> None:
    made, _chunked, _plain = channel(limit=3)
    made.take([entry(seq) for seq in range(1, 9)], 8)
    assert made.ring.floor > made.sent
    assert made.owed(0) == []


async def test_reached_waits_for_its_sequence() -> None:
    made, _chunked, _plain = channel()
    waiting = asyncio.create_task(made.reached(2))
    made.take([entry(1)], 1)
    await turn()
    await turn()
    assert not waiting.done()
    made.take([entry(2)], 2)
    await waiting
    await made.reached(1)


async def test_what_comes_during_a_flight_waits_for_its_end() -> None:
    made, _chunked, _plain = channel()
    late = [Line() for _ in range(600)]
    for number, line in enumerate(late):
        made.chunked.add(-10 - number, line, held=True)
    made.take([entry(1)], 1)
    await turn()
    made.take([entry(2)], 2)
    made.take([], 3)
    assert made.sent == 1
    assert late[-1].got == []
    for _ in range(6):
        await turn()
    assert late[-1].got == [b"2\r\ne1\r\n", b"2\r\ne2\r\n"]
    assert made.sent == 3


async def test_a_beat_is_a_comment_and_keeps_quiet_while_events_flow() -> None:
    made, chunked, plain = channel()
    made.beat()
    assert (chunked.got, plain.got) == ([b"4\r\n: \n\n\r\n"], [b": \n\n"])
    made.take([entry(1)], 1)
    made.beat()
    assert len(plain.got) == 1


async def test_the_end_says_its_last_words() -> None:
    made, chunked, plain = channel()
    waiting = asyncio.create_task(made.reached(9))
    await turn()
    made.end(b"data: x\n\n")
    await waiting
    assert chunked.got == [b"9\r\ndata: x\n\n\r\n0\r\n\r\n", b"<closed>"]
    assert plain.got == [b"data: x\n\n", b"<closed>"]


def test_a_chunk_carries_its_length() -> None:
    assert chunk(b"x" * 17) == b"11\r\n" + b"x" * 17 + b"\r\n"


def test_subjects_tell_posts_formats_and_the_wall_apart() -> None:
    assert subject_of(SHOW) == subject_of(HIDE)
    assert len({subject_of(message) for message in (SHOW, FACE, FORMAT)}) == 3


def test_views() -> None:
    told: list[tuple[int, Message]] = [(1, SHOW), (2, HIDE), (3, FACE), (4, FORMAT)]
    seen = {name: [e.seq for e in entries_of(view, told, {})] for name, view in VIEWS.items()}
    assert seen == {"all": [1, 2, 3, 4], "cards": [1, 2, 3], "formats": [3, 4]}


def test_a_message_is_encoded_once_for_all_who_see_it_alike() -> None:
    bodies: dict[int, bytes] = {}
    first = entries_of(VIEWS["all"], [(1, SHOW)], bodies)
    second = entries_of(VIEWS["cards"], [(1, SHOW)], bodies)
    assert first[0].body is second[0].body
    assert first[0] is not second[0]
    blind = entries_of(lambda _message: HIDE, [(1, SHOW)], bodies)
    assert blind[0].body == event_of(1, HIDE)


def test_what_keeps_its_place() -> None:
    told: list[tuple[int, Message]] = [(1, SHOW), (2, HIDE), (3, FACE), (4, FORMAT)]
    assert [e.lasts for e in entries_of(everything, told, {})] == [False, True, True, False]
