from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from parvis.core.post import Entity
from parvis.plug.text_entities import MAX_ENTITIES, find_entities


def said(text: str, kind: str = "") -> list[str]:
    return [each.text for each in find_entities(text) if kind in ("", each.type)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain words, nothing else", []),
        ("a #tag, #Fête and #été2026!", ["#tag", "#Fête", "#été2026"]),
        ("#日本語ハッシュタグ。", ["#日本語ハッシュタグ"]),
        ("\uff03\uff48\uff49\uff11 wide", ["\uff03\uff48\uff49\uff11"]),
        ("#שלום עולם #مرحبا_بكم", ["#שלום", "#مرحبا_بكم"]),
        ("#می‌خواهم #नमस्ते #ภาษาไทย", ["#می‌خواهم", "#नमस्ते", "#ภาษาไทย"]),
        ("👨‍👩‍👧#family ✌🏿#peace", ["#family", "#peace"]),
        ("#love❤️ #a️", ["#love", "#a"]),
        ("#16 #0 #_ #1_2 bus", []),
        ("#️⃣ keycap", []),
        ("word#no a&#x26;b é#no", []),
        ("one#two#three", []),
        ("@ada and @grace_h, f!@kn", ["@ada", "@grace_h"]),
        ("mail ada@example.org now", []),
        ("RT @ada rt@bob の@usernameに", ["@ada", "@bob", "@username"]),
        ("@aliceìnheiro", []),
        ("@" + "a" * 31, []),
        ("$TEST $brk.b $123 a$no", ["$TEST", "$brk.b"]),
        ("see https://example.org/a?b=1#c.", ["https://example.org/a?b=1#c"]),
        ("(https://example.org/x_(y))", ["https://example.org/x_(y)"]),
        ("(see https://example.org/x)", ["https://example.org/x"]),
        ("go to example.com/path, or parvis.example", ["example.com/path"]),
        ("The end.So it goes.It is fine", []),
        ("version 1.2.3 and a.b", []),
        ("http://localhost http://no-tld http://x.y", []),
        ("http://例え.jp/道 is wide", ["http://例え.jp/"]),
        ("https://example.org/#no-tag", ["https://example.org/#no-tag"]),
        ("HTTPS://EXAMPLE.ORG:8443/A", ["HTTPS://EXAMPLE.ORG:8443/A"]),
    ],
)
def test_finds_what_is_named_and_nothing_else(text: str, expected: list[str]) -> None:
    assert said(text) == expected


def test_offsets_count_code_points() -> None:
    text = "🎉🎉 #fête → https://example.org"
    tag, link = find_entities(text)
    assert tag == Entity(type="tag", start=3, end=8, text="#fête")
    assert text[link.start : link.end] == link.text


def test_a_link_without_a_scheme_gets_https() -> None:
    (link,) = find_entities("www.example.org/a")
    assert link.href == "https://www.example.org/a"


def test_no_address_but_a_web_address_becomes_a_link() -> None:
    assert said("javascript://example.org/%0aalert(1) data:text/html,x", "link") == []


def test_there_is_a_most() -> None:
    assert len(find_entities("#a " * 1000)) == MAX_ENTITIES


@pytest.mark.parametrize(
    "piece", ["#", "@", "a.", "http://", "#a\u0301", "(", "https://a.b/(", "$A", "-.", "日.", "#日"]
)
def test_hostile_text_takes_linear_steps(piece: str) -> None:
    """10^5 signs of what backtracking would choke on; the suite's own time limit is the bar."""
    text = piece * (100_000 // len(piece))
    for entity in find_entities(text):
        assert text[entity.start : entity.end] == entity.text


# twitter-text's own cases ----------------------------------------------------------------------


KINDS = {"mentions": "mention", "urls": "link", "hashtags": "tag", "cashtags": "cashtag"}
AT_LEAST = {"mentions": 1.0, "urls": 0.97, "hashtags": 1.0, "cashtags": 1.0}


def cases(path: Path) -> Iterator[tuple[str, str, list[str]]]:
    """(group, text, expected) of the groups whose expectations are lists of texts."""
    group = text = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if found := re.fullmatch(r"  (\w+):", line):
            group = found[1]
        elif found := re.fullmatch(r'      text: "(.*)"', line):
            text = unquoted(found[1])
        elif (found := re.fullmatch(r"      expected: \[(.*)\]", line)) and group in KINDS:
            yield group, text, [unquoted(each) for each in re.findall(r'"([^"]*)"', found[1])]


def unquoted(text: str) -> str:
    text = re.sub(r"\\U([0-9A-F]{8})", lambda found: chr(int(found[1], 16)), text)
    return text.replace("\\n", "\n").replace('\\"', '"')


@pytest.mark.recorded
def test_twitter_texts_own_cases() -> None:
    root = os.environ["PARVIS_RECORDED"]
    passed: dict[str, list[bool]] = {group: [] for group in KINDS}
    for group, text, expected in cases(Path(root) / "text_conformance" / "extract.yml"):
        signs = 0 if group == "urls" else 1
        passed[group].append([each[signs:] for each in said(text, KINDS[group])] == expected)
    for group, results in passed.items():
        share = sum(results) / len(results)
        print(f"{group}: {sum(results)} of {len(results)}")
        assert share >= AT_LEAST[group], f"{group}: {sum(results)} of {len(results)} cases"
