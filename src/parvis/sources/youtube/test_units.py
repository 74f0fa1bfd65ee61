"""What a day allows, and what refusals mean."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from parvis.core.errors import Later, Refused
from parvis.plug.testkit import DictMemory, ManualClock
from parvis.sources.youtube.units import Spent, Units, renewed_ms
from parvis.sources.youtube.wrong import ChatOver, Quota, Stale, meaning

HOST = "www.example.org"


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("now", "renewed"),
    [
        ("2026-11-25T07:59:59", "2026-11-25T08:00:00"),
        ("2026-11-25T08:00:00", "2026-11-26T08:00:00"),
        ("2026-07-01T12:00:00", "2026-07-02T07:00:00"),
        # the night of the change: one day has 23 hours, another 25
        ("2026-03-08T08:30:00", "2026-03-09T07:00:00"),
        ("2026-03-07T08:30:00", "2026-03-08T08:00:00"),
        ("2026-11-01T07:30:00", "2026-11-02T08:00:00"),
        ("2026-10-31T07:30:00", "2026-11-01T07:00:00"),
        ("2026-12-31T23:00:00", "2027-01-01T08:00:00"),
    ],
)
def test_the_day_ends_at_midnight_in_california(now: str, renewed: str) -> None:
    assert renewed_ms(ms(now)) == ms(renewed)


def test_every_hour_of_years_agrees_with_the_table_of_time_zones() -> None:
    zone = ZoneInfo("America/Los_Angeles")
    for hours in range(0, 3 * 366 * 24, 5):
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
        here = at.astimezone(zone)
        midnight = datetime(here.year, here.month, here.day, tzinfo=zone) + timedelta(days=1)
        assert renewed_ms(round(at.timestamp() * 1000)) == round(midnight.timestamp() * 1000), at


async def test_units_are_counted_before_they_are_spent_and_survive_a_restart() -> None:
    clock, memory = ManualClock(ms("2026-11-25T12:00:00")), DictMemory()
    units = Units(memory, clock, 100)
    for _ in range(18):
        await units.take(5)
    with pytest.raises(Spent):
        await units.take(5, keep=6)
    again = Units(memory, clock, 100)
    assert await again.left() == (10, 20 * 3600)
    await again.take(10)
    with pytest.raises(Spent, match=r"units of today are spent.*2026-11-26 08:00 UTC") as spent:
        await again.take(1)
    assert spent.value.retry_after_s == pytest.approx(20 * 3600 + 1)
    assert (await again.says()).startswith("0 of 100 units and 100 of 100 searches are left until")
    clock.advance(20 * 3600)
    await again.take(1)
    assert await again.left() == (99, 24 * 3600)


async def test_searches_have_a_bucket_of_their_own_and_are_spread() -> None:
    clock = ManualClock(ms("2026-11-25T08:00:00"))
    units = Units(DictMemory(), clock, 1000)
    assert await units.search_every_s(900) == 900
    for _ in range(100):
        await units.take_search()
    assert await units.left() == (1000, 24 * 3600)
    with pytest.raises(Spent, match="searches of today"):
        await units.take_search()
    await units.take(1)
    late = Units(DictMemory(), ManualClock(ms("2026-11-25T20:00:00")), 1000)
    for _ in range(98):
        await late.take_search()
    assert await late.search_every_s(900) == 12 * 3600 / 2, "two are left for twelve hours"


async def test_the_networks_word_counts_more_than_our_own() -> None:
    clock = ManualClock(ms("2026-11-25T12:00:00"))
    units = Units(DictMemory(), clock, 10_000)
    await units.take(1)
    assert isinstance(await units.refused(search=False), Spent)
    with pytest.raises(Spent):
        await units.take(1)
    assert "0 of 10,000 units and 100 of 100 searches" in await units.says()
    await units.take_search()
    await units.refused(search=True)
    assert "0 of 100 searches" in await units.says()
    clock.advance(24 * 3600)
    await units.take(1)
    await units.take_search()


async def test_a_clock_that_is_set_back_locks_nothing() -> None:
    clock = ManualClock(ms("2036-11-25T12:00:00"))
    memory = DictMemory()
    await Units(memory, clock, 100).refused(search=False)
    clock.now_ms = ms("2026-11-25T12:00:00")
    await Units(memory, clock, 100).take(1)
    memory.kept["units"] = "nonsense"
    await Units(memory, clock, 100).take(1)


def error(code: int, reason: str, message: str = "", **more: object) -> bytes:
    one = {"reason": reason, "message": message, "domain": "youtube.x"}
    return json.dumps(
        {"error": {"code": code, "message": message, "errors": [one], **more}}
    ).encode()


@pytest.mark.parametrize(
    ("status", "reason", "kind", "says"),
    [
        (403, "quotaExceeded", Quota, ""),
        (403, "dailyLimitExceeded", Quota, ""),
        (403, "rateLimitExceeded", Later, "slow down"),
        (429, "RATE_LIMIT_EXCEEDED", Later, "slow down"),
        (400, "keyInvalid", Refused, "set it as key"),
        (403, "accessNotConfigured", Refused, "enable it"),
        (403, "ipRefererBlocked", Refused, "lift its restriction"),
        (403, "commentsDisabled", Refused, "video x are turned off"),
        (404, "videoNotFound", Refused, "has no video x"),
        (403, "liveChatEnded", ChatOver, "has ended"),
        (403, "liveChatDisabled", ChatOver, "turned off"),
        (404, "liveChatNotFound", ChatOver, "ended"),
        (400, "pageTokenInvalid", Stale, ""),
        (403, "forbidden", Refused, "forbidden"),
    ],
)
def test_each_reason_has_its_meaning(
    status: int, reason: str, kind: type[Exception], says: str
) -> None:
    found = meaning(status, error(status, reason), HOST, "video x")
    assert type(found) is kind and says in str(found)


def test_a_wrong_key_is_told_as_google_tells_it_now() -> None:
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]
    body = error(400, "badRequest", "API key not valid. Please pass one.", details=details)
    found = meaning(400, body, HOST, "video x")
    assert isinstance(found, Refused) and "does not know this key" in str(found)


def test_a_day_of_searches_is_told_in_other_words() -> None:
    words = (
        "Quota exceeded for quota metric 'Search Queries' and limit 'Search Queries per {}' of"
        " service 'youtube.googleapis.com' for consumer 'project_number:1'."
    )
    day = error(429, "rateLimitExceeded", words.format("day"), status="RESOURCE_EXHAUSTED")
    minute = error(429, "rateLimitExceeded", words.format("minute"), status="RESOURCE_EXHAUSTED")
    assert type(meaning(429, day, HOST, "x")) is Quota
    assert type(meaning(429, minute, HOST, "x")) is Later


@pytest.mark.parametrize("body", [b"", b"{}", b"<html>", b"[]", b'{"errors": 1}', b"{"])
def test_what_is_not_googles_word_is_a_bad_moment(body: bytes) -> None:
    found = meaning(404, body, HOST, "video x")
    assert type(found) is Later and "setting server" in str(found)


def test_an_error_without_its_fields_is_still_said() -> None:
    found = meaning(403, b'{"error": "error message"}', HOST, "video x")
    assert isinstance(found, Refused) and "403" in str(found)
