"""The audience's page: write, vote, find one's own posts. Plain forms that need no script."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from parvis.core.wire import FormatFace
from parvis.plug.door import Form, Invitation
from parvis.web.element import Element, el, json_block
from parvis.web.pages.card import NETWORKS
from parvis.web.pages.livery import banner, livery_of
from parvis.web.pages.phone_parts import icon, languages, tabs, whole
from parvis.web.snapshots import Held
from parvis.web.static_files import Static
from parvis.web.tongue import Tongue
from parvis.web.words import words_of

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
PICTURES = "image/jpeg,image/png,image/webp,image/gif"
"""JPEG first, and neither `image/*` nor HEIC: WebKit then hands over a JPEG of what is kept as HEIC
(its changes 25443 and 55090), iOS in every browser and macOS in the first of these.
"""
FILMS = "video/mp4,video/webm,video/quicktime"
TOLD = (
    "left", "one_photo", "photos", "one_video", "cleaned", "remove", "lightening", "sending",
    "busy", "left_now", "its_receipt",
    "offline", "offline_stay", "offline_back", "queued", "queued_at", "refused_at", "try_now",
    "mine_none", "forget", "too_many", "film_heavy", "film_alone", "heif", "no_send", "empty_send",
    "consent_send", "too_large", "language_no",
)  # fmt: skip
"""The texts that the script says."""


class Written(msgspec.Struct, frozen=True):
    """What stood in a form that was refused, and the sentence that says why; or, `well`, in one
    whose page changed its language.
    """

    says: str
    text: str = ""
    name: str = ""
    agreed: bool = False
    well: bool = False
    stamp: str = ""
    """When its page was made, in milliseconds; '': now."""


class Asked(msgspec.Struct, frozen=True):
    """What a visitor may send here: the source's name and its invitation."""

    source: str
    invitation: Invitation


def phone_page(
    held: Held,
    static: Static,
    tongue: Tongue,
    *,
    asked: Asked | None,
    forms: Mapping[str, Form],
    networks: Sequence[str],
    who: str,
    page: str,
    now_ms: int,
    done: str = "",
    says: Mapping[str, str] | None = None,
    written: Written | None = None,
) -> bytes:
    """The page of a wall. `forms` by format; `who` and `page` are this page's random words, `done`
    the format just answered, `says` the sentence that refused an answer, by format.
    """
    wall = held.snapshot.wall
    path = f"/p/{wall.wall}"
    faces = [face for face in held.snapshot.formats if _ID.fullmatch(face.format)]
    said = says or {}
    formats = [
        _format(wall.wall, face, forms.get(face.format), tongue, who, face.format == done,
                said.get(face.format, ""))
        for face in faces
    ]  # fmt: skip
    parts = [("write", "pen")] if asked is not None or not faces else []
    parts += [("vote", "vote")] if faces else []
    parts += [("mine", "mine")] if asked is not None else []
    now = "vote" if (done or said or not (asked or not faces)) else "write"
    livery = livery_of(wall)
    hero = el(
        "header",
        banner(livery, wall.title),
        languages(tongue, path, form="post" if asked is not None else ""),
        el("h1", el("bdi", wall.title)),
        el("p", tongue.say("page", "tagline") if asked is not None else ""),
        class_="hero",
    )
    main = el(
        "main",
        _write(asked, tongue, wall.wall, who, page, now_ms, written, _how(wall, networks, tongue))
        if ("write", "pen") in parts
        else None,
        el("section", *formats, id="vote", class_="part", aria_label=tongue.say("page", "vote_now"))
        if faces
        else None,
        _mine(tongue) if asked is not None else None,
        _foot(wall.wall, tongue),
        data_now=now,
    )
    words = {name: tongue.words["page"][name] for name in TOLD}
    told = {
        "lang": tongue.lang,
        "wall": wall.wall,
        "words": words,
        "pictures": asked.invitation.pictures if asked else 0,
        "film_bytes": asked.invitation.film_bytes if asked else 0,
        "max_bytes": asked.invitation.max_bytes if asked else 0,
        "signs": asked.invitation.signs if asked else 0,
        "now_ms": now_ms,
    }
    return whole(
        tongue,
        static,
        wall.title,
        "phone",
        hero,
        main,
        tabs(tongue, "", parts, now),
        json_block("parvis-snapshot", held.body),
        json_block("parvis-phone", msgspec.json.encode(told)),
        livery=livery,
    )


def _write(
    asked: Asked | None,
    tongue: Tongue,
    wall: str,
    who: str,
    page: str,
    now_ms: int,
    written: Written | None,
    how: Element | None,
) -> Element:
    if asked is None:
        closed = el("p", tongue.say("page", "closed"), class_="quiet") if how is None else None
        return el("section", how, closed, id="write", class_="part")
    may, say = asked.invitation, tongue.say
    hidden = {
        "lang": tongue.lang,
        "page": page,
        "who": who,
        "stamp": (written.stamp if written else "") or str(now_ms),
        "shown": asked.invitation.consent.mark,
    }
    form = el(
        "form",
        *(el("input", type="hidden", name=name, value=value) for name, value in hidden.items()),
        el("p", written.says, class_="state" if written.well else "wrong",
           role="status" if written.well else "alert") if written and written.says else None,
        el(
            "div",
            el("label", say("page", "write"), class_="unseen", for_="text"),
            el("textarea", written.text if written else "", id="text", name="text", rows=4,
               maxlength=may.signs, dir="auto", placeholder=say("page", "words")),
            class_="box",
        ),
        _picks(may, tongue),
        el(
            "label",
            icon("person"),
            el("input", name="name", maxlength=40, autocomplete="given-name", dir="auto",
               value=written.name if written else "") if may.name else None,
            el("span", say("page", "name_hint"), class_="hint"),
            class_="field",
        ) if may.name else None,
        el(
            "div",
            el("input", type="checkbox", id="consent", name="consent", value="1", required=True,
               checked=bool(written and written.agreed)),
            el("p", el("label", may.consent.text, el("span", may.consent.age) if may.consent.age
                       else None, for_="consent"),
               el("a", say("page", "means"), href=f"/notice/{wall}?lang={tongue.lang}")),
            class_="agree",
        ),
        el(
            "div",
            el("label", say("page", "website"), el("input", name="website", tabindex=-1,
                                                   autocomplete="off")),
            class_="off",
            aria_hidden="true",
        ),
        el("p", class_="state", role="status", id="state"),
        el("button", say("page", "send"), type="submit", class_="main"),
        method="post",
        enctype="multipart/form-data",
        action=f"/in/{asked.source}/{may.door}",
        id="post",
    )  # fmt: skip
    return el("section", form, how, id="write", class_="part")


def _picks(may: Invitation, tongue: Tongue) -> Element | None:
    """Plain file fields; the script turns them into buttons with a list of what was chosen."""
    if not may.pictures and not may.film_bytes:
        return None
    photo = el(
        "label", icon("photo"), el("span", tongue.say("page", "photo")),
        el("input", type="file", name="photo", accept=PICTURES, multiple=may.pictures > 1,
           aria_describedby="most"),
        class_="pick",
    )  # fmt: skip
    film = el(
        "label", icon("video"), el("span", tongue.say("page", "video")),
        el("input", type="file", name="film", accept=FILMS),
        class_="pick",
    )  # fmt: skip
    return el(
        "div",
        el("ul", id="files", class_="files", aria_live="polite"),
        el(
            "div", photo if may.pictures else None, film if may.film_bytes else None, class_="picks"
        ),
        el("p", tongue.say("page", "pictures_hint", most=may.pictures), class_="unseen", id="most")
        if may.pictures
        else None,
    )


def _mine(tongue: Tongue) -> Element:
    return el(
        "section",
        el("h2", tongue.say("page", "mine")),
        el("ul", class_="list", id="mine-list"),
        el("p", tongue.say("page", "mine_note"), class_="quiet"),
        id="mine",
        class_="part scripted",
    )


def _foot(wall: str, tongue: Tongue) -> Element:
    return el(
        "p",
        el("a", tongue.say("page", "see_wall"), href=f"/w/{wall}"),
        el("a", tongue.say("page", "privacy"), href=f"/notice/{wall}?lang={tongue.lang}"),
        class_="foot",
    )


def _how(wall: Any, networks: Sequence[str], tongue: Tongue) -> Element | None:
    # each isolated, so that its sign stays on its own side among words of another script
    tags = " ".join(f"\u2068#{tag.lstrip('#')}\u2069" for tag in wall.hashtags)
    named = ", ".join(NETWORKS.get(name, name) for name in networks)
    if not tags or not named:
        return None
    said = tongue.say("page", "how_else", tags=tags, networks=named)
    return el("p", said, class_="quiet how", dir="auto")


def _format(
    wall: str, face: FormatFace, form: Form | None, tongue: Tongue, who: str, done: bool, says: str
) -> Element:
    """One format: its form, or the result once it was answered or is closed. One without a form is
    drawn by its own phone half.
    """
    words = words_of(tongue.lang)
    answers = face.view.get("answers")
    closed = form is None and isinstance(answers, (list, tuple))
    told = says or (words.counted if done else words.closed if closed else "")
    question = form.title if form is not None else str(face.view.get("question", ""))
    results = isinstance(answers, (list, tuple)) and (done or closed)
    shown = form is not None and not done
    return el(
        "div",
        el("h2", question, dir="auto") if question else None,
        _form(f"/p/{wall}/{face.format}", form, who, tongue) if shown and form else None,
        _result(answers) if results and answers else None,
        el("p", told, class_="state", role="status") if told else None,
        data_format=face.format,
    )


def _form(address: str, form: Form, who: str, tongue: Tongue) -> Element:
    buttons = [
        el("button", choice.label, type="submit", name=choice.name, value=choice.value, dir="auto",
           class_="choice")
        for choice in form.choices
    ]  # fmt: skip
    return el(
        "form",
        el("input", type="hidden", name="who", value=who),
        *buttons,
        el("p", form.note, class_="state") if form.note else None,
        method="post",
        action=f"{address}/{form.door}?lang={tongue.lang}",
    )


def _result(answers: Sequence[Any]) -> Element:
    lines = [
        el(
            "li",
            el("span", str(answer.get("text", "")), dir="auto"),
            el("span", f"{answer.get('share', 0)}\u202f%", class_="share", dir="ltr"),
        )
        for answer in answers
        if isinstance(answer, dict)
    ]
    return el("ul", *lines, class_="results")
