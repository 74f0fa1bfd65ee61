"""The one builder of HTML: tags and attributes as data, every text a text node, no way to put raw
markup in.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

VOID = frozenset({"meta", "link", "img", "input", "br", "hr"})
RAW_TEXT = frozenset({"script", "style", "textarea", "title", "iframe", "noscript", "template"})
URL_ATTRIBUTES = frozenset({"href", "src", "action", "poster"})
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_PLACE = re.compile("#[a-z][a-z0-9-]*")
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

Attribute = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Element:
    """One element; `attributes` and `children` are already checked by `el`."""

    tag: str
    attributes: tuple[tuple[str, str | None], ...]
    children: tuple[Element | str, ...]

    def __str__(self) -> str:
        parts: list[str] = []
        _write(self, parts)
        return "".join(parts)


def el(tag: str, *children: Element | str | None, **attributes: Attribute) -> Element:
    """An element. `class_` is `class`; underscores in names are hyphens; None and False leave an
    attribute out, True writes it bare; an address that is no web address or own path is left out.

    Raises `ValueError` for a tag or attribute that could run code.
    """
    if not _NAME.fullmatch(tag) or tag in ("style", "iframe", "noscript", "template"):
        raise ValueError(f"{tag!r} is no element of ours")
    if tag == "script" and children:
        raise ValueError("a script has an address, never text; JSON goes through `json_block`")
    kept = [child for child in children if child is not None]
    if tag in VOID and kept:
        raise ValueError(f"{tag} has no children")
    if tag in RAW_TEXT and not all(isinstance(child, str) for child in kept):
        raise ValueError(f"{tag} holds text only")
    named = [(_attribute(name), value) for name, value in attributes.items()]
    return Element(tag, tuple(_checked(tag, named)), tuple(kept))


def json_block(id_: str, body: bytes) -> Element:
    """A script element of inert JSON, whose text cannot end the element (`body` is JSON)."""
    text = body.decode().replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return Element("script", (("type", "application/json"), ("id", id_)), (_Json(text),))


def document(root: Element) -> bytes:
    """The whole page as UTF-8."""
    return b"<!doctype html>" + str(root).encode()


def safe_url(value: str) -> str | None:
    """`value` when it is an http(s) address, a path of ours or a place in the page; else None."""
    if _PLACE.fullmatch(value):
        return value
    if any(ord(sign) <= 32 or ord(sign) == 127 for sign in value) or "\\" in value:
        return None
    if value.startswith("/") and not value.startswith("//"):
        return value
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError:
        return None
    return value if parts.scheme in ("http", "https") and host else None


class _Json(str):
    """Text that `json_block` made harmless; written as it is."""

    __slots__ = ()


def _attribute(name: str) -> str:
    plain = name.rstrip("_").replace("_", "-")
    if not _NAME.fullmatch(plain) or plain.startswith("on") or plain in ("style", "srcdoc"):
        raise ValueError(f"{plain!r} is no attribute of ours")
    return plain


def _checked(
    tag: str, attributes: Iterable[tuple[str, Attribute]]
) -> Iterable[tuple[str, str | None]]:
    for name, value in attributes:
        if value is None or value is False:
            continue
        if value is True:
            yield name, None
            continue
        text: str | None = str(value)
        if name in URL_ATTRIBUTES:
            text = safe_url(str(value))
            if tag == "script" and text is not None and not text.startswith("/static/"):
                raise ValueError("scripts come from /static/ alone")
        if text is not None:
            yield name, text


def _write(element: Element, parts: list[str]) -> None:
    parts.append(f"<{element.tag}")
    for name, value in element.attributes:
        parts.append(f" {name}" if value is None else f' {name}="{_escape(value)}"')
    parts.append(">")
    if element.tag in VOID:
        return
    for child in element.children:
        if isinstance(child, Element):
            _write(child, parts)
        else:
            parts.append(child if isinstance(child, _Json) else _escape(child))
    parts.append(f"</{element.tag}>")


def _escape(text: str) -> str:
    # A parser reads a carriage return as a newline: written as a reference, it stays.
    return html.escape(_UNFIT.sub("\ufffd", text)).replace("\r", "&#13;")
