from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from parvis.web.live.fanout import BACKLOG_BYTES, SLICE, Fanout


class Turns:
    """A loop whose turns the test takes."""

    def __init__(self) -> None:
        self.calls: list[tuple[Callable[..., Any], tuple[Any, ...]]] = []

    def call_soon(self, call: Callable[..., Any], *args: Any) -> None:
        self.calls.append((call, args))

    def turn(self) -> None:
        calls, self.calls = self.calls, []
        for call, args in calls:
            call(*args)


class Line:
    """A transport that keeps what it is given."""

    def __init__(self, queued: int = 0) -> None:
        self.queued = queued
        self.got: list[bytes] = []
        self.over = ""

    def write(self, data: bytes) -> None:
        self.got.append(data)
        self.queued += len(data)

    def get_write_buffer_size(self) -> int:
        return self.queued

    def close(self) -> None:
        self.over = "closed"

    def abort(self) -> None:
        self.over = "aborted"


class Pairs:
    """Sockets: the far end of each is what a reader sees."""

    def __init__(self) -> None:
        self.far: dict[int, socket.socket] = {}
        self.near: list[socket.socket] = []

    def new(self, room: int | None = None) -> int:
        near, far = socket.socketpair()
        near.setblocking(False)
        far.setblocking(False)
        if room is not None:
            near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, room)
        self.near.append(near)
        self.far[near.fileno()] = far
        return near.fileno()

    def read(self, fd: int) -> bytes:
        got = b""
        try:
            while more := self.far[fd].recv(1 << 20):
                got += more
        except BlockingIOError:
            pass
        return got


@pytest.fixture
def pairs() -> Iterator[Pairs]:
    made = Pairs()
    yield made
    for sock in (*made.near, *made.far.values()):
        sock.close()


def fanout(turns: Turns) -> Fanout:
    return Fanout(turns)  # type: ignore[arg-type]


def test_everybody_gets_the_frame_and_the_end_is_told(pairs: Pairs) -> None:
    turns, ended = Turns(), []
    group = fanout(turns)
    fds = [pairs.new() for _ in range(3)]
    held = Line()
    for fd in fds:
        group.add(fd, Line())
    group.add(-1, held, held=True)
    group.send(b"frame", lambda: ended.append(1))
    turns.turn()
    assert [pairs.read(fd) for fd in fds] == [b"frame"] * 3
    assert held.got == [b"frame"]
    assert ended == [1]
    assert (len(group.fast), len(group.slow), len(group.held)) == (3, 0, 1)


def test_many_readers_are_served_a_slice_per_turn() -> None:
    turns, ended = Turns(), []
    group = fanout(turns)
    lines = [Line() for _ in range(2 * SLICE + 1)]
    for number, line in enumerate(lines):
        group.add(-1 - number, line, held=True)
    group.send(b"x", lambda: ended.append(1))
    served = []
    while not ended:
        served.append(sum(len(line.got) for line in lines))
        turns.turn()
    assert served == [SLICE, 2 * SLICE]
    assert all(line.got == [b"x"] for line in lines)


def test_who_joins_during_a_flight_is_not_in_it_and_who_leaves_is_not_written_to(
    pairs: Pairs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parvis.web.live.fanout.SLICE", 1)
    turns = Turns()
    group = fanout(turns)
    first, second, third = (pairs.new() for _ in range(3))
    for fd in (first, second, third):
        group.add(fd, Line())
    group.send(b"frame", lambda: None)
    group.remove(second)
    group.remove(third)
    group.add(third, Line())  # the descriptor was freed and belongs to a reader who just came
    while turns.calls:
        turns.turn()
    assert pairs.read(first) == b"frame"
    assert pairs.read(second) == pairs.read(third) == b""
    group.send(b"next", lambda: None)
    while turns.calls:
        turns.turn()
    assert pairs.read(third) == b"next"
    assert pairs.read(second) == b""


def test_a_full_socket_gets_the_rest_through_its_transport(pairs: Pairs) -> None:
    group = fanout(Turns())
    fd, line = pairs.new(room=4096), Line()
    group.add(fd, line)
    frame = bytes(range(256)) * 4000
    group.send(frame, lambda: None)
    assert fd in group.slow
    assert pairs.read(fd) + b"".join(line.got) == frame
    group.send(b"next", lambda: None)
    assert line.over == "aborted"
    assert group.dropped == 1
    assert len(group) == 0


def test_a_reader_with_a_backlog_keeps_its_order_and_becomes_fast_again(pairs: Pairs) -> None:
    group = fanout(Turns())
    fd, line = pairs.new(), Line(queued=100)
    group.add(fd, line)
    group.send(b"one", lambda: None)
    assert line.got == [b"one"]
    assert pairs.read(fd) == b""
    line.queued = 0
    group.send(b"two", lambda: None)
    assert pairs.read(fd) == b"two"
    assert fd in group.fast


def test_a_frame_larger_than_the_bound_still_reaches_who_has_no_backlog() -> None:
    group, idle, behind = fanout(Turns()), Line(), Line(queued=1)
    group.add(-1, idle, held=True)
    group.add(-2, behind, held=True)
    group.send(b"x" * (BACKLOG_BYTES + 1), lambda: None)
    assert len(idle.got) == 1
    assert (behind.got, behind.over) == ([], "aborted")


def test_a_dead_socket_is_dropped(pairs: Pairs) -> None:
    group, line = fanout(Turns()), Line()
    fd = pairs.new()
    group.add(fd, line)
    pairs.far[fd].close()
    group.send(b"x", lambda: None)
    assert line.over == "aborted"
    assert len(group) == 0


def test_the_end_reaches_who_has_room_and_hangs_up_on_the_rest(pairs: Pairs) -> None:
    group = fanout(Turns())
    ready, full = pairs.new(), pairs.new(room=4096)
    lines = {ready: Line(), full: Line(), -1: Line(), -2: Line(queued=BACKLOG_BYTES + 1)}
    for key, line in lines.items():
        group.add(key, line, held=key < 0)
    group.send(b"", lambda: None)
    lines[-2].queued = BACKLOG_BYTES + 1
    try:
        while True:
            os.write(full, b"x" * 65536)
    except BlockingIOError:
        pass
    group.end(b"0\r\n\r\n")
    assert pairs.read(ready) == b"0\r\n\r\n"
    assert [line.over for line in lines.values()] == ["closed", "aborted", "closed", "aborted"]
    assert len(group) == 0


def test_the_end_stops_a_flight() -> None:
    turns, ended = Turns(), []
    group = fanout(turns)
    lines = [Line() for _ in range(SLICE + 1)]
    for number, line in enumerate(lines):
        group.add(-1 - number, line, held=True)
    group.send(b"x", lambda: ended.append(1))
    group.end(b"")
    while turns.calls:
        turns.turn()
    assert ended == [1]
    assert lines[-1].got == [b""]
    assert all(line.over == "closed" for line in lines)


def test_it_runs_on_a_real_loop() -> None:
    async def scenario() -> None:
        landed = asyncio.get_running_loop().create_future()
        group = Fanout(asyncio.get_running_loop())
        for number in range(SLICE + 1):
            group.add(-1 - number, Line(), held=True)
        group.send(b"x", lambda: landed.set_result(None))
        assert not landed.done()
        await landed

    asyncio.run(scenario())
