"""Pages that only say something: the studio's shell, one sentence."""

from __future__ import annotations

from parvis.web.element import document, el
from parvis.web.page_wall import head
from parvis.web.static_files import Static
from parvis.web.words import direction_of

STUDIO = "studio/studio.js"
"""Its mark is the page's version: the API tells a page of another one so."""


def sentence_page(sentence: str, lang: str, static: Static) -> bytes:
    """A page of one sentence."""
    style = el("link", rel="stylesheet", href=static.address("phone/phone.css"))
    body = el("body", el("main", el("p", sentence)))
    return document(el("html", head(sentence, style), body, lang=lang, dir=direction_of(lang)))


def studio_page(static: Static) -> bytes:
    """The back office's shell; its script asks the API for everything, with the key."""
    style = el("link", rel="stylesheet", href=static.address("studio/studio.css"))
    script = el("script", src=static.address(STUDIO), defer=True)
    body = el("body", el("parvis-studio"), script)
    version = el("meta", name="parvis-version", content=static.mark(STUDIO))
    return document(el("html", head("parvis studio", version, style), body, lang="en", dir="ltr"))
