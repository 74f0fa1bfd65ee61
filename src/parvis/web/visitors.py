"""Handlers of the audience's pages: the form, the notice, receipts, one post to pass on."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from functools import partial
from urllib.parse import parse_qs, quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from parvis.core.errors import Later, Refused
from parvis.core.wall import SourceSpec
from parvis.flow.publish import NOTHING, bare, passed_on, policies_of
from parvis.flow.receipt import Receipts, Standing
from parvis.plug.door import Form, Invitation, Knock
from parvis.plug.manifest import Manifest
from parvis.plug.multipart import BadForm, parse
from parvis.plug.receipt_word import is_word
from parvis.web.entry import Entry, answer, read_body
from parvis.web.media import own_file
from parvis.web.pages.notice import notice_page
from parvis.web.pages.pages import page, patiently
from parvis.web.pages.phone import Asked, Written, phone_page
from parvis.web.pages.plain import sentence_page
from parvis.web.pages.receipt import Receipt, Turn, proof_of, unknown_page
from parvis.web.pages.share import share_page
from parvis.web.problem import Failed, problem
from parvis.web.room import Room
from parvis.web.snapshots import Held
from parvis.web.tongue import tongue_of
from parvis.web.words import words_of

TAG_SETTINGS = ("tag", "tags", "hashtag", "hashtags")
"""A source with one of these settings listens for what people post with a hashtag."""
MAX_EDIT = 32 * 1024
TOLD = ("saved", "same", "nothing_left", "closed")
"""What a correction can have come to, as its receipt says it."""
STAMP_MS = 24 * 3600 * 1000
_STAMP = re.compile(r"[0-9]{1,15}")
REFERRER = "same-origin"
"""No address of ours leaves, and a form still says that it came from here."""
CHOSEN = " blob:; media-src 'self' blob:"
"""What a visitor chose to send is shown to them before it goes."""


class Visitors:
    """The audience's pages of one room."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._receipts = Receipts(room.engine, room.road, room.clock, room.screens)

    def entries(self) -> list[Entry]:
        """What is served, for anyone: a receipt's word is the key to its own post alone."""
        receipt = "/r/{receipt}"
        return [
            Entry(
                method=method,
                path=path,
                handle=patiently(handle, self._room.static) if method == "GET" else handle,
                who="anyone",
            )
            for method, path, handle in (
                ("GET", "/p/{wall}", self.phone),
                ("POST", "/p/{wall}", self.spoken),
                ("GET", "/notice/{wall}", self.notice),
                ("GET", "/s/{wall}", self.share),
                ("GET", receipt, self.receipt),
                ("GET", f"{receipt}/media/{{which}}", self.media),
                ("GET", f"{receipt}/proof", self.proof),
                ("POST", f"{receipt}/edit", self.edit),
                ("POST", f"{receipt}/withdraw", self.withdraw),
            )
        ]

    # the form -------------------------------------------------------------------------------------
    async def phone(
        self,
        request: Request,
        says: Mapping[str, str] | None = None,
        status: int = 200,
        *,
        wall: str = "",
        written: Written | None = None,
        lang: str = "",
    ) -> Response:
        """The audience's page."""
        held = await self._room.snapshots.of(wall or request.path_params["wall"])
        if held is None:
            return self.nothing(request)
        face = held.snapshot.wall
        tongue = tongue_of(request, face.lang, lang)
        specs = await self._sources(face.wall)
        networks = [name for spec in specs if spec.enabled and (name := self._network(spec.plugin))]
        body = phone_page(
            held,
            self._room.static,
            tongue,
            asked=self._asked(specs, tongue.lang),
            forms=await self._forms(held),
            networks=list(dict.fromkeys(networks)),
            who=secrets.token_urlsafe(18),
            page=secrets.token_urlsafe(18),
            now_ms=self._room.clock(),
            done=request.query_params.get("done", "") if not says else "",
            says=says,
            written=written,
        )
        return page(request, body, status, referrer=REFERRER, media=CHOSEN)

    async def spoken(self, request: Request) -> Response:
        """The page in another language, with what stood in its form: for browsers without script.
        Consent is asked anew, because its words are others; no page can fill in a file field.
        """
        fields = await _fields(request)
        tongue = tongue_of(request)
        files = fields.get("photo") or fields.get("film")
        says = tongue.say("page", "file_again") if files else ""
        written = Written(says, fields.get("text", ""), fields.get("name", ""), well=True)
        return await self.phone(request, written=written)

    async def again(
        self, request: Request, source: str, knock: Knock, says: str, status: int
    ) -> Response:
        """A form without script that was refused: the page again, with what stood in it."""
        spec = self._room.collector.spec(source)
        fields: dict[str, str] = {}
        try:
            parts = parse(knock.headers.get("content-type", ""), knock.body)
            fields = {part.name: part.text for part in parts if part.file is None}
        except BadForm:
            pass
        stamp = fields.get("stamp", "")
        age_ms = self._room.clock() - int(stamp) if _STAMP.fullmatch(stamp) else -1
        written = Written(
            says,
            fields.get("text", ""),
            fields.get("name", ""),
            fields.get("consent") == "1",
            # who mends one thing and sends again at once has been here all the time
            stamp=stamp if 0 <= age_ms < STAMP_MS else "",
        )
        return await self.phone(
            request,
            status=status,
            wall=spec.wall if spec is not None else "",
            written=written,
            lang=fields.get("lang", ""),
        )

    def turned(self, request: Request, error: Exception) -> Response:
        """A form without script that was not even read: one sentence, with the way back."""
        tongue = tongue_of(request)
        status = error.status if isinstance(error, Failed) else 503
        wait_s = getattr(error, "retry_after_s", 0.0)
        if status == 413:
            says = tongue.say("page", "too_large")
        elif status in (429, 503) or isinstance(error, Later):
            says = tongue.say("page", "too_often", seconds=max(1, round(wait_s)))
        else:
            says = tongue.say("page", "no_send")
        body = sentence_page(says, tongue.lang, self._room.static)
        response = page(request, body, status)
        if wait_s:
            response.headers["retry-after"] = str(max(1, round(wait_s)))
        return response

    async def notice(self, request: Request) -> Response:
        """The privacy notice."""
        engine = self._room.engine
        wall = await engine.wall(request.path_params["wall"])
        if wall is None:
            return self.nothing(request)
        tongue = tongue_of(request, wall.lang)
        sources = [
            (_name(self._room.sources, spec.plugin, tongue.lang), spec)
            for spec in await engine.sources(wall.id)
        ]
        told = {
            _name(self._room.bridges, spec.plugin, tongue.lang)
            for spec in await engine.bridges(wall.id)
            if spec.enabled
        }
        formats = await engine.formats(wall.id)
        body = notice_page(
            wall, sources, formats, sorted(told), self._room.contact, self._room.static, tongue
        )
        return page(request, body, cache="no-cache")

    # receipts -------------------------------------------------------------------------------------
    async def receipt(self, request: Request) -> Response:
        """The receipt; as JSON it says only whether anything changed."""
        word, standing = await self._standing(request)
        if "application/json" in request.headers.get("accept", ""):
            if standing is None:
                return problem(404, "There is no post with this receipt.")
            turn = await self._turn(standing) if standing.face == "shown" else ""
            return answer({"face": standing.face, "rev": standing.rev, "turn": turn})
        sent = request.query_params.get("sent") == "1"
        told = request.query_params.get("told", "")
        return await self._receipt(request, word, standing, sent=sent, told=told)

    async def media(self, request: Request) -> Response:
        """A picture of one's own post, also while it waits."""
        _, standing = await self._standing(request)
        if standing is None or standing.post is None or self._room.media is None:
            return problem(404, "There is no such picture.")
        found = own_file(standing.post, str(request.path_params["which"]))
        if found is None:
            return problem(404, "There is no such picture.")
        response = await self._room.media.own(request, *found)
        response.headers["cache-control"] = "no-store"
        return response

    async def proof(self, request: Request) -> Response:
        """What the contributor keeps, as a text."""
        _, standing = await self._standing(request)
        wall = await self._room.engine.wall(standing.wall) if standing is not None else None
        if standing is None or wall is None:
            return problem(404, "There is no post with this receipt.")
        text = proof_of(standing, wall, tongue_of(request, wall.lang), self._room.contact)
        headers = {
            "cache-control": "no-store",
            "content-disposition": 'attachment; filename="receipt.txt"',
        }
        return Response(text, 200, headers, media_type="text/plain; charset=utf-8")

    async def edit(self, request: Request) -> Response:
        """The author's correction."""
        word, standing = await self._standing(request)
        fields = await _lists(request)
        keep = [int(each) for each in fields.get("keep", ()) if each in tuple("0123456789")]
        text = fields.get("text", [""])[-1]
        try:
            came_to = await self._receipts.edit(word, text, keep, self._may(request, standing))
        except Refused as refused:
            return await self._receipt(request, word, standing, says=str(refused), draft=text)
        if came_to in ("nothing_left", "closed"):
            return await self._receipt(request, word, standing, told=came_to, draft=text)
        return self._back(request, word, came_to if came_to != "gone" else "")

    async def withdraw(self, request: Request) -> Response:
        """Off every screen, for good."""
        word, standing = await self._standing(request)
        if standing is None:
            return await self._receipt(request, word, None)
        await self._receipts.withdraw(word)
        return self._back(request, word, "")

    async def _standing(self, request: Request) -> tuple[str, Standing | None]:
        word = str(request.path_params["receipt"])
        return word, await self._receipts.of(word) if is_word(word) else None

    async def _receipt(
        self,
        request: Request,
        word: str,
        standing: Standing | None,
        *,
        sent: bool = False,
        told: str = "",
        says: str = "",
        draft: str | None = None,
    ) -> Response:
        """The receipt; `draft` is what stood in a correction that was refused (422), and `says` or
        `told` why.
        """
        wall = await self._room.engine.wall(standing.wall) if standing is not None else None
        tongue = tongue_of(request, wall.lang if wall is not None else "en")
        static = self._room.static
        if standing is None or wall is None:
            shown = word if is_word(word) else ""
            return page(
                request, unknown_page(tongue, static, shown), 404, referrer=REFERRER, media=CHOSEN
            )
        if told in TOLD:
            says = told if told == "saved" else tongue.say("receipt", told)
        drawn = Receipt(standing, wall, word, tongue, self._room.contact, self._room.clock())
        may = self._may(request, standing)
        held = await self._room.snapshots.of(standing.wall)
        body = drawn.page(
            static,
            sent=sent,
            says=says,
            draft=draft,
            signs=may.signs if may is not None else None,
            turn=await self._turn(standing),
            votes=bool(held is not None and held.snapshot.formats),
        )
        status = 200 if draft is None else 422
        return page(request, body, status, referrer=REFERRER, media=CHOSEN)

    async def _turn(self, standing: Standing) -> Turn:
        """What is known of a post that is on the wall."""
        held = await self._room.snapshots.of(standing.wall) if standing.face == "shown" else None
        if held is None or standing.post is None:
            return "turn"
        if held.snapshot.wall.panic:
            return "covered"
        if all(card.post != standing.post.key for card in held.snapshot.cards):
            return "past"
        return "turn" if self._room.screens(standing.wall) else "alone"

    def _may(self, request: Request, standing: Standing | None) -> Invitation | None:
        """What the source of a post takes now."""
        source = self._room.collector.source(standing.source) if standing is not None else None
        return source.invitation(tongue_of(request).lang) if source is not None else None

    def _back(self, request: Request, word: str, told: str) -> Response:
        lang = tongue_of(request).lang
        more = f"&told={told}" if told else ""
        target = f"/r/{word}?lang={lang}{more}"
        return RedirectResponse(target, 303, {"cache-control": "no-store"})

    # one post -------------------------------------------------------------------------------------
    async def share(self, request: Request) -> Response:
        """One shown post, as far as its network and its rights let it be passed on."""
        held = await self._room.snapshots.of(request.path_params["wall"])
        if held is None:
            return self.nothing(request)
        face, key = held.snapshot.wall, request.query_params.get("post", "")
        tongue = tongue_of(request, face.lang)
        cards = await self._room.engine.cards(face.wall, [key]) if 0 < len(key) <= 512 else {}
        card = cards.get(key) if not face.panic else None
        if card is None:
            says = tongue.say("share", "gone")
            return page(request, sentence_page(says, tongue.lang, self._room.static), 404)
        policies = await policies_of(self._room.engine, face.wall, [key], self._room.policy)
        policy = policies.get(key, NOTHING)
        now_ms = self._room.clock()
        passed = await passed_on(self._room.engine, face.wall, card, policy, "embed", now_ms)
        base = self._room.public_url.rstrip("/") or request.scope["parvis.visitor"].origin
        address = f"{base}/s/{face.wall}?post={quote(key, safe='')}"
        body = share_page(passed or bare(card), face, tongue, self._room.static, address)
        return page(request, body, cache="no-store")

    # parts ----------------------------------------------------------------------------------------
    def nothing(self, request: Request) -> Response:
        """404 in the visitor's language."""
        tongue = tongue_of(request)
        says = words_of(tongue.lang).no_wall
        return page(request, sentence_page(says, tongue.lang, self._room.static), 404)

    async def _sources(self, wall: str) -> Sequence[SourceSpec]:
        """As declared; while the store is away, those that run here."""
        return await self._room.away.ask(
            partial(self._room.engine.sources, wall), lambda _: self._room.collector.specs(wall)
        )

    def _asked(self, specs: Sequence[SourceSpec], lang: str) -> Asked | None:
        """The first open source of the wall that invites visitors."""
        for spec in specs:
            source = self._room.collector.source(spec.id) if spec.enabled else None
            invitation = source.invitation(lang) if source is not None else None
            if invitation is not None:
                return Asked(spec.id, invitation)
        return None

    async def _forms(self, held: Held) -> dict[str, Form]:
        """The plain form of each format that has one now."""
        forms: dict[str, Form] = {}
        for face in held.snapshot.formats:
            format_ = self._room.formats.get(face.plugin)
            state = await self._room.away.ask(
                partial(self._room.engine.format_state, held.snapshot.wall.wall, face.format),
                _no_state,
            )
            if format_ is not None and state is not None:
                form = format_.form(state[0])
                if form is not None:
                    forms[face.format] = form
        return forms

    def _network(self, plugin: str) -> str:
        """The network's name where people post to a hashtag; '' for feeds and webhooks."""
        manifest = self._room.sources.get(plugin)
        if manifest is None or not any(each.name in TAG_SETTINGS for each in manifest.settings):
            return ""
        return manifest.name.en


async def _lists(request: Request) -> dict[str, list[str]]:
    """A url-encoded form; 422 for anything else."""
    try:
        raw = (await read_body(request, MAX_EDIT)).decode()
        return parse_qs(raw, keep_blank_values=True, max_num_fields=16)
    except ValueError as error:
        raise Failed(422, "The form is not what this address takes.") from error


async def _fields(request: Request) -> dict[str, str]:
    return {name: values[-1] for name, values in (await _lists(request)).items()}


def _no_state(why: Later) -> None:
    """Without the store nobody votes: no plain form."""


def _name(known: Mapping[str, Manifest], plugin: str, lang: str) -> str:
    """How people call the extension."""
    manifest = known.get(plugin)
    return str(getattr(manifest.name, lang, manifest.name.en)) if manifest is not None else plugin
