"""Pages that only say something: the studio's shell, one sentence."""

from __future__ import annotations

from parvis.web.element import document, el
from parvis.web.pages.phone_parts import bar, whole
from parvis.web.pages.wall import head
from parvis.web.static_files import Static
from parvis.web.tongue import TONGUES

STUDIO = "studio/studio.js"
"""Its mark is the page's version: the API tells a page of another one so."""


def sentence_page(sentence: str, lang: str, static: Static) -> bytes:
    """A page of one sentence, in the look of the audience's pages."""
    tongue = TONGUES.get(lang, TONGUES["en"])
    main = el("main", el("h1", sentence))
    return whole(tongue, static, sentence, "sentence", bar("parvis"), main)


def studio_page(static: Static) -> bytes:
    """The back office's shell; its script asks the API for everything, with the key."""
    style = el("link", rel="stylesheet", href=static.address("studio/studio.css"))
    script = el("script", src=static.address(STUDIO), defer=True)
    body = el("body", el("parvis-studio"), script)
    version = el("meta", name="parvis-version", content=static.mark(STUDIO))
    return document(el("html", head("parvis studio", version, style), body, lang="en", dir="ltr"))
