"""A published table: headings, marks between columns, pages in its place."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from parvis.core.errors import Refused
from parvis.core.post import Post, Raw, Unreadable
from parvis.plug.testkit import FakeHttp, SourceContract, tools
from parvis.sources import csv_table
from parvis.sources.csv_table import CsvTable, open_source

URL = "https://sheets.example/table.csv"


class TestContract(SourceContract):
    folder = __file__
    settings: ClassVar[dict[str, Any]] = {"url": URL}


def source(http: FakeHttp | None = None, **more: Any) -> CsvTable:
    opened = tools({"url": URL} | more, folder=csv_table.__file__, http=http or FakeHttp())
    return open_source(opened)


def posts(table: str | bytes, **more: Any) -> list[Post]:
    body = table if isinstance(table, bytes) else table.encode()
    arrivals = source(**more).read(Raw(body, received_at_ms=1))
    return [each for each in arrivals if isinstance(each, Post)]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_mark_between_columns_is_seen(mark: str) -> None:
    table = 'id{0}text{0}name\n1{0}"Hello, you; there"{0}Ada\n'.replace("{0}", mark)
    (post,) = posts(table)
    assert post.text == "Hello, you; there"
    assert post.author is not None and post.author.name == "Ada"


def test_headings_are_found_whatever_their_case_and_others_may_be_named() -> None:
    table = "\ufeffNuméro,MESSAGE,De\r\n7,Bonsoir #quai,Léa\r\n"
    (post,) = posts(table, id="numéro", text="message", name="de")
    assert post.text == "Bonsoir #quai" and post.key.endswith(":7")
    assert [each.text for each in post.entities] == ["#quai"]


def test_short_rows_long_rows_empty_rows_and_odd_bytes() -> None:
    table = b"id,text,name\n1\n2,two,Bo,more,columns\n,,\n\n3,th\xffree\x00,\n"
    assert [post.text for post in posts(table)] == ["th\ufffdree", "two"]


def test_a_field_without_end_costs_what_comes_after_it() -> None:
    table = 'id,text\n1,one\n2,"' + "x" * 200_000
    assert [post.text[:3] for post in posts(table)][-1] == "one"


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("<!DOCTYPE html><title>Sign in</title>", "web page"),
        ("when,what\n1,2\n", "no column 'text'; its columns are when, what"),
        ("", "its columns are none"),
    ],
)
async def test_what_is_no_table_is_said(table: str, says: str) -> None:
    opened = source(FakeHttp().answers(URL, table).answers(URL, table))
    with pytest.raises(Refused, match=says):
        await opened.poll("")
    (bad,) = opened.read(Raw(table.encode()))
    assert isinstance(bad, Unreadable)


async def test_the_table_is_tried() -> None:
    probe = await source(FakeHttp().answers(URL, "text,name\nHello,Ada\n,\n")).probe()
    assert probe.ok and "1 posts; the latest reads “Hello” by Ada" in probe.says
