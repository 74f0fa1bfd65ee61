"""The API of figures, through the whole house."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from parvis.core.post import DisplayPolicy
from parvis.web.api import numbers as numbers_api
from tests.street import Street, bearer
from tests.studio import colleague, value

WALL = "/api/walls/square/numbers"


async def got(street: Street, path: str = "", **params: str) -> dict[str, Any]:
    return value(await street.get(f"{WALL}{path}", key=True, **params))


async def table(street: Street, figure: str, **params: str) -> list[dict[str, str]]:
    asked = {**params, "format": "csv"}
    answer = await street.ask(f"{WALL}/{figure}/rows", params=asked, headers=bearer(), stays=True)
    assert answer.status == 200, answer.body
    assert answer.headers["content-type"].startswith("text/csv")
    text = answer.body.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


async def three(street: Street) -> None:
    await street.tell("1", "Hello there #parvis #sea")
    await street.tell("2", "=1+1 is no formula #sea", name="@Zoe")
    await street.tell("3", "The last one for tonight #slow")


async def test_figures_say_what_happened_and_what_is_not_known(street: Street) -> None:
    await three(street)
    numbers = await got(street)
    figures = {one["id"]: one for one in numbers["figures"]}
    assert (figures["posts"]["value"], figures["shown"]["value"]) == (3, 3)
    assert (figures["authors"]["value"], figures["topics"]["value"]) == (2, 2)
    assert (figures["reach"]["value"], figures["reach"]["unknown_share"]) == (None, 1.0)
    assert figures["interactions"]["value"] is None
    assert figures["time_to_screen"]["value"] is not None
    assert figures["posts"]["definition"].startswith("Posts that reached this wall")
    assert numbers["topics"] == [{"tag": "#sea", "n": 2}, {"tag": "#slow", "n": 1}]
    assert {(one["name"], one["posts"], one["reach"]) for one in numbers["people"]} == {
        ("Ada", 2, None), ("@Zoe", 1, None),
    }  # fmt: skip
    assert sum(row[1] for row in numbers["over_time"]["rows"]) == 3


async def test_what_is_withdrawn_leaves_figures_and_rows(street: Street) -> None:
    await three(street)
    gone = {"post": "webhook:main:2", "why": "Asked for."}
    value(await street.post("/api/posts/withdraw", gone))
    figures = {one["id"]: one["value"] for one in (await got(street))["figures"]}
    assert (figures["posts"], figures["authors"]) == (2, 1)
    assert "formula" not in json.dumps(await got(street, "/posts/rows"))
    assert "Zoe" not in json.dumps(await got(street, "/authors/rows"))


async def test_the_teams_own_posts_are_not_counted(street: Street) -> None:
    sent = await street.post("/api/walls/square/posts/write", {"text": "Doors", "lang": "en"})
    assert sent.status == 200
    assert (await got(street))["figures"][0]["value"] == 0


async def test_definitions_are_in_the_language_asked_for(street: Street) -> None:
    french = await got(street, lang="fr")
    assert french["figures"][0]["definition"].startswith("Les messages parvenus")


async def test_rows_come_in_pages(street: Street) -> None:
    await three(street)
    first = await got(street, "/posts/rows", limit="2")
    assert [row["post"] for row in first["rows"]] == ["webhook:main:3", "webhook:main:2"]
    assert first["columns"][0] == "value"
    rest = await got(street, "/posts/rows", limit="2", before=first["before"])
    assert [row["text"] for row in rest["rows"]] == ["Hello there #parvis #sea"]
    assert rest["before"] is None
    topics = await got(street, "/topics/rows", limit="1")
    more = await got(street, "/topics/rows", limit="1", before=topics["before"])
    assert (topics["rows"][0]["tag"], more["rows"][0]["tag"]) == ("#sea", "#slow")


async def test_a_period_is_half_open(street: Street) -> None:
    await three(street)
    arrived = sorted(row["at_ms"] for row in (await got(street, "/posts/rows"))["rows"])
    among = {"from": str(arrived[0]), "to": str(arrived[-1])}
    rows = (await got(street, "/posts/rows", **among))["rows"]
    assert {row["at_ms"] for row in rows} == set(arrived) - {arrived[-1]}
    assert (await got(street, **among))["figures"][0]["value"] == len(rows)
    assert (await got(street, **among))["from_ms"] == arrived[0]


async def test_all_rows_are_one_file_that_runs_nothing(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers_api, "MAX_PAGE", 2)
    await three(street)
    rows = await table(street, "posts")
    assert [row["post"] for row in rows] == [f"webhook:main:{n}" for n in (3, 2, 1)]
    assert (rows[1]["text"], rows[1]["author"]) == ("'=1+1 is no formula #sea", "'@Zoe")
    assert rows[0]["value"] == "1" and rows[0]["shown_utc"].startswith("20")
    assert len(await table(street, "posts", limit="1")) == 1
    assert [row["value"] for row in await table(street, "reach")] == ["", ""]
    asked = await street.ask(
        f"{WALL}/topics/rows", headers={**bearer(), "accept": "text/csv"}, stays=True
    )
    assert asked.headers["content-disposition"] == 'attachment; filename="square-topics.csv"'
    assert asked.body.decode("utf-8-sig").splitlines() == [
        "value,tag,posts", "1,#sea,2", "1,#slow,1",
    ]  # fmt: skip


async def test_a_file_has_no_more_than_the_network_lets_out(street: Street) -> None:
    await three(street)
    street.allow("webhook", DisplayPolicy(redistribute="ids_only"))
    for row in await table(street, "posts"):
        assert (row["text"], row["author"]) == ("", "") and row["post"]
    assert {row["author"] for row in await table(street, "authors")} == {""}
    street.allow("webhook", DisplayPolicy(redistribute="none"))
    assert {row["post"] for row in await table(street, "posts")} == {""}
    assert (await got(street, "/posts/rows"))["rows"][0]["text"]  # the team still reads them


async def test_a_network_that_stands_apart_is_in_no_sum_and_no_row_of_one(street: Street) -> None:
    await three(street)
    street.allow("webhook", DisplayPolicy(figures_apart=True))
    numbers = await got(street)
    figures = {one["id"]: one for one in numbers["figures"]}
    assert (figures["posts"]["value"], figures["authors"]["value"]) == (3, 2)
    assert (figures["reach"]["counted"], figures["interactions"]["counted"]) == (0, 0)
    alone = {"network": "webhook", "posts": 3, "interactions": None, "reach": None}
    assert numbers["apart"] == [alone]
    for figure, rows in (("interactions", 0), ("reach", 0), ("posts", 3), ("authors", 2)):
        assert len((await got(street, f"/{figure}/rows"))["rows"]) == rows
        assert len(await table(street, figure)) == rows


@pytest.mark.parametrize(
    ("path", "params", "status", "says"),
    [
        ("", {"from": "9", "to": "9"}, 422, "The period ends before it begins"),
        ("", {"from": "soon"}, 422, "from must be a whole number"),
        ("/posts/rows", {"limit": "0"}, 422, "limit must be a whole number"),
        ("/posts/rows", {"before": "later"}, 422, "before must be what the page before gave"),
        ("/posts/rows", {"before": "later", "format": "csv"}, 422, "before must be"),
        ("/posts/rows", {"format": "xls"}, 422, "There is no format 'xls'"),
        ("/sales/rows", {}, 404, "There is no figure 'sales'"),
    ],
)
async def test_a_mistake_is_one_sentence(
    street: Street, path: str, params: dict[str, str], status: int, says: str
) -> None:
    answer = await street.get(f"{WALL}{path}", key=True, **params)
    assert answer.status == status
    assert says in json.loads(answer.body)["detail"]


async def test_who_may_look_may_count(street: Street) -> None:
    viewer = await colleague(street, "vera", "viewer")
    assert (await viewer.get(WALL)).status == 200
    assert (await viewer.get(f"{WALL}/posts/rows")).status == 200
    assert (await street.get(WALL)).status == 401
    assert (await street.get("/api/walls/none/numbers", key=True)).status == 404
