"""The privacy notice: five answers first, then everything in detail."""

from __future__ import annotations

from collections.abc import Sequence

from parvis.core.wall import FormatSpec, SourceSpec, Wall
from parvis.core.wire import face_of
from parvis.web.element import Element, el
from parvis.web.pages.livery import livery_of
from parvis.web.pages.phone_parts import icon, languages, whole
from parvis.web.static_files import Static
from parvis.web.tongue import Tongue
from parvis.web.words import words_of


def notice_page(
    wall: Wall,
    sources: Sequence[tuple[str, SourceSpec]],
    formats: Sequence[FormatSpec],
    told: Sequence[str],
    contact: str,
    static: Static,
    tongue: Tongue,
) -> bytes:
    """The notice; `sources` are pairs of the network's name and the source, `told` the names of the
    bridges.
    """

    def say(name: str, **values: object) -> str:
        return tongue.say("notice", name, **values)

    read = wall.policy.mode == "approve_first"
    answers = (
        ("screen", "where", say("where_said", wall=wall.title)),
        ("person", "keep", say("keep_said")),
        ("timer", "long", say("long_said", days=wall.retention_days)),
        ("scale", "decides", say("decides_person" if read else "decides_rule")),
        ("undo", "mind", say("mind_said")),
    )
    path = f"/p/{wall.id}?lang={tongue.lang}"
    main = el(
        "main",
        el("h1", say("title")),
        *(_answer(drawing, say(name), text) for drawing, name, text in answers),
        el("hr"),
        el("p", say("who", contact=contact) if contact else say("who_unsaid"), class_="quiet"),
        el("p", say("complain"), class_="quiet"),
        el("p", say("phone_keeps"), class_="quiet"),
        _detail(wall, sources, formats, told, tongue),
        el("a", say("understood"), href=path, class_="button main"),
    )
    top = el(
        "header",
        el("a", icon("back"), href=path, aria_label=say("back"), class_="round"),
        el("span", class_="space"),
        languages(tongue, f"/notice/{wall.id}"),
        class_="bar",
    )
    return whole(
        tongue,
        static,
        f"{say('title')} · {wall.title}",
        "notice",
        top,
        main,
        livery=livery_of(face_of(wall)),
    )


def _answer(drawing: str, title: str, text: str) -> Element:
    return el(
        "div",
        el("span", icon(drawing), class_="tile"),
        el("div", el("h2", title), el("p", text, dir="auto")),
        class_="answer",
    )


def _detail(
    wall: Wall,
    sources: Sequence[tuple[str, SourceSpec]],
    formats: Sequence[FormatSpec],
    told: Sequence[str],
    tongue: Tongue,
) -> Element:
    words = words_of(tongue.lang)
    basis = dict(words.basis)
    lines = [
        words.source_line.format(name=name, basis=basis.get(spec.basis, spec.basis))
        for name, spec in sources
    ]
    if formats:
        lines.append(words.formats_line)
    return el(
        "details",
        el("summary", tongue.say("notice", "more")),
        el("h3", words.sources),
        el("ul", *(el("li", line, dir="auto") for line in lines)),
        *_part(words.purposes, words.purposes_said),
        *(_part(words.told, words.told_said.format(names=", ".join(told))) if told else ()),
        *_part(words.retention, words.retention_said.format(days=wall.retention_days)),
        *_part(words.rights, words.rights_said),
    )


def _part(title: str, text: str) -> tuple[Element, Element]:
    return el("h3", title), el("p", text, dir="auto")
