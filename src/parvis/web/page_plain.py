"""Pages that only say something: the privacy notice, the studio's shell, one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from parvis.core.wall import FormatSpec, SourceSpec, Wall
from parvis.web.element import Element, document, el
from parvis.web.page_wall import head
from parvis.web.static_files import Static
from parvis.web.words import direction_of, words_of


def sentence_page(sentence: str, lang: str, static: Static) -> bytes:
    """A page of one sentence."""
    style = el("link", rel="stylesheet", href=static.address("phone/phone.css"))
    body = el("body", el("main", el("p", sentence)))
    return document(el("html", head(sentence, style), body, lang=lang, dir=direction_of(lang)))


def notice_page(
    wall: Wall,
    sources: Sequence[tuple[str, SourceSpec]],
    formats: Sequence[FormatSpec],
    told: Sequence[str],
    contact: str,
    static: Static,
) -> bytes:
    """The privacy notice; `sources` are pairs of the network's name and the source, `told` the
    names of the bridges.
    """
    words = words_of(wall.lang)
    basis = dict(words.basis)
    lines = [
        words.source_line.format(name=name, basis=basis.get(spec.basis, spec.basis))
        for name, spec in sources
    ]
    if formats:
        lines.append(words.formats_line)
    style = el("link", rel="stylesheet", href=static.address("phone/phone.css"))
    main = el(
        "main",
        el("h1", words.notice_title),
        el("p", wall.title, dir="auto"),
        *_part(words.who, contact or words.who_unsaid),
        el("h2", words.sources),
        el("ul", *(el("li", line, dir="auto") for line in lines)),
        *_part(words.purposes, words.purposes_said),
        *(_part(words.told, words.told_said.format(names=", ".join(told))) if told else ()),
        *_part(words.retention, words.retention_said.format(days=wall.retention_days)),
        *_part(words.rights, words.rights_said),
    )
    title = f"{words.notice_title} · {wall.title}"
    return document(
        el(
            "html",
            head(title, style),
            el("body", main),
            lang=wall.lang,
            dir=direction_of(wall.lang),
            data_theme=wall.brand.theme,
            data_scheme=wall.brand.scheme,
        )
    )


def studio_page(static: Static) -> bytes:
    """The back office's shell; its script asks the API for everything, with the key."""
    style = el("link", rel="stylesheet", href=static.address("studio/studio.css"))
    script = el("script", src=static.address("studio/studio.js"), defer=True)
    body = el("body", el("parvis-studio"), script)
    return document(el("html", head("parvis studio", style), body, lang="en", dir="ltr"))


def _part(title: str, text: str) -> tuple[Element, Element]:
    return el("h2", title), el("p", text, dir="auto")
