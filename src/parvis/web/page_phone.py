"""The audience's page: how to take part, and the formats as plain forms that need no script."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from parvis.core.wire import FormatFace
from parvis.plug.door import Form
from parvis.web.element import Element, document, el, json_block
from parvis.web.page_card import NETWORKS
from parvis.web.page_wall import head
from parvis.web.snapshots import Held
from parvis.web.static_files import Static
from parvis.web.words import Words, direction_of, words_of

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


def phone_page(
    held: Held,
    static: Static,
    *,
    forms: Mapping[str, Form],
    networks: Sequence[str],
    who: str,
    done: str = "",
    says: Mapping[str, str] | None = None,
) -> bytes:
    """The page of a wall. `forms` by format; `who` is this page's random token, `done` the
    format just answered, `says` the sentence that refused an answer, by format.
    """
    wall = held.snapshot.wall
    words = words_of(wall.lang)
    said = says or {}
    sections = [
        _section(
            wall.wall,
            face,
            forms.get(face.format),
            words,
            who,
            face.format == done,
            said.get(face.format, ""),
        )
        for face in held.snapshot.formats
        if _ID.fullmatch(face.format)
    ]
    body = el(
        "body",
        el(
            "main",
            el("h1", wall.title, dir="auto"),
            _how(wall.hashtags, networks, words),
            *sections,
            el(
                "p",
                el("a", words.see_wall, href=f"/w/{wall.wall}"),
                " · ",
                el("a", words.privacy, href=f"/notice/{wall.wall}"),
            ),
        ),
        json_block("parvis-snapshot", held.body),
        el("script", src=static.address("phone/phone.js"), defer=True),
    )
    style = el("link", rel="stylesheet", href=static.address("phone/phone.css"))
    root = el(
        "html",
        head(wall.title, style),
        body,
        lang=wall.lang,
        dir=direction_of(wall.lang),
        data_theme=wall.theme,
        data_scheme=wall.scheme,
    )
    return document(root)


def _how(hashtags: Sequence[str], networks: Sequence[str], words: Words) -> Element:
    tags = " ".join("#" + tag.lstrip("#") for tag in hashtags)
    named = ", ".join(NETWORKS.get(name, name) for name in networks)
    if not tags or not named:
        return el("section", el("p", words.on_the_wall))
    return el(
        "section",
        el("h2", words.take_part),
        el("p", words.post_with.format(tags=tags, networks=named), dir="auto"),
        el("p", tags, class_="hashtags", dir="auto"),
    )


def _section(
    wall: str, face: FormatFace, form: Form | None, words: Words, who: str, done: bool, says: str
) -> Element:
    """One format: its form, or the result once it was answered or is closed. One without a form is
    drawn by its own phone half.
    """
    answers = face.view.get("answers")
    closed = form is None and isinstance(answers, (list, tuple))
    told = says or (words.counted if done else words.closed if closed else "")
    question = form.title if form is not None else str(face.view.get("question", ""))
    results = isinstance(answers, (list, tuple)) and (done or closed)
    return el(
        "section",
        el("h2", question, dir="auto") if question else None,
        _form(f"/p/{wall}/{face.format}", form, who) if form is not None and not done else None,
        _result(answers, words) if results and answers else None,
        el("p", told, class_="state", role="status") if told else None,
        data_format=face.format,
    )


def _form(address: str, form: Form, who: str) -> Element:
    buttons = [
        el("button", choice.label, type="submit", name=choice.name, value=choice.value, dir="auto")
        for choice in form.choices
    ]
    return el(
        "form",
        el("input", type="hidden", name="who", value=who),
        *buttons,
        el("p", form.note, class_="state") if form.note else None,
        method="post",
        action=f"{address}/{form.door}",
    )


def _result(answers: Sequence[Any], words: Words) -> Element:
    lines = [
        el("li", el("span", _text(answer), dir="auto"), f" — {answer.get('share', 0)} %")
        for answer in answers
        if isinstance(answer, dict)
    ]
    return el("div", el("h3", words.result), el("ul", *lines))


def _text(answer: Any) -> str:
    return str(answer.get("text", "")) if isinstance(answer, dict) else str(answer)
