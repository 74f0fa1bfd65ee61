"""The studio's pure parts: words, keys, times and figures, lines of the queue, QR codes."""

# ruff: noqa: RUF001 - people write with their own signs

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.unit.frontend.node import ROOT, asked

NB, THIN = "\u00a0", "\u202f"
LETTERS = re.compile(r"[^\W\d_]")


def called(module: str, *calls: list[Any]) -> list[Any]:
    return list(asked("studio.mjs", {"what": module, "calls": calls}))


def pressed(*presses: list[Any], **how: Any) -> list[str]:
    return list(asked("studio.mjs", {"what": "keyboard", "presses": presses, **how}))


# words --------------------------------------------------------------------------------------------
def test_both_languages_say_the_same_things() -> None:
    words = asked("studio.mjs", {"what": "words"})
    assert words["en"]["shape"] == words["fr"]["shape"]
    for lang in ("en", "fr"):
        assert all(text.strip() for text in words[lang]["texts"] if text not in ("", "–"))


def test_french_is_written_with_its_own_spaces() -> None:
    for text in asked("studio.mjs", {"what": "words"})["fr"]["texts"]:
        assert not re.search(r"(?<![\u202f\u00a0?])[?!;](?=\s|$)", text), text
        assert not re.search(r"[^\u00a0]:(?=\s|$)", text), text
        assert not re.search(r"«(?!\u202f)|(?<!\u202f)»|'", text), text


def test_english_has_no_french_marks_and_nobody_shouts() -> None:
    words = asked("studio.mjs", {"what": "words"})
    for text in words["en"]["texts"]:
        assert "«" not in text and "Oops" not in text
    for lang in ("en", "fr"):
        calm = [text for text in words[lang]["texts"] if "!" in text]
        assert [text for text in calm if "?!" not in text] == []


def test_no_template_speaks_for_itself() -> None:
    assert asked("studio.mjs", {"what": "spoken"}) == []


def test_the_scan_of_templates_hears_what_is_hard_coded() -> None:
    source = (
        "const a = html`<p title=\"Hello you\">${b ? html`<b>Bonjour</b>` : ''} ${t.x}</p>`;"
        " // html`<i>not this</i>`\n const r = /`/; const c = `plain text`;"
    )
    assert asked("studio.mjs", {"what": "spoken", "source": source}) == ["Bonjour", "Hello you"]


# keys ---------------------------------------------------------------------------------------------
def test_panic_is_escape_three_times_within_a_second() -> None:
    assert pressed(["escape", 0], ["escape", 400], ["escape", 900]) == ["escape", "escape", "panic"]
    assert pressed(["escape", 0], ["escape", 600], ["escape", 1200])[-1] == "escape"
    assert pressed(["escape", 0, True], ["escape", 1, True], ["escape", 2, True])[-1] == "panic"
    after = pressed(*[["escape", at] for at in (0, 1, 2, 3, 4)])
    assert after == ["escape", "escape", "panic", "escape", "escape"]


def test_letters_are_silent_in_a_field_and_when_switched_off() -> None:
    assert pressed(["a", 0], ["a", 1, True], ["mod+k", 2, True]) == ["approve", "", "palette"]
    assert pressed(["a", 0], ["mod+k", 1], ["shift+enter", 2], letters=False) == [
        "", "palette", "back_on_air",
    ]  # fmt: skip
    assert pressed(["shift+enter", 0, True]) == [""], "a line break is not a way back on air"


def test_sequences_end_by_themselves() -> None:
    assert pressed(["g", 0], ["q", 500]) == ["", "go_queue"]
    assert pressed(["g", 0], ["a", 5000]) == ["", "approve"]
    assert pressed(["g", 0], ["x", 10], ["a", 20]) == ["", "", "approve"]


def test_the_printed_letter_counts_on_every_keyboard() -> None:
    azerty = {"key": "a", "code": "KeyQ"}
    upper_row = {"key": "&", "code": "Digit1"}
    cyrillic = {"key": "ф", "code": "KeyA"}
    question = {"key": "?", "code": "KeyM", "shiftKey": True}
    redo = {"key": "Z", "code": "KeyW", "shiftKey": True}
    assert pressed(
        [azerty, 0], [upper_row, 1], [cyrillic, 2], [question, 3], [redo, 4],
        [{"key": "k", "code": "KeyK", "ctrlKey": True}, 5],
        [{"key": "K", "code": "KeyK", "metaKey": True}, 6],
    ) == ["approve", "clause_1", "approve", "help", "redo", "palette", "palette"]  # fmt: skip


def test_a_changed_key_replaces_its_own_and_none_is_none() -> None:
    changed = {"approve": "y", "reject": ""}
    assert pressed(["y", 0], ["a", 1], ["r", 2], changed=changed) == ["approve", "", ""]


def test_no_two_acts_share_a_key_and_each_has_a_name() -> None:
    bindings = asked("studio.mjs", {"what": "bindings"})
    keys = [one["key"] for one in bindings]
    assert len(keys) == len(set(keys))
    words = (ROOT / "frontend/studio/words/en.ts").read_text(encoding="utf-8")
    for one in bindings:
        assert re.search(rf"\b{one['act']}: \"", words), one["act"]


# times and figures --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("call", "en", "fr"),
    [
        (["number", 1942], f"1{THIN}942", f"1{THIN}942"),
        (["number", 1234567.25, 1], f"1{THIN}234{THIN}567.3", f"1{THIN}234{THIN}567,3"),
        (["number", -3], "\u22123", "\u22123"),
        (["percent", 0.456], f"46{NB}%", f"46{NB}%"),
        (["span", 20], f"0.02{NB}s", f"0,02{NB}s"),
        (["span", 900], f"0.9{NB}s", f"0,9{NB}s"),
        (["span", 40_000], f"40{NB}s", f"40{NB}s"),
        (["span", 70_000], f"1{NB}min{NB}10", f"1{NB}min{NB}10"),
        (["span", 1_510_000], f"25{NB}min", f"25{NB}min"),
        (["span", 11_100_000], f"3{NB}h{NB}05", f"3{NB}h{NB}05"),
        (["span", 200_000_000], f"2{NB}d", f"2{NB}j"),
        (["span", -5], f"0{NB}s", f"0{NB}s"),
        (["wait", 1_999], f"1{NB}s", f"1{NB}s"),
        (["bytes", 214_000_000], f"214{NB}MB", f"214{NB}Mo"),
        (["bytes", 53_000_000_000], f"53.0{NB}GB", f"53,0{NB}Go"),
        (["bytes", 12], f"12{NB}B", f"12{NB}o"),
        (["language", "ar"], "Arabic", "arabe"),
    ],
)
def test_figures_are_written_as_each_language_does(call: list[Any], en: str, fr: str) -> None:
    name, value, *rest = call
    assert called("format", [name, value, "en", *rest], [name, value, "fr", *rest]) == [en, fr]


def test_countdowns_never_go_below_nothing() -> None:
    calls = [["countdown", 24_000], ["countdown", 61_000], ["countdown", -1]]
    assert called("format", *calls) == ["0:24", "1:01", "0:00"]


def test_clocks_follow_the_language() -> None:
    en, fr = called(
        "format", ["clock", 1_790_000_000_000, "en"], ["clock", 1_790_000_000_000, "fr"]
    )
    assert re.fullmatch(r"\d\d:\d\d", en) and re.fullmatch(rf"\d\d?{NB}h{NB}\d\d", fr)


# places -------------------------------------------------------------------------------------------
def test_an_address_survives_any_key_of_a_post() -> None:
    place = {"wall": "hall", "page": "posts", "item": "feed:x.example:a/b?c#d é"}
    href = called("place", ["hrefOf", place])[0]
    assert called("place", ["placeOf", href]) == [place]
    broken = called("place", ["placeOf", "#/hall/%E0%A4%A/x"], ["placeOf", "#key=1"])
    assert [one["page"] for one in broken] == ["tonight", "tonight"]


# the line of the queue ----------------------------------------------------------------------------
def waiting(order: int, text: str, outcome: str = "", score: float = 0.0) -> dict[str, Any]:
    verdicts = (
        [{"check": "c", "outcome": outcome, "because": "", "score": score}] if outcome else []
    )
    return {
        "post": {"key": f"p{order}", "network": "x", "text": text, "created_at_ms": order},
        "placement": {"state": "pending", "order": order, "rev": 1},
        "decision": None,
        "verdicts": verdicts,
    }


def lines(items: list[dict[str, Any]], order: str, *, bursts: bool = False) -> list[Any]:
    return list(
        asked("studio.mjs", {"what": "lines", "items": items, "order": order, "bursts": bursts})
    )


def test_the_riskiest_is_first_then_the_oldest() -> None:
    items = [
        waiting(1, "calm"),
        waiting(2, "held", "hold", 0.2),
        waiting(3, "refused", "reject"),
        waiting(4, "passed but scored", "pass", 0.9),
        waiting(5, "held more", "hold", 0.8),
    ]
    assert [key for key, _, _ in lines(items, "risk")] == ["p3", "p5", "p2", "p1", "p4"]
    assert [key for key, _, _ in lines(items, "new")] == ["p5", "p4", "p3", "p2", "p1"]
    assert next(key for key, _, _ in lines(items, "old")) == "p1"


def test_near_copies_are_one_line_and_other_posts_are_not() -> None:
    copies = [
        "PLACES –50 % ici → lien en bio",
        "PL4CES -50 % ici lien en b1o",
        "P L A C E S 50 ici, lien en bio !!",
    ]
    warning = "Attention : « PLACES –50 % ici → lien en bio » est une arnaque"
    others = ["La mer écoute aussi ce soir", "Deuxième morceau, deuxième frisson", "ok", "ok", "ok"]
    items = [waiting(at, text) for at, text in enumerate([*copies, warning, *others])]
    found = {key: n for key, n, _ in lines(items, "old", bursts=True)}
    assert found["p0"] == 4
    assert len(found) == 1 + len(others), "short words that many people write are no burst"


def test_two_alike_are_not_yet_a_burst() -> None:
    items = [waiting(at, "Rendez-vous sous les guirlandes") for at in range(2)]
    assert [n for _, n, _ in lines(items, "old", bursts=True)] == [1, 1]


# QR -----------------------------------------------------------------------------------------------
def finder(grid: list[list[int]], x: int, y: int) -> list[str]:
    return ["".join(map(str, row[x : x + 7])) for row in grid[y : y + 7]]


def test_a_code_has_its_marks_and_its_size_follows_the_text() -> None:
    short, long, too_long = called(
        "qr", ["qrOf", "https://a.example/w/hall"], ["qrOf", "x" * 200], ["qrOf", "x" * 400]
    )
    assert len(short) == 25 and len(long) == 57 and too_long is None
    mark = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]
    for grid in (short, long):
        size = len(grid)
        assert {len(row) for row in grid} == {size}
        for x, y in ((0, 0), (size - 7, 0), (0, size - 7)):
            assert finder(grid, x, y) == mark
        assert all(grid[6][at] == (at + 1) % 2 for at in range(8, size - 8))


# figures ------------------------------------------------------------------------------------------
def test_a_curve_stands_on_its_ground_and_reaches_its_top() -> None:
    line, level, none = called(
        "curve",
        ["curve", [0, 38, 19], 38],
        ["curve", [2], 4],
        ["curve", [0, 0], 0],
    )
    assert line == [[0, 170], [400, 20], [800, 95]]
    assert level == [[0, 95], [800, 95]]  # one step is a level line, not a point
    assert none == [[0, 170], [800, 170]]


# what counts --------------------------------------------------------------------------------------
def test_what_somebody_said_stands_in_the_marks_of_the_language() -> None:
    said = called(
        "format", ["quoted", "Hi", "en"], ["quoted", "Hi", "fr"], ["quoted", "é" * 61, "fr"]
    )
    assert said[:2] == ["“Hi”", "«\u202fHi\u202f»"]
    assert said[2] == f"«\u202f{'é' * 58}…\u202f»"


def test_a_closed_tab_is_no_screen() -> None:
    names = [("tab-1", False), ("tab-2", True), ("bar", False), ("stage", True)]
    (found,) = called("screens", ["standing", [{"id": id_, "up": up} for id_, up in names]])
    assert [one["id"] for one in found] == ["tab-2", "bar", "stage"]


def test_a_hashtag_is_read_by_a_running_source_that_names_it() -> None:
    mastodon = {"id": "m", "plugin": "mastodon", "settings": {"server": "a", "tags": ["#Two"]}}
    feed = {"id": "f", "plugin": "feed", "settings": {"url": "two"}}
    hook = {"id": "h", "plugin": "webhook"}
    tags = ["One", "two"]
    assert called(
        "unread",
        ["unread", tags, [mastodon, feed]],
        ["unread", tags, [{**mastodon, "enabled": False}, feed]],
        ["unread", tags, [feed, hook]],
        ["unread", tags, []],
        ["unread", [], [feed]],
    ) == [["One"], tags, [], tags, []]
