from __future__ import annotations

import json
from xml.etree import ElementTree

from parvis.run.bench.draw import BAR, LEFT, MARK, PEER, WIDTH, svg
from parvis.run.bench.row import Row, as_json, line, percentile

RATED = Row("fanout 1000", 100_000.0, "deliveries", "climit", 0.83, "≥ 0.75", "three rounds")
BARE = Row("leaked readers", 0, "readers", wanted="0")
ABSENT = Row("store postgresql", None, "posts/s", "asyncpg", absent="there is no server here")


def test_each_row_has_name_value_and_unit_as_json() -> None:
    assert json.loads(as_json(RATED)) == {
        "name": "fanout 1000", "value": 100_000.0, "unit": "deliveries", "against": "climit",
        "ratio": 0.83, "wanted": "≥ 0.75", "note": "three rounds",
    }  # fmt: skip
    assert json.loads(as_json(BARE))["value"] == 0
    assert "ratio" not in json.loads(as_json(BARE))


def test_an_absent_peer_is_absent_and_never_beaten() -> None:
    said = json.loads(as_json(ABSENT))
    assert said["value"] is None
    assert "ratio" not in said
    assert said["absent"] == "there is no server here"
    assert "absent" in line(ABSENT)
    assert "there is no server here" in line(ABSENT)


def test_a_line_for_people() -> None:
    said = "fanout 1000 100,000 deliveries 0.83 of climit wanted ≥ 0.75; three rounds"
    assert " ".join(line(RATED).split()) == said
    assert " ".join(line(BARE).split()) == "leaked readers 0 readers wanted 0"


def test_the_percentile_is_one_of_the_figures() -> None:
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([float(number) for number in range(100)], 0.99) == 99.0
    assert percentile([7.0], 0.99) == 7.0


def test_the_picture_is_well_formed_and_says_every_row() -> None:
    rows = [RATED, BARE, ABSENT, Row("a <b> & c", 2.0, "s")]
    tree = ElementTree.fromstring(svg("bench & more", rows))  # noqa: S314 - our own text
    texts = [element.text for element in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert "0.83 of climit (wanted ≥ 0.75)" in texts
    assert "0 readers (wanted 0)" in texts
    assert "absent: there is no server here" in texts
    assert "a <b> & c" in texts


def bars(*rows: Row) -> dict[str, list[float]]:
    """The widths by what a bar stands for, after the paper's own."""
    tree = ElementTree.fromstring(svg("x", rows))  # noqa: S314 - our own text
    found: dict[str, list[float]] = {PEER: [], BAR: [], MARK: []}
    for rect in list(tree.iter("{http://www.w3.org/2000/svg}rect"))[1:]:
        what = "x" if rect.attrib["fill"] == MARK else "width"
        found[rect.attrib["fill"]].append(float(rect.attrib[what]))
    return found


def test_each_row_is_on_its_own_scale() -> None:
    drawn = bars(RATED, Row("b", 1, "s", "peer", 6.0))
    assert drawn[PEER] == [WIDTH, WIDTH / 6]
    assert drawn[BAR] == [WIDTH * 0.83, WIDTH]


def test_a_stroke_stands_where_the_wanted_ratio_lies() -> None:
    assert bars(RATED)[MARK] == [LEFT + WIDTH * 0.75 - 1]
    assert bars(Row("b", 1, "s", "peer", 2.0, "≥ 4"))[BAR] == [WIDTH / 2]
    assert bars(Row("b", 1, "s", "peer", 2.0))[MARK] == []


def test_a_figure_with_a_bound_lies_on_that_bound() -> None:
    assert bars(Row("road", 50.0, "ms", wanted="≤ 200")) == {
        PEER: [WIDTH], BAR: [WIDTH / 4], MARK: [],
    }  # fmt: skip
    assert bars(Row("ingest", 2000.0, "posts/s", wanted="≥ 1000"))[PEER] == [WIDTH / 2]
    assert bars(BARE, ABSENT, Row("plain", 3.0, "s")) == {PEER: [], BAR: [], MARK: []}
