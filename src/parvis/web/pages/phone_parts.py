"""Parts that the audience's pages share: icons, head, switch of languages, the bar below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import quote

from parvis.web.element import Attribute, Element, document, el
from parvis.web.pages.livery import Livery
from parvis.web.static_files import Static
from parvis.web.tongue import ORDER, TONGUES, Tongue

# ruff: noqa: E501 - drawings are written as they come
# Lucide (ISC), 24 by 24; the mark is ours.
_ICONS: dict[str, tuple[tuple[str, dict[str, Attribute]], ...]] = {
    "pen": (
        ("path", {"d": "M12 3H5a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h14a2 2 0 0 0 2-2v-7"}),
        ("path", {"d": "M18.375 2.625a1 1 0 0 1 3 3l-9.013 9.014a2 2 0 0 1-.853.505l-2.873.84a.5.5 0"
                       " 0 1-.62-.62l.84-2.873a2 2 0 0 1 .506-.852z"}),
    ),
    "vote": (
        ("path", {"d": "m9 12 2 2 4-4M5 7c0-1.1.9-2 2-2h10a2 2 0 0 1 2 2v12H5V7ZM22 19H2"}),
    ),
    "mine": (
        ("path", {"d": "M4 2v20l2-1 2 1 2-1 2 1 2-1 2 1 2-1 2 1V2l-2 1-2-1-2 1-2-1-2 1-2-1-2 1Z"}),
        ("path", {"d": "M14 8H8M16 12H8M13 16H8"}),
    ),
    "photo": (
        ("path", {"d": "M13.997 4a2 2 0 0 1 1.76 1.05l.486.9A2 2 0 0 0 18.003 7H20a2 2 0 0 1 2 2v9a2"
                       " 2 0 0 1-2 2H4a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2h1.997a2 2 0 0 0"
                       " 1.759-1.048l.489-.904A2 2 0 0 1 10.004 4z"}),
        ("circle", {"cx": "12", "cy": "13", "r": "3"}),
    ),
    "video": (
        ("path", {"d": "m16 13 5.223 3.482a.5.5 0 0 0 .777-.416V7.87a.5.5 0 0 0-.752-.432L16 10.5"}),
        ("rect", {"x": "2", "y": "6", "width": "14", "height": "12", "rx": "2"}),
    ),
    "person": (
        ("circle", {"cx": "12", "cy": "8", "r": "5"}),
        ("path", {"d": "M20 21a8 8 0 0 0-16 0"}),
    ),
    "back": (("path", {"d": "m12 19-7-7 7-7M19 12H5"}),),
    "undo": (("path", {"d": "M9 14 4 9l5-5M4 9h10.5a5.5 5.5 0 0 1 0 11H11"}),),
    "check": (("path", {"d": "M20 6 9 17l-5-5"}),),
    "clock": (
        ("circle", {"cx": "12", "cy": "12", "r": "10"}),
        ("path", {"d": "M12 6v6l4 2"}),
    ),
    "save": (
        ("path", {"d": "M12 15V3M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4m4-5 5 5 5-5"}),
    ),
    "share": (
        ("path", {"d": "M12 2v13m4-9-4-4-4 4M4 12v8a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-8"}),
    ),
    "link": (
        ("path", {"d": "M10 13a5 5 0 0 0 7.54.54l3-3a5 5 0 0 0-7.07-7.07l-1.72 1.71"}),
        ("path", {"d": "M14 11a5 5 0 0 0-7.54-.54l-3 3a5 5 0 0 0 7.07 7.07l1.71-1.71"}),
    ),
    "screen": (
        ("rect", {"x": "2", "y": "3", "width": "20", "height": "14", "rx": "2"}),
        ("path", {"d": "M8 21h8M12 17v4"}),
    ),
    "timer": (
        ("path", {"d": "M10 2h4M12 14l3-3"}),
        ("circle", {"cx": "12", "cy": "14", "r": "8"}),
    ),
    "scale": (
        ("path", {"d": "m16 16 3-8 3 8c-.87.65-1.92 1-3 1s-2.13-.35-3-1ZM2 16l3-8 3 8c-.87.65-1.92"
                       " 1-3 1s-2.13-.35-3-1ZM7 21h10M12 3v18M3 7h2c2 0 5-1 7-2 2 1 5 2 7 2h2"}),
    ),
}  # fmt: skip


_FONTS = {
    "latin": (
        "hanken-grotesk-latin-wght-normal.woff2",
        "bricolage-grotesque-latin-wght-normal.woff2",
    ),
    "ar": (
        "bricolage-grotesque-latin-wght-normal.woff2",
        "ibm-plex-sans-arabic-arabic-400-normal.woff2",
        "ibm-plex-sans-arabic-arabic-600-normal.woff2",
    ),
}


def icon(name: str) -> Element:
    """A drawing that says nothing to a screen reader."""
    shapes = (el(tag, **attributes) for tag, attributes in _ICONS[name])
    return el("svg", *shapes, class_="i", viewbox="0 0 24 24", aria_hidden="true")


def mark() -> Element:
    """The stones of the parvis."""
    stones = (
        ("1", "1", "10", "", ""),
        ("12.6", "1", "10.4", "half", ""),
        ("1", "8.8", "5.4", "half", ""),
        ("8", "8.8", "8", "lamp", ""),
        ("17.6", "8.8", "5.4", "", ""),
        ("1", "16.6", "10", "", ""),
        ("12.6", "16.6", "10.4", "half", ""),
    )
    rects = (
        el("rect", x=x, y=y, width=width, height="6.4", rx="1.4", class_=name or None)
        for x, y, width, name, _ in stones
    )
    return el("svg", *rects, class_="mark", viewbox="0 0 24 24", aria_hidden="true")


def whole(
    tongue: Tongue,
    static: Static,
    title: str,
    kind: str,
    *body: Element | str | None,
    livery: Livery | None = None,
) -> bytes:
    """The page; `kind` tells the script which it is, `livery` is what it wears of its wall."""
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el(
            "meta",
            name="viewport",
            content="width=device-width, initial-scale=1, viewport-fit=cover",
        ),
        el("meta", name="color-scheme", content="light dark"),
        el("meta", name="theme-color", content=livery.look.fields[0] if livery else "#2a1023"),
        el("meta", name="robots", content="noindex"),
        el("title", title),
        *(
            el(
                "link",
                rel="preload",
                href=f"/static/phone/{font}",
                as_="font",
                type="font/woff2",
                crossorigin="anonymous",
            )
            for font in _FONTS["ar" if tongue.lang == "ar" else "latin"]
        ),
        el("link", rel="stylesheet", href=static.address("phone/phone.css")),
        el("link", rel="stylesheet", href=livery.sheet) if livery else None,
        # not deferred: it must say before the first paint that there is script
        el("script", src=static.address("phone/phone.js")),
    )
    html = el("html", head, el("body", *body, data_page=kind), lang=tongue.lang, dir=tongue.dir)
    return document(html)


def languages(
    tongue: Tongue, path: str, query: Mapping[str, str] | None = None, *, form: str = ""
) -> Element:
    """The switch: each language by its own name, as links that need no script. Where the page has
    a `form`, the others are buttons of it: what was written comes along.
    """
    more = "".join(
        f"&{quote(name)}={quote(value, safe='')}" for name, value in (query or {}).items()
    )
    each = [
        _carrying(lang, f"{path}?lang={lang}{more}", form)
        if form and lang != tongue.lang
        else el(
            "a",
            TONGUES[lang].name,
            href=f"{path}?lang={lang}{more}",
            lang=lang,
            hreflang=lang,
            rel="nofollow",
            aria_current="true" if lang == tongue.lang else None,
        )
        for lang in ORDER
    ]
    sends = _first(tongue, form) if form else None
    return el("nav", sends, *each, class_="langs", aria_label=tongue.say("page", "languages"))


def _first(tongue: Tongue, form: str) -> Element:
    """Enter in a field presses the form's first button in the page: this one sends. It is drawn,
    because WebKit passes over one that is not.
    """
    sends = el("button", tongue.say("page", "send"), type="submit", form=form, tabindex=-1)
    return el("div", sends, class_="off", aria_hidden="true")


def _carrying(lang: str, address: str, form: str) -> Element:
    # url-encoded: of a chosen file only its name travels, which is enough to say so
    return el(
        "button",
        TONGUES[lang].name,
        type="submit",
        form=form,
        formaction=address,
        formmethod="post",
        formenctype="application/x-www-form-urlencoded",
        formnovalidate=True,
        lang=lang,
    )


def tabs(tongue: Tongue, path: str, parts: Sequence[tuple[str, str]], now: str) -> Element | None:
    """The bar below; one part alone needs none. `parts` are id and icon."""
    if len(parts) < 2:
        return None
    links = [
        el(
            "a",
            icon(drawing),
            el("span", tongue.say("page", f"tab_{name}")),
            href=f"{path}#{name}",
            data_tab=name,
            aria_current="page" if name == now else None,
        )
        for name, drawing in parts
    ]
    return el("nav", *links, class_="tabs", aria_label=tongue.say("page", "tabs"))


def bar(title: str, *more: Element | None, livery: Livery | None = None) -> Element:
    """The line at the top of every page but the first."""
    sign = el("img", src=livery.logo, alt="", class_="logo") if livery and livery.logo else mark()
    return el(
        "header", sign, el("strong", title, dir="auto"), el("span", class_="space"), *more,
        class_="bar",
    )  # fmt: skip


def moment(at_ms: int, *, seconds: bool = False) -> Element:
    """A time of day where the server stands; the script writes it in the visitor's own."""
    at = datetime.fromtimestamp(at_ms / 1000).astimezone()
    text = at.strftime("%H:%M:%S" if seconds else "%H:%M")
    exact = at.isoformat(timespec="seconds")
    return el("time", text, datetime=exact, dir="ltr", data_seconds="1" if seconds else None)
