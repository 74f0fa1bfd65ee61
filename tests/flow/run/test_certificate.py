"""`tls = "automatic"` against an authority that checks: a real server, real handshakes."""

from __future__ import annotations

import asyncio
import shutil
import ssl
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from parvis.core.errors import Later
from parvis.run.acme import renewal
from parvis.run.acme.automatic import Automatic, state_of
from parvis.run.acme.safe import Tried
from tests.authority import Authority, Wrong
from tests.encrypted import NAME, Encrypted, asked, connect, encrypted, seen, shown
from tests.live_listener import LOOPS, run
from tests.snapshots import Stream
from tests.waiting import until

DAY_MS = 24 * 3_600_000
MINUTE_MS = 60_000


@pytest.fixture
async def authority() -> AsyncIterator[Authority]:
    async with Authority().listening() as authority:
        yield authority


@pytest.fixture
def place(authority: Authority, tmp_path: Path) -> Encrypted:
    return encrypted(tmp_path, authority)


def tried(place: Encrypted) -> Tried:
    return msgspec.json.decode((place.folder / f"{NAME}.tried").read_bytes(), type=Tried)


async def first(place: Encrypted, automatic: Automatic) -> None:
    await automatic.renewal.look()
    assert automatic.renewal.now().healthy, automatic.renewal.now().says


@pytest.mark.parametrize("loop", LOOPS)
def test_from_plain_to_encrypted_without_a_restart(loop: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Authority().listening() as authority:
            place = encrypted(tmp_path, authority)
            async with place.serving() as (server, automatic):
                port = int(server.address.rpartition(":")[2])
                door = authority.challenge_port
                assert server.address.startswith("http://")
                assert (await asked(port, "/w/square")).endswith("/w/square")
                assert (await asked(door, "/w/square")).endswith("/w/square")
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(b"GET /live/square?after=0 HTTP/1.1\r\nHost: x\r\n\r\n")
                stream = Stream(reader, writer)
                await stream.read_head()

                await first(place, automatic)

                assert server.address == f"https://127.0.0.1:{port}" == place.moved[0]
                trust = authority.trusting()
                assert (await asked(port, "/w/square", trust)).endswith("/w/square")
                sent_on = await asked(door, "/w/square?x=1%202")
                assert "307 Temporary" in sent_on
                assert f"location: https://{NAME}/w/square?x=1%202\r\n" in sent_on
                place.wall.show("test:x:1")
                assert (await stream.event())["id"] == "1", "who followed before follows on"
                stream.hang_up()
                assert authority.steps.count("account") == 1 and len(authority.orders) == 1
                (account,) = authority.accounts.values()
                assert account["contact"] == ["mailto:team@example.org"]
                assert "is served encrypted until" in place.said[-1]
                assert place.door_is_empty(automatic)

    run(loop, scenario())


async def test_the_files_are_for_our_eyes_and_are_used_at_once(
    place: Encrypted, authority: Authority
) -> None:
    async with place.serving() as (server, automatic):
        await first(place, automatic)
        before = await shown(server, authority.trusting())
    kept = sorted(path.name for path in place.folder.iterdir())
    assert kept == ["account.pem", f"{NAME}.pem", f"{NAME}.tried"]
    assert {path.stat().st_mode & 0o777 for path in place.folder.iterdir()} == {0o600}
    authority.steps.clear()
    async with place.serving() as (server, automatic):
        await automatic.renewal.look()
        assert server.address.startswith("https://")
        assert await shown(server, authority.trusting()) == before
        assert authority.steps == [], "a good certificate asks nobody"
        assert "307 Temporary" in await asked(authority.challenge_port, "/w/square")


@pytest.mark.parametrize("loop", LOOPS)
def test_renewal_swaps_what_is_shown_and_cuts_nobody(loop: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Authority().listening() as authority:
            place = encrypted(tmp_path, authority)
            async with place.serving() as (server, automatic):
                await first(place, automatic)
                trust = authority.trusting()
                reader, writer = await connect(server, trust)
                writer.write(b"GET /live/square?after=0 HTTP/1.1\r\nHost: x\r\n\r\n")
                stream = Stream(reader, writer)
                await stream.read_head()
                old = seen(writer)

                place.now_ms += 50 * DAY_MS
                await automatic.renewal.look()
                assert len(authority.orders) == 1, "two thirds are not over"
                place.now_ms += 11 * DAY_MS
                authority.now += timedelta(days=61)
                await automatic.renewal.look()
                assert len(authority.orders) == 2

                assert seen(writer) == old
                _, after = await connect(server, _later(authority))
                assert seen(after) != old
                after.close()
                place.wall.show("test:x:1")
                assert (await stream.event())["id"] == "1"
                stream.hang_up()
                assert place.moved == [f"https://127.0.0.1:{server.address.rpartition(':')[2]}"]
                due = automatic.renewal.due_ms - place.now_ms
                assert 56 * DAY_MS < due < 60 * DAY_MS, "a third left, and a little sooner"

    run(loop, scenario())


def _later(authority: Authority) -> ssl.SSLContext:
    trust = authority.trusting()
    trust.check_hostname = False
    trust.verify_mode = ssl.CERT_NONE  # its time is that of the test's clock
    return trust


async def test_a_nonce_that_is_not_taken_is_replaced(
    place: Encrypted, authority: Authority
) -> None:
    authority.refuse["order"] = [Wrong("badNonce", "too old")]
    authority.refuse["finalize"] = [Wrong("badNonce", "too old"), Wrong("badNonce", "too old")]
    async with place.serving() as (_, automatic):
        await first(place, automatic)
        assert authority.steps.count("order") == 2 and authority.steps.count("finalize") == 3


async def test_the_authoritys_limit_is_kept_also_across_a_restart(
    place: Encrypted, authority: Authority
) -> None:
    limit = {"Retry-After": str(3 * 24 * 3600)}
    authority.refuse["order"] = [Wrong("rateLimited", "too many certificates", 429, **limit)]
    async with place.serving() as (server, automatic):
        await automatic.renewal.look()
        now = automatic.renewal.now()
        assert not now.healthy and now.due_ms == place.now_ms + 3 * DAY_MS
        assert "too many certificates" in now.says and "nothing is encrypted" in now.says
        assert place.said == [f"certificate! {now.says}"]
        port = int(server.address.rpartition(":")[2])
        assert (await asked(port, "/w/square")).endswith("/w/square"), "the walls go on"
    authority.steps.clear()
    async with place.serving() as (_, automatic):
        place.now_ms += 3 * DAY_MS - 1
        await automatic.renewal.look()
        assert authority.steps == []
        place.now_ms += 1
        await first(place, automatic)
        assert tried(place).failures == 0


async def test_failures_wait_longer_and_longer(place: Encrypted, authority: Authority) -> None:
    authority.refuse["order"] = [Wrong("rejectedIdentifier", "not this name", 403)] * 40
    waits = []
    async with place.serving() as (_, automatic):
        for _ in range(12):
            await automatic.renewal.look()
            count = authority.steps.count("order")
            await automatic.renewal.look()
            assert authority.steps.count("order") == count, "one look, one try"
            waits.append((automatic.renewal.due_ms - place.now_ms) / MINUTE_MS)
            place.now_ms = automatic.renewal.due_ms
        assert all(2 * 2**at <= wait <= 2.5 * 2**at for at, wait in enumerate(waits[:8])), waits
        assert max(waits) <= 6 * 60 * 1.25
        assert len(place.said) == 1, "what stays the same is said once"
        since = automatic.renewal.now().since_ms
        assert since < place.now_ms - 6 * 3_600_000
    count = authority.steps.count("order")
    async with place.serving() as (_, automatic):
        place.now_ms = tried(place).tried_ms + renewal.AGAIN_MS - 1
        await automatic.renewal.look()
        assert authority.steps.count("order") == count, "a loop of restarts makes no storm"
        place.now_ms += 1
        await automatic.renewal.look()
        assert authority.steps.count("order") == count + 1, "a restart need not wait for hours"


async def test_a_proof_that_fails_says_what_the_authority_saw(
    place: Encrypted, authority: Authority
) -> None:
    async with place.serving() as (_, automatic):
        authority.challenge_port = place.authority.port  # as if the name led somewhere else
        await automatic.renewal.look()
        says = automatic.renewal.now().says
        assert "could not see that the name is ours: saw 'status 404'" in says
        assert place.door_is_empty(automatic)
        authority.challenge_port = place.settings.tls_challenge_port
        place.now_ms = automatic.renewal.due_ms
        await first(place, automatic)
        assert len(authority.orders) == 2, "an order that failed is over"


async def test_a_port_that_is_taken_is_said_and_asks_nobody(
    place: Encrypted, authority: Authority
) -> None:
    other = await asyncio.start_server(
        lambda *_: None, "127.0.0.1", place.settings.tls_challenge_port
    )
    async with place.serving() as (_, automatic):
        await automatic.renewal.look()
        says = automatic.renewal.now().says
        assert f"Port {place.settings.tls_challenge_port}, where the authority asks" in says
        assert "(address already in use)" in says and authority.steps == []
        other.close()
        await other.wait_closed()
        place.now_ms = automatic.renewal.due_ms
        await first(place, automatic)


@pytest.mark.parametrize("content", [b"", b"rubbish", None])
async def test_a_broken_certificate_is_replaced(
    place: Encrypted, authority: Authority, content: bytes | None
) -> None:
    async with place.serving() as (_, automatic):
        await first(place, automatic)
    path = place.folder / f"{NAME}.pem"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if content is None else content)
    assert "cannot be served" in state_of(place.settings, place.now_ms).says
    for name in ("account.pem", f"{NAME}.tried", f"{NAME}.order"):
        (place.folder / name).write_bytes(b"\xff{")
    async with place.serving() as (server, automatic):
        assert server.address.startswith("http://")
        await first(place, automatic)
        await shown(server, authority.trusting())
        assert len(authority.accounts) == 2, "a lost account is replaced"


async def test_a_certificate_for_another_name_is_not_taken(
    place: Encrypted, authority: Authority
) -> None:
    authority.chain_of = "other.example.org"
    async with place.serving() as (server, automatic):
        await automatic.renewal.look()
        assert "is for another name" in automatic.renewal.now().says
        assert server.address.startswith("http://")
    assert not (place.folder / f"{NAME}.pem").exists()


async def test_one_that_is_over_is_not_served_at_a_start(
    place: Encrypted, authority: Authority
) -> None:
    async with place.serving() as (_, automatic):
        await first(place, automatic)
    place.now_ms += 100 * DAY_MS
    authority.now += timedelta(days=100)
    async with place.serving() as (server, automatic):
        assert server.address.startswith("http://")
        await first(place, automatic)
        assert server.address.startswith("https://")


async def test_a_folder_that_takes_nothing_is_said_and_the_old_one_stays(
    place: Encrypted, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with place.serving() as (server, automatic):
        await first(place, automatic)
        before = await shown(server, authority.trusting())
        place.now_ms += 61 * DAY_MS
        shutil.move(place.folder, place.folder.with_name("away"))
        (place.folder.parent / "away").rename(place.settings.folder / "away")
        (place.settings.folder / "certificates").rmdir()
        (place.settings.folder / "certificates").write_text("in the way")
        await automatic.renewal.look()
        now = automatic.renewal.now()
        assert not now.healthy and "could not be renewed. The data folder does not" in now.says
        assert await shown(server, authority.trusting()) == before


async def test_killed_at_any_step_the_same_order_goes_on(
    place: Encrypted, authority: Authority
) -> None:
    """As far as the authority knows: each step is answered into the void once."""
    for step in ("authz", "proof", "finalize", "certificate"):
        authority.hold, authority.held = step, asyncio.Event()
        authority.go_on = asyncio.Event()
        async with place.serving() as (_, automatic):
            trying = asyncio.create_task(automatic.renewal.look())
            await authority.held.wait()
            trying.cancel()
            await asyncio.gather(trying, return_exceptions=True)
            authority.go_on.set()
    authority.hold = ""
    async with place.serving() as (server, automatic):
        await first(place, automatic)
        await shown(server, authority.trusting())
    assert len(authority.orders) == 1, "no limit of the authority is spent twice"


async def test_a_clock_that_is_wrong_makes_no_storm(place: Encrypted, authority: Authority) -> None:
    place.now_ms -= 5 * DAY_MS
    async with place.serving() as (server, automatic):
        for _ in range(3):
            await automatic.renewal.look()
            assert "check this machine's clock" in automatic.renewal.now().says
            place.now_ms = automatic.renewal.due_ms
        assert len(authority.orders) == 1, "what is there is waited for"
        place.now_ms += 75 * DAY_MS
        await first(place, automatic)
        assert len(authority.orders) == 2 and server.address.startswith("https://")
        place.now_ms += 8 * DAY_MS
        await automatic.renewal.look()
        assert len(authority.orders) == 2, "ahead by weeks, every new one seems due"
    async with place.serving() as (_, automatic):
        await automatic.renewal.look()
        assert len(authority.orders) == 2
    (place.folder / f"{NAME}.pem").unlink()
    async with place.serving() as (_, automatic):
        await first(place, automatic)
        assert len(authority.orders) == 3, "one that is lost is asked for at once"


async def test_the_task_asks_by_itself_and_stops_cleanly(
    place: Encrypted, authority: Authority
) -> None:
    async with place.serving() as (server, automatic):
        automatic.renewal.start()
        await until(lambda: server.address.startswith("https://"))
    assert authority.steps[0] == "directory"


async def test_an_authority_that_is_away_is_for_later(
    place: Encrypted, authority: Authority
) -> None:
    authority.refuse["account"] = [Wrong("serverInternal", "we are moving", 500)]
    async with place.serving() as (_, automatic):
        with pytest.raises(Later, match="trouble answering"):
            await automatic._obtain()
        await first(place, automatic)
