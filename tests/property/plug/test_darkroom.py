"""Bytes that nobody made on purpose: the darkroom answers all of them, and stays as it was."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.plug.darkroom import Darkroom, Developed, Unfit
from tests.pictures import mp4, picture, webm

STILLS = tuple(picture(form, (64, 48)) for form in ("JPEG", "PNG", "WEBP", "GIF"))
FILMS = (mp4(), webm(), webm(unknown=True))


class Room:
    """A darkroom and the loop it lives in."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.dark = Darkroom(processes=1)

    def answers(self, body: bytes) -> None:
        for develop in (self.dark.picture, self.dark.film):
            try:
                made = self.loop.run_until_complete(develop(body, "mark"))
            except Unfit as unfit:
                assert unfit.code != "slow"
            else:
                assert isinstance(made, Developed)
                assert made.mime in ("image/jpeg", "image/webp", "video/mp4", "video/webm")
                assert b"<script" not in made.body or made.mime.startswith("video/")

    def close(self) -> None:
        self.loop.run_until_complete(self.dark.close())
        self.loop.close()


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    room = Room()
    yield room
    room.close()


@given(
    body=st.binary(max_size=2000), head=st.sampled_from((b"", *[s[:30] for s in STILLS + FILMS]))
)
def test_any_bytes_are_answered(room: Room, body: bytes, head: bytes) -> None:
    room.answers(head + body)


@given(
    which=st.sampled_from(STILLS + FILMS),
    cut=st.floats(0, 1),
    seed=st.integers(0, 2**32),
    wounds=st.integers(0, 12),
)
def test_a_real_file_cut_and_damaged_is_answered(
    room: Room, which: bytes, cut: float, seed: int, wounds: int
) -> None:
    rng = random.Random(seed)
    body = bytearray(which[: int(len(which) * cut)] if cut < 0.7 else which)
    for _ in range(wounds if body else 0):
        body[rng.randrange(len(body))] = rng.randrange(256)
    room.answers(bytes(body))
