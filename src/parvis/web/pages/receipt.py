"""A contributor's receipt: how their post stands, and what they may do with it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal
from urllib.parse import quote

from msgspec import structs

from parvis.core.post import Media, Post
from parvis.core.wall import Wall
from parvis.core.wire import face_of
from parvis.flow.receipt import Standing
from parvis.plug.receipt_word import number_of
from parvis.web.element import Element, el
from parvis.web.pages.card import text_nodes
from parvis.web.pages.livery import livery_of
from parvis.web.pages.phone_parts import bar, icon, languages, moment, tabs, whole
from parvis.web.static_files import Static
from parvis.web.tongue import Tongue

Turn = Literal["turn", "alone", "past", "covered"]
"""A post that is on the wall: in turn on screens, without any screen, behind newer ones, or under
what the team covers the screens with.
"""


class Receipt:
    """Draws one receipt in one language."""

    def __init__(
        self, standing: Standing, wall: Wall, word: str, tongue: Tongue, contact: str, now_ms: int
    ) -> None:
        self._s = standing
        self._wall = wall
        self._word = word
        self._tongue = tongue
        self._contact = contact
        self._now_ms = now_ms
        self._draft: str | None = None
        self._signs: int | None = None

    def page(
        self,
        static: Static,
        *,
        sent: bool = False,
        says: str = "",
        draft: str | None = None,
        signs: int | None = None,
        turn: Turn = "turn",
        votes: bool = False,
    ) -> bytes:
        """The whole page; `sent` when it follows the form, `says` what an act led to, `draft` what
        stood in a correction that was refused, `signs` how long one may be, `turn` what is
        known of a post that is shown, `votes` whether there is something to vote on.
        """
        if says == "saved":
            says = self._say(self._saved())
        self._draft, self._signs = draft, signs
        s, tongue = self._s, self._tongue
        livery = livery_of(face_of(self._wall))
        parts = [("write", "pen"), *([("vote", "vote")] if votes else []), ("mine", "mine")]
        path = f"/r/{self._word}"
        number = self._say("number", number=number_of(s.id))
        main = el(
            "main",
            el("h1", *self._title(), id="title"),
            el("p", self._say(f"shown_{turn}"), class_="lead") if s.face == "shown" else None,
            el(
                "p",
                says,
                class_="wrong told" if draft is None else "wrong",
                role="status" if draft is None else "alert",
            )
            if says
            else None,
            *(self._gone() if s.face == "withdrawn" else self._here(path)),
            data_receipt=self._word,
            data_face=s.face,
            data_rev=s.rev,
            data_turn=turn if s.face == "shown" else None,
            data_wall=s.wall,
            data_text=s.post.text[:80] if s.post is not None else None,
            data_sent="1" if sent else None,
        )
        return whole(
            tongue,
            static,
            f"{self._say('title')} · {self._wall.title}",
            "receipt",
            bar(self._wall.title, el("span", number, class_="quiet", dir="auto"), livery=livery),
            main,
            el("div", languages(tongue, path), class_="foot"),
            tabs(
                tongue,
                f"/p/{s.wall}?lang={tongue.lang}",
                parts,
                "mine",
            ),
            livery=livery,
        )

    def _say(self, name: str, **values: object) -> str:
        return self._tongue.say("receipt", name, **values)

    def _title(self) -> tuple[Element | str, ...]:
        done = self._s.withdrawal
        if self._s.face == "withdrawn" and done is not None:
            return (self._say("withdrawn_in", seconds=self._tongue.seconds(done.took_ms)),)
        if self._s.face == "shown":  # that it is on a screen this moment, no server knows
            before, _, after = self._say("shown_since").partition("{time}")
            return before, moment(self._s.shown_at_ms), after
        return (self._say(self._s.face),)

    def _saved(self) -> str:
        """What became of a correction, as far as it is decided."""
        s = self._s
        if s.face == "waiting":
            return "saved"
        judged = s.decision is not None and s.post is not None
        judged = judged and s.decision.post_version == s.post.version  # type: ignore[union-attr]
        return "saved_shown" if s.face == "shown" and judged else "saved_plain"

    def _is_read_again(self) -> bool:
        """Whether a person reads a correction before it is shown: they always read, or once did."""
        first = self._wall.policy.mode == "approve_first"
        return first or any(each.by.startswith("person:") for each in self._s.decided)

    # here -----------------------------------------------------------------------------------------
    def _here(self, path: str) -> tuple[Element | None, ...]:
        s, post = self._s, self._s.post
        lang = f"?lang={self._tongue.lang}"
        return (
            self._preview(self._as_shown(post)) if post is not None else None,
            el("ol", *self._steps(), class_="journey"),
            self._reason(),
            el(
                "a", icon("share"), self._say("share"),
                href=f"/s/{s.wall}{lang}&post={_quoted(post.key)}", class_="button",
            )
            if s.face == "shown" and post is not None
            else None,
            self._correct(path, lang, post) if post is not None else None,
            el(
                "details",
                el("summary", icon("undo"), self._say("withdraw"), class_="button no"),
                el(
                    "form",
                    el("p", self._say("withdraw_final")),
                    el("button", self._say("withdraw_yes"), type="submit", class_="no"),
                    method="post",
                    action=f"{path}/withdraw{lang}",
                ),
                class_="correct withdraw",
            ),
            el("p", self._say("withdraw_note"), class_="quiet mid"),
            el("p", el("a", self._say("proof"), href=f"{path}/proof{lang}", download=True),
               class_="mid"),
        )  # fmt: skip

    def _as_shown(self, post: Post) -> Post:
        """Without what was kept back, while it stands on the screens so."""
        bare = self._s.decision is not None and self._s.decision.without_media
        return structs.replace(post, media=()) if bare else post

    def _preview(self, post: Post) -> Element:
        first = next((at for at, _ in enumerate(post.media)), None)
        media = post.media[first] if first is not None else None
        name = post.author.name if post.author is not None else ""
        nodes = text_nodes(post.text, post.entities)
        words = el(
            "div",
            el("p", *nodes, dir="auto", class_="words") if post.text else None,
            el("p", name, class_="by", dir="auto") if name else None,
        )
        return el(
            "article",
            self._still(media, first) if media is not None and first is not None else None,
            words if post.text or name else None,
            class_="card" + ("" if media is None else " shows") + (" says" if post.text else ""),
            lang=post.lang or None,
        )

    def _still(self, media: Media, at: int) -> Element | None:
        address = f"/r/{self._word}/media/{at}"
        if media.type == "video":
            poster = f"{address}p" if media.poster else None
            return el("video", src=address, poster=poster, controls=True, preload="none",
                      playsinline=True)  # fmt: skip
        return el("img", src=address, alt=self._say("no_words") if not media.alt else media.alt,
                  width=media.w or None, height=media.h or None)  # fmt: skip

    def _steps(self) -> list[Element]:
        s, post = self._s, self._s.post
        steps: list[Element] = []
        if post is None:
            return steps
        written, received = post.created_at_ms, post.received_at_ms
        steps.append(self._step("done", moment(written, seconds=True), self._say("step_sent")))
        arrived = self._since(received - written) if received > written else self._say("at_once")
        steps.append(self._step("done", arrived, self._say("step_received")))
        before = received
        for decision in s.decided:
            if decision.state == "pending" and decision is not s.decided[-1]:
                continue
            kind, text = self._told(decision.state, decision.by)
            if decision.without_media:
                text = self._say("step_bare")
            steps.append(self._step(kind, self._since(decision.at_ms - before), text))
            before = decision.at_ms
        if s.face == "shown":
            after = self._since(s.shown_at_ms - before)
            steps.append(self._step("now", after, self._say("step_shown")))
        elif s.face == "waiting" and (not s.decided or s.decided[-1].state != "pending"):
            steps.append(self._step("now", self._say("later"), self._say("step_waits")))
        erases = self._say("step_erases", date=self._tongue.date(s.erases_at_ms))
        steps.append(self._step("wait", self._say("later"), erases))
        return steps

    def _told(self, state: str, by: str) -> tuple[str, str]:
        person = by.startswith("person:")
        if state == "approved":
            return "done", self._say("step_person" if person else "step_rule")
        if state == "pending":
            return "now", self._say("step_waits")
        if state == "hidden":
            return "no", self._say("step_off")
        return "no", self._say("step_not_person" if person else "step_not_rule")

    def _step(self, kind: str, when: Element | str, what: str) -> Element:
        time = (
            when
            if isinstance(when, Element)
            else el("span", when, class_="when", dir="ltr" if when.startswith("+") else None)
        )
        return el("li", el("span", class_="dot"), time, el("span", what), class_=kind)

    def _since(self, ms: int) -> str:
        if ms < 50:
            return self._say("at_once")
        second, minute, hour = ("ث", "د", "س") if self._tongue.lang == "ar" else ("s", "min", "h")
        if ms >= 3_600_000:
            return f"+{ms // 3_600_000} {hour}"
        if ms >= 60_000:
            return f"+{ms // 60_000} {minute}"
        figure = f"{ms / 1000:.1f}"
        return f"+{figure if self._tongue.lang == 'en' else figure.replace('.', ',')} {second}"

    def _reason(self) -> Element | None:
        decision = self._s.decision
        if decision is None or self._s.face in ("shown", "approved"):
            return None
        if self._s.face == "waiting" and decision.code in ("approve_first", ""):
            return None
        if decision.by.startswith("person:"):
            why = decision.why.strip() or self._tongue.say("reason", "person")
        else:
            known = self._tongue.words["reason"]
            why = known.get(decision.code, known["rule"])
        answer = (
            self._say("answer", contact=self._contact)
            if self._contact
            else self._say("answer_spot")
        )
        return el(
            "div",
            el("strong", self._say("why")),
            el("p", why, dir="auto"),
            el("p", answer, class_="quiet") if self._s.face != "waiting" else None,
            class_="why",
        )

    def _correct(self, path: str, lang: str, post: Post) -> Element:
        kept = [
            el(
                "label",
                el("input", type="checkbox", name="keep", value=str(at), checked=True),
                self._say("keep_video" if media.type == "video" else "keep_photo", n=at + 1),
                class_="keep",
            )
            for at, media in enumerate(post.media)
        ]
        return el(
            "details",
            el("summary", icon("pen"), self._say("correct"), class_="button"),
            el(
                "form",
                el("label", self._tongue.say("page", "write"), class_="unseen", for_="text"),
                el("div", el("textarea", post.text if self._draft is None else self._draft,
                             id="text", name="text", rows=4, dir="auto",
                             maxlength=self._signs), class_="box"),
                *kept,
                el("p", self._say("correct_note" if self._is_read_again() else "correct_rule"),
                   class_="quiet"),
                el("button", self._say("save"), type="submit", class_="main"),
                method="post",
                action=f"{path}/edit{lang}",
            ),
            class_="correct",
            open=self._draft is not None,
        )  # fmt: skip

    # gone -----------------------------------------------------------------------------------------
    def _gone(self) -> tuple[Element | None, ...]:
        s, done = self._s, self._s.withdrawal
        lang = f"?lang={self._tongue.lang}"
        expired = any(step.by == "rule:retention" for step in s.steps)
        says = "expired" if expired else "erased" if s.erased else "erasing"
        lines: list[Element] = []
        if done is not None:
            told = self._say("screens_told", n=done.screens)
            lines = [
                self._line("check", self._say("screens"),
                           told if done.screens else self._say("screens_none")),
                self._line("check", self._say("files"), self._say("files_gone")),
            ]  # fmt: skip
        return (
            el("p", self._say(says), class_="lead"),
            el("ul", *lines, class_="lines") if lines else None,
            el("p", self._say("no_answer"), class_="quiet") if done is not None else None,
            el("span", class_="space"),
            el("a", self._say("another"), href=f"/p/{s.wall}{lang}", class_="button main"),
            el("a", icon("save"), self._say("proof"), href=f"/r/{self._word}/proof{lang}",
               download=True, class_="button"),
        )  # fmt: skip

    def _line(self, drawing: str, what: str, how: str) -> Element:
        return el("li", icon(drawing), el("span", what), el("span", how, class_="how"),
                  class_=drawing)  # fmt: skip


def unknown_page(tongue: Tongue, static: Static, word: str) -> bytes:
    """No post has this receipt, or not yet."""

    def say(name: str) -> str:
        return tongue.say("receipt", name)

    main = el(
        "main",
        el("h1", say("unknown")),
        el("p", say("unknown_why"), class_="lead"),
        data_receipt=word,
        data_face="unknown",
    )
    top = bar("parvis", languages(tongue, f"/r/{word}"))
    return whole(tongue, static, say("title"), "receipt", top, main)


def proof_of(standing: Standing, wall: Wall, tongue: Tongue, contact: str) -> str:
    """What the contributor keeps: that and when, never what."""
    lines = [
        f"{wall.title}: {tongue.say('receipt', 'number', number=number_of(standing.id))}",
        tongue.say("receipt", standing.face),
        "",
    ]
    for step in standing.steps:
        at = datetime.fromtimestamp(step.at_ms / 1000, UTC).isoformat(timespec="milliseconds")
        lines.append(" ".join(part for part in (at, step.event, step.state, step.by) if part))
    if standing.consent:
        lines += ["", standing.consent]
    if contact:
        lines += ["", tongue.say("notice", "who", contact=contact)]
    return "\n".join(lines) + "\n"


def _quoted(key: str) -> str:
    return quote(key, safe="")
