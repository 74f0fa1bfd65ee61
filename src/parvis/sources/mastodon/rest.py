"""The REST half: timelines from a cursor on, single statuses, what the server says of itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import NamedTuple

from parvis.core.errors import Later, Refused
from parvis.core.post import Raw
from parvis.plug.cursor import age, newer
from parvis.plug.fields import Fields, decode, ident, table, text
from parvis.plug.http import Http, Reply
from parvis.plug.plain import one_line
from parvis.sources.mastodon.asking import Asking, Target
from parvis.sources.mastodon.read import GONE, NOTIFICATIONS

PAGE = 40
JSON = ("application/json",)
_SAID = (400, 401, 403, 404, 405, 406, 410, 422)


class Look(NamedTuple):
    """One answer of a list: the raw, the ids of its rows, and the ids of their statuses."""

    raw: Raw
    ids: tuple[str, ...]
    statuses: tuple[str, ...]

    @property
    def newest(self) -> str:
        """The id given last, or ''."""
        return max(self.ids, key=age, default="")

    @property
    def oldest(self) -> str:
        """The id given first, or ''."""
        return min(self.ids, key=age, default="")


class Rest:
    """Asks one server. Every method raises `Refused` and `Later` in sentences of our own."""

    def __init__(self, http: Http, asking: Asking, token: str) -> None:
        self._http = http
        self._asking = asking
        self._token = token
        self._accounts: dict[str, str] = {}
        self.in_batches = True
        """Whether the server is believed to tell of several statuses in one answer."""
        self.headers: Mapping[str, str] = {}

    async def timeline(self, target: Target, *, limit: int, min_id: str = "") -> Look:
        """The newest statuses, or with `min_id` those right after it."""
        params = [("limit", str(limit))]
        if min_id:
            params.append(("min_id", min_id))
        if target.tag:
            url = self._asking.path(target.tag)
            params += self._asking.filters()
        elif target.mentions:
            url = f"{self._asking.base}/api/v1/notifications"
            params.append(("types[]", "mention"))
        else:
            account = await self._account(target.account)
            url = f"{self._asking.base}/api/v1/accounts/{account}/statuses"
            params.append(("exclude_reblogs", "true"))
        reply = await self._get(url, params)
        if reply.status != 200:
            raise self._closed(reply, target)
        try:
            value = decode(reply.body)
        except ValueError as error:
            raise Later(f"{self._asking.host} answered with JSON that cannot be read.") from error
        if not isinstance(value, list):
            raise Refused(
                f"{self._asking.host} answered no list of posts; is it a Mastodon server?"
            )
        rows = [row for row in value if isinstance(row, dict) and ident(row)]
        ids = tuple(ident(row) for row in rows)
        kind = NOTIFICATIONS if target.mentions else ""
        of = tuple(ident(table(row, "status")) for row in rows) if target.mentions else ids
        return Look(Raw(body=reply.body, content_type=JSON[0], url=reply.url, kind=kind), ids, of)

    async def catch_up(self, target: Target, since: str) -> AsyncIterator[Look]:
        """Everything after the id `since`, oldest page first, the newest page last.

        The newest page also brings edits and late arrivals; without `since` it comes alone.
        """
        first = await self.timeline(target, limit=PAGE if since else self._asking.limit)
        reached = not since or not first.ids or not newer(first.oldest, since)
        while not reached:
            look = await self.timeline(target, limit=PAGE, min_id=since)
            if not look.newest or not newer(look.newest, since):
                break
            since = look.newest
            reached = not newer(first.oldest, since)
            yield look
        yield first

    async def statuses(self, ids: Sequence[str]) -> AsyncIterator[Raw]:
        """The statuses as they are now, asked after in one request where the server can (4.3 on).

        What such an answer leaves out is asked after by itself before it is believed to be gone.
        """
        left, several = list(ids), self.in_batches
        if self.in_batches and len(left) > 1:
            url = f"{self._asking.base}/api/v1/statuses"
            reply = await self._get(url, [("id[]", id_) for id_ in left])
            if reply.status in (401, 403):
                raise self._unwelcome()
            found = _ids(reply) if reply.status == 200 else None
            several = found is not None
            if found:
                left = [id_ for id_ in left if id_ not in found]
                yield Raw(body=reply.body, content_type=JSON[0], url=reply.url)
        for id_ in left:
            raw = await self.status(id_)
            self.in_batches = several  # it does answer, though not for several at once
            if raw is not None:
                yield raw

    async def status(self, id_: str) -> Raw | None:
        """The status as it is now, a raw of kind `gone`, or None when the server will not say."""
        reply = await self._get(f"{self._asking.base}/api/v1/statuses/{id_}", [])
        if reply.status in (404, 410):
            if not self._object(reply):
                # a parked address or a broken proxy says 404 to everything
                raise Later(
                    f"{self._asking.host} answers {reply.status}, but not as a Mastodon server"
                    " does; nothing is concluded from it."
                )
            return Raw(body=id_.encode(), kind=GONE, url=reply.url)
        if reply.status in (401, 403):
            raise self._unwelcome()
        if reply.status != 200:
            return None
        return Raw(body=reply.body, content_type=JSON[0], url=reply.url)

    async def instance(self) -> Fields:
        """What the server says of itself; raises `Refused` when it is no server of this kind."""
        for path in ("/api/v2/instance", "/api/v1/instance"):
            reply = await self._get(f"{self._asking.base}{path}", [])
            if reply.status == 200:
                return self._object(reply)
            if reply.status == 401:
                raise self._unwelcome()
        raise Refused(
            f"{self._asking.host} is no Mastodon server (it has no /api/v1/instance);"
            " correct the setting server."
        )

    async def known_tags(self, tag: str) -> list[str]:
        """Hashtags that the server knows and that look like `tag`, best first; none on failure."""
        names: list[str] = []
        asked = [
            ("/api/v2/search", [("q", tag), ("type", "hashtags"), ("limit", "10")]),
            ("/api/v1/trends/tags", [("limit", "20")]),
        ]
        for path, params in asked:
            try:
                reply = await self._get(f"{self._asking.base}{path}", params)
                value = decode(reply.body) if reply.status == 200 else None
            except (Refused, Later, ValueError):
                continue
            found = value.get("hashtags") if isinstance(value, dict) else value
            if isinstance(found, list):
                names += [text(row, "name") for row in found if isinstance(row, dict)]
        return [name for name in names if name]

    async def _account(self, account: str) -> str:
        if account not in self._accounts:
            url = f"{self._asking.base}/api/v1/accounts/lookup"
            reply = await self._get(url, [("acct", account)])
            id_ = ident(self._object(reply)) if reply.status == 200 else ""
            if not id_:
                raise (
                    self._unwelcome()
                    if reply.status in (401, 403)
                    else Refused(
                        f"{self._asking.host} knows no account {account}; check its spelling,"
                        " or follow it once from that server."
                    )
                )
            self._accounts[account] = id_
        return self._accounts[account]

    async def _get(self, url: str, params: list[tuple[str, str]]) -> Reply:
        reply = await self._http.get(
            url, params=params, bearer=self._token, accept=JSON, allow=_SAID
        )
        self.headers = reply.headers
        return reply

    def _object(self, reply: Reply) -> Fields:
        try:
            value = decode(reply.body)
        except ValueError as error:
            raise Later(f"{self._asking.host} answered with JSON that cannot be read.") from error
        return value if isinstance(value, dict) else {}

    def outside_scopes(self) -> Refused:
        """The token may not read what mentions its account."""
        return Refused(
            f"{self._asking.host} does not let the token read notifications, so mentions cannot be"
            f" collected; create one at {self._asking.settings_page} (scope read, or read:statuses"
            " and read:notifications) and set it as this source's credential token."
        )

    def _unwelcome(self) -> Refused:
        if self._token:
            return Refused(
                f"{self._asking.host} does not accept the token; create a new one at"
                f" {self._asking.settings_page} and set it as this source's credential token."
            )
        return Refused(
            f"{self._asking.host} shows its posts to its own accounts only; create a token at"
            f" {self._asking.settings_page} (scope read) and set it as this source's"
            " credential token."
        )

    def _closed(self, reply: Reply, target: Target) -> Refused:
        host, what = self._asking.host, target.label
        if reply.status == 403 and target.mentions:
            return self.outside_scopes()
        if reply.status in (401, 403):
            return self._unwelcome()
        said = self._said(reply)
        if reply.status in (400, 422):
            return Refused(f"{host} does not accept {what}{said}; correct the settings.")
        return Refused(
            f"{host} has no list of posts for {what} ({reply.status}{said}); is it a Mastodon"
            " server, and is the name right?"
        )

    def _said(self, reply: Reply) -> str:
        try:
            value = decode(reply.body)
        except ValueError:
            return ""
        said = one_line(text(value, "error"), 120) if isinstance(value, dict) else ""
        return f": {said.rstrip('.')}" if said else ""


def _ids(reply: Reply) -> frozenset[str] | None:
    """Ids of the statuses in a list, or None for what is no list."""
    try:
        value = decode(reply.body)
    except ValueError:
        return None
    if not isinstance(value, list):
        return None
    return frozenset(ident(row) for row in value if isinstance(row, dict))
