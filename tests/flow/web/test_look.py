"""A brand tried out, through the whole house: nothing of it is saved, and what cannot be read is
said before it could be.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from parvis.core.contrast import LEAST, ratio
from tests.street import Street
from tests.studio import colleague, value

WALL = "/api/walls/square"
LOGO = "data:image/svg+xml;base64,PHN2Zy8+"
DIM = {"fields": ["#ffc814", "#1a33ff"], "inks": ["#ffe08a"]}


async def tried(street: Street, brand: Any, **params: str) -> dict[str, Any]:
    asked = {"brand": json.dumps(brand), **params}
    return value(await street.get(f"{WALL}/preview", key=True, **asked))


async def saved(street: Street, brand: Any, status: int = 200) -> dict[str, Any]:
    rev = value(await street.get(WALL, key=True))["rev"]
    return value(await street.post(WALL, {"rev": rev, "changes": {"brand": brand}}), status)


async def test_a_brand_is_computed_and_not_saved(street: Street) -> None:
    before = value(await street.get(WALL, key=True))
    told = await tried(street, {"theme": "festival", "scheme": "light"})
    assert told["tokens"]["ground"] == "#ffffff" and told["tokens"]["motif"] == "paper"
    assert all(pair["ok"] and pair["ratio"] >= LEAST for pair in told["contrast"])
    assert [pair["id"] for pair in told["contrast"]] == [
        "ink", "soft", "field1", "field2", "field3", "field4",
    ]  # fmt: skip
    assert value(await street.get(WALL, key=True)) == before


async def test_the_audiences_pages_wear_the_brand(street: Street) -> None:
    await saved(street, {"fields": ["#ffc814"], "logo": LOGO})
    page = (await street.get("/p/square")).body.decode()
    (sheet,) = re.findall(r'href="/look/square/phone\.css\?v=([0-9a-f]{16})"', page)
    (logo,) = re.findall(r'src="/look/square/logo\?v=([0-9a-f]{16})"', page)
    assert 'name="theme-color" content="#ffc814"' in page
    worn = await street.get("/look/square/phone.css", v=sheet)
    assert b"--b1: #ffc814" in worn.body and "immutable" in worn.headers["cache-control"]
    drawn = await street.get("/look/square/logo", v=logo)
    assert (drawn.status, drawn.headers["content-type"]) == (200, "image/svg+xml")
    assert drawn.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert drawn.headers["x-content-type-options"] == "nosniff"
    for path in ("/look/none/phone.css", "/look/none/logo"):
        assert (await street.get(path)).status == 404


async def test_what_is_left_out_stays_as_the_wall_has_it(street: Street) -> None:
    await saved(street, {"theme": "fashion"})
    assert (await tried(street, {}))["tokens"]["face"] == "instrument"
    assert (await tried(street, {"motif": "paper"}))["tokens"]["motif"] == "paper"


async def test_a_pair_that_cannot_be_read_comes_with_what_mends_it(street: Street) -> None:
    told = await tried(street, DIM)
    (bad,) = [pair for pair in told["contrast"] if not pair["ok"]]
    assert (bad["id"], bad["ground"], bad["ink"]) == ("field1", "#ffc814", "#ffe08a")
    assert bad["ratio"] < LEAST and bad["ratio"] <= ratio(bad["ground"], bad["ink"])
    assert told["faults"] == []
    mended = await tried(street, {**DIM, **bad["repair"]["brand"]})
    assert all(pair["ok"] for pair in mended["contrast"])
    assert bad["repair"]["says"].endswith(f"{mended['tokens']['inks'][0]} there.")
    french = await tried(street, DIM, lang="fr")
    assert french["contrast"][2]["pair"] == "Texte sur la couleur 1"


async def test_words_on_a_ground_are_mended_too(street: Street) -> None:
    dim = {"ground": "#101010", "ink": "#222222"}
    told = await tried(street, dim)
    bad = [pair for pair in told["contrast"] if not pair["ok"]]
    assert {pair["id"] for pair in bad} == {"ink", "soft"}
    mended = await tried(street, {**dim, **bad[0]["repair"]["brand"]})
    assert all(pair["ok"] for pair in mended["contrast"])


async def test_each_repair_mends_its_own_pair(street: Street) -> None:
    both = {**DIM, "inks": ["#ffe08a", "#2233ff"]}
    told = await tried(street, both)
    one, two = [pair for pair in told["contrast"] if not pair["ok"]]
    left = await tried(street, {**both, **one["repair"]["brand"]})
    assert [pair["id"] for pair in left["contrast"] if not pair["ok"]] == [two["id"]]


async def test_a_brand_that_cannot_be_read_is_not_saved_and_says_why(street: Street) -> None:
    said = await saved(street, DIM, 422)
    assert (
        "The brand's inks: words in #ffe08a on #ffc814 reach a contrast of 1.2:1" in said["detail"]
    )
    assert (
        len((await saved(street, {**DIM, "logo": "https://x.example/l.png"}, 422))["problems"]) == 2
    )
    assert value(await street.get(WALL, key=True))["brand"]["fields"] == []
    assert (await saved(street, {"fields": DIM["fields"]}))["brand"]["fields"] == DIM["fields"]


async def test_other_faults_are_told_beside_the_pairs(street: Street) -> None:
    told = await tried(street, {**DIM, "radius": 99, "logo": "https://x.example/l.png"})
    assert len(told["faults"]) == 2 and "radius is 99" in told["faults"][0]
    assert not any("contrast" in fault for fault in told["faults"])


@pytest.mark.parametrize(
    ("brand", "says"),
    [
        ("{", "brand must be a JSON object"),
        ("[]", "brand must be a JSON object"),
        ('{"colour": 1}', "A brand has no 'colour'"),
        ('{"theme": "punk"}', "The brand is wrong"),
        ('{"fields": ["red"]}', "'red' is no colour"),
        ('{"ink": "#12345g"}', "is no colour"),
    ],
)
async def test_what_is_no_brand_is_said_in_a_sentence(
    street: Street, brand: str, says: str
) -> None:
    for path in (f"{WALL}/preview", "/preview/square"):
        answer = await street.get(path, key=True, brand=brand)
        assert answer.status == 422
        assert says in json.loads(answer.body)["detail"]


async def test_the_walls_own_page_wears_the_draft_and_follows_nothing(street: Street) -> None:
    await street.tell("1", "Hello <b>there</b>")
    brand = json.dumps({"theme": "festival", "fields": ["#0a7350"]})
    answer = await street.get("/preview/square", key=True, brand=brand, layout="spotlight")
    body = answer.body.decode()
    assert (
        answer.status == 200
        and "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    )
    assert 'data-theme="festival"' in body and "layouts/spotlight.js" in body
    assert '"fields":["#0a7350"' in body and 'data-live="/preview/square/still"' in body
    assert "<b>there" not in body
    assert "festival" not in (await street.get("/w/square")).body.decode()
    still = await street.get("/preview/square/still", key=True)
    assert (still.headers["content-type"].split(";")[0], still.body) == ("text/event-stream", b"")
    wrong = await street.get("/preview/square", key=True, layout="../x")
    assert wrong.status == 422


async def test_a_draft_is_for_the_team_alone(street: Street) -> None:
    assert (await street.get("/preview/square", brand="{}")).status == 401
    assert (await street.get(f"{WALL}/preview", brand="{}")).status == 401
    viewer = await colleague(street, "vera", "viewer")
    assert (await viewer.get("/preview/square", brand="{}")).status == 200
    assert (await street.get("/preview/none", key=True)).status == 404
