"""Strangers' files, opened in confined processes: what comes out, and what never does."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from PIL import Image

from parvis.plug.darkroom import SAYS, Darkroom, Fault, Unfit
from parvis.plug.developing.confine import MEMORY_BYTES
from tests.pictures import (
    PLACE,
    box,
    mp4,
    mp4_of_a_drone,
    picture,
    png_that_claims,
    webm,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def dark() -> AsyncIterator[Darkroom]:
    room = Darkroom()
    yield room
    await room.close()


async def code(dark: Darkroom, body: bytes, *, film: bool = False) -> Fault:
    with pytest.raises(Unfit) as told:
        await (dark.film(body) if film else dark.picture(body))
    assert str(told.value) == SAYS[told.value.code]
    return told.value.code


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
async def test_a_picture_comes_back_bare(dark: Darkroom, form: str) -> None:
    body = picture(form)
    assert PLACE.encode() in body
    made = await dark.picture(body, "post 1")
    assert (made.mime, made.w, made.h) == ("image/jpeg", 320, 200)
    assert PLACE.encode() not in made.body
    with Image.open(io.BytesIO(made.body)) as image:
        assert not image.getexif() and "icc_profile" not in image.info
        assert image.n_frames == 1 if hasattr(image, "n_frames") else True
        left, right = (
            image.convert("RGB").getpixel((10, 10)),
            image.convert("RGB").getpixel((310, 10)),
        )
    assert isinstance(left, tuple) and isinstance(right, tuple) and left[0] < 100 < right[0]


async def test_it_is_turned_upright(dark: Darkroom) -> None:
    made = await dark.picture(picture(turned=6))
    assert (made.w, made.h) == (200, 320)
    with Image.open(io.BytesIO(made.body)) as image:
        top, bottom = image.convert("L").getpixel((100, 5)), image.convert("L").getpixel((100, 315))
    assert isinstance(top, int | float) and isinstance(bottom, int | float) and top < bottom


async def test_it_is_made_as_large_as_a_wall_needs(dark: Darkroom) -> None:
    made = await dark.picture(picture(size=(5000, 100)))
    assert (made.w, made.h) == (2048, 41)


async def test_what_is_see_through_stays_so(dark: Darkroom) -> None:
    for mark in ("", "post"):
        made = await dark.picture(picture("PNG", mode="RGBA", colour=(200, 40, 60, 90)), mark)
        assert made.mime == "image/webp"
        with Image.open(io.BytesIO(made.body)) as image:
            image.load()
            assert image.mode == "RGBA" and image.size == (320, 200)


async def test_no_two_posts_share_a_file_but_the_same_post_sent_again_does(dark: Darkroom) -> None:
    for body, develop in ((picture(), dark.picture), (mp4(), dark.film), (webm(), dark.film)):
        first = await develop(body, "post 1")
        assert (await develop(body, "post 1")).body == first.body
        assert (await develop(body, "post 2")).body != first.body


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "no_picture"),
        (b"just words", "no_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "markup"),
        (b"\xef\xbb\xbf  <!DOCTYPE html><script>x()</script>", "markup"),
        (b"GIF89a/*<script>*/=1", "markup"),
        (b"%PDF-1.7\n", "markup"),
        (picture() + b"PK\x05\x06" + bytes(18), "markup"),
        (b"\0\0\0\x18ftypheic" + bytes(40), "heif"),
        (png_that_claims(50_000, 50_000), "too_many_pixels"),
        (png_that_claims(40_000, 2), "too_many_pixels"),
        (png_that_claims(1, 1), "no_picture"),
        (png_that_claims(4_000, 4_000), "broken"),
        (picture()[:900], "broken"),
        (picture("PNG")[:200], "broken"),
        (b"\xff\xd8\xff\xe0" + b"0" * 4000, "broken"),
        (b"push graphic-context\nviewbox 0 0 1 1\nfill 'url(http://x/)'", "no_picture"),
        (b"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\nfile:///etc/passwd", "no_picture"),
        (mp4(), "no_picture"),
    ],
)
async def test_what_is_no_picture_is_said_in_one_sentence(
    dark: Darkroom, body: bytes, why: str
) -> None:
    assert await code(dark, body) == why


async def test_a_film_is_passed_on_without_where_and_when(dark: Darkroom) -> None:
    for body, mime, seconds in ((mp4(), "video/mp4", 9.0), (webm(), "video/webm", 4.0)):
        assert PLACE.encode() in body
        made = await dark.film(body, "post")
        assert (made.mime, made.w, made.h, made.duration_s) == (mime, 720, 1280, seconds)
        assert PLACE.encode() not in made.body
        assert b"\x5a" * 300 in made.body, "its pictures are as they were"
        assert made.body.find(b"\x5a" * 300) == body.find(b"\x5a" * 300), "at the same place"
    assert (3_900_000_000).to_bytes(4, "big") not in (await dark.film(mp4())).body


@pytest.mark.parametrize("handler", [b"meta", b"camm", b"sbtl", b"text"])
async def test_a_track_that_says_where_it_was_goes_with_its_samples(
    dark: Darkroom, handler: bytes
) -> None:
    body = mp4_of_a_drone(handler)
    made = await dark.film(body)
    assert body.count(PLACE.encode()) == 5 and PLACE.encode() not in made.body
    assert made.body.count(b"\x5a") == body.count(b"\x5a"), "the film's own samples stay"
    assert b"gpmd" not in made.body and (made.w, made.h) == (720, 1280)
    assert PLACE.encode() in (await dark.film(mp4_of_a_drone(b"vide"))).body


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (mp4_of_a_drone(start=2**31), "broken_film"),
        (mp4_of_a_drone(many=2**31), "broken_film"),
        (mp4_of_a_drone().replace(b"stsc", b"stxx"), "broken_film"),
        (mp4_of_a_drone() + box(b"moof"), "odd_film"),
    ],
)
async def test_a_side_track_that_cannot_be_followed_is_not_passed_on(
    dark: Darkroom, body: bytes, code: str
) -> None:
    with pytest.raises(Unfit) as unfit:
        await dark.film(body)
    assert unfit.value.code == code


async def test_a_film_as_a_browser_records_it(dark: Darkroom) -> None:
    made = await dark.film(webm(unknown=True))
    assert (made.mime, made.w, made.h) == ("video/webm", 720, 1280)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "no_film"),
        (picture(), "no_film"),
        (b"#EXTM3U\nfile:///etc/passwd", "no_film"),
        (b"\0\0\0\x18ftypevil" + bytes(40), "no_film"),
        (mp4(codec=b"hvc1"), "odd_film"),
        (mp4(seconds=61), "long_film"),
        (mp4(size=(8000, 10)), "broken_film"),
        (mp4()[:-10], "broken_film"),
        (mp4() + b"<script>", "broken_film"),
        (webm(codec=b"V_MJPEG"), "odd_film"),
        (webm(seconds=900), "long_film"),
        (webm()[:-5], "broken_film"),
        (webm().replace(b"webm", b"html", 1), "no_film"),
    ],
)
async def test_what_is_no_film_is_said_in_one_sentence(
    dark: Darkroom, body: bytes, why: str
) -> None:
    assert await code(dark, body, film=True) == why


async def test_a_process_that_is_killed_costs_its_picture_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dark = Darkroom(processes=1, within_s=10)
    await dark.picture(picture())
    (process,) = dark._idle
    os.kill(process._process.pid, signal.SIGKILL)
    await process._process.wait()
    assert await code(dark, picture()) == "broken"
    assert (await dark.picture(picture())).w == 320
    await dark.close()


async def test_what_takes_too_long_is_ended() -> None:
    dark = Darkroom(processes=1, within_s=10)
    await dark.picture(picture())
    (process,) = dark._idle
    os.kill(process._process.pid, signal.SIGSTOP)
    dark._within_s = 0.05
    assert await code(dark, picture()) == "slow"
    assert process._process.returncode is not None, "it was left behind"
    await dark.close()


async def test_many_at_once_share_few_processes() -> None:
    dark = Darkroom(processes=2)
    made = await asyncio.gather(*(dark.picture(picture(), f"{n}") for n in range(12)))
    assert len({each.body for each in made}) == 12
    assert len(dark._idle) <= 2
    await dark.close()
    assert dark._idle == []


TRIES = """
import os, socket, sys, threading
from parvis.plug.developing.confine import confine
tries = {
    "open": lambda: open("/etc/hostname"),
    "write": lambda: open("/tmp/parvis-escape", "w"),
    "socket": socket.socket,
    "pipe": os.pipe,
    "memory": lambda: bytearray(2 << 30),
}
filtered = confine()
if filtered:
    tries["fork"] = os.fork
    tries["exec"] = lambda: os.execv("/bin/true", ["true"])
    tries["kill"] = lambda: os.kill(os.getppid(), 0)
    tries["unlink"] = lambda: os.unlink("/tmp/parvis-escape")
for name, attempt in tries.items():
    try:
        attempt()
    except (OSError, MemoryError):
        continue
    print("escaped by", name)
thread = threading.Thread(target=lambda: None)
thread.start()
thread.join()
print("filtered" if filtered else "limited")
"""


async def test_a_confined_process_reaches_nothing() -> None:
    command = [sys.executable, "-c", TRIES]
    told = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, timeout=60, check=True
    )
    assert told.stdout.split("\n")[0] in ("filtered", "limited"), told.stdout
    if sys.platform == "linux" and os.uname().machine in ("x86_64", "aarch64"):
        assert told.stdout == "filtered\n"
    assert MEMORY_BYTES < 2 << 30


async def test_every_fault_has_its_sentence() -> None:
    from typing import get_args

    assert set(SAYS) == set(get_args(Fault))
    assert all(sentence.endswith(".") for sentence in SAYS.values())
