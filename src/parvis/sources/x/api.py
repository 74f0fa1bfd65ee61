"""What is asked of the network: searches, single posts, who somebody is, rules, and the stream.

docs.x.com/x-api (OpenAPI 2.167, read 2026-11). An App's bearer token opens all of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final, NamedTuple

from parvis.core.errors import Later, Refused
from parvis.plug.fields import Fields, decode, ident, rows, table, text
from parvis.plug.http import Http, Reply, Stream

AT_ONCE: Final = 100
"""The most posts of one request."""
FEWEST: Final = 10
"""A search gives no fewer."""
SILENCE_S: Final = 21.0
"""There is a sign of life at least every 20 seconds; the second more is for the road."""
CAPPED_S: Final = 3600.0
_MOST_RULE_PAGES: Final = 5
_ERRORS: Final = tuple(range(400, 600))
_REST_ERRORS: Final = (400, 401, 402, 403, 404)
_EXPANDED: Final = "author_id,attachments.media_keys"
_REPOSTED: Final = (
    "referenced_tweets.id,referenced_tweets.id.author_id,"
    "referenced_tweets.id.attachments.media_keys"
)


class Rule(NamedTuple):
    """One of the account's, whoever made it."""

    id: str
    value: str
    tag: str


class Api:
    """One account."""

    def __init__(self, http: Http, server: str, token: str, *, reposts: bool) -> None:
        self._http = http
        self._server = server
        self._token = token
        self.headers: Mapping[str, str] = {}
        """Of the last answer to a search."""
        self._fields = {
            "tweet.fields": "attachments,created_at,entities,in_reply_to_user_id,lang,note_tweet,"
            "possibly_sensitive,public_metrics,referenced_tweets,withheld",
            "expansions": f"{_EXPANDED},{_REPOSTED}" if reposts else _EXPANDED,
            "media.fields": "alt_text,duration_ms,height,preview_image_url,type,url,variants,width",
            "user.fields": "profile_image_url,protected,public_metrics",
        }

    async def search(
        self, query: str, *, many: int, since_id: str = "", next_token: str = ""
    ) -> tuple[bytes, Fields]:
        """One page, the newest first."""
        params = {**self._fields, "query": query, "max_results": str(many)}
        if since_id:
            params["since_id"] = since_id
        if next_token:
            params["next_token"] = next_token
        reply = await self._get("/2/tweets/search/recent", params)
        self.headers = reply.headers
        found = _object(reply.body)
        if "data" not in found and "meta" not in found:
            raise Later("X answered a search without a result.")
        return reply.body, found

    async def posts(self, ids: Sequence[str]) -> tuple[bytes, Fields]:
        """These posts as they are now."""
        reply = await self._get("/2/tweets", {**self._fields, "ids": ",".join(ids)})
        found = _object(reply.body)
        if "data" not in found and "errors" not in found:
            raise Later("X answered without posts.")
        return reply.body, found

    async def nobody(self, handles: Sequence[str]) -> tuple[str, ...]:
        """Which of these nobody has."""
        reply = await self._get("/2/users/by", {"usernames": ",".join(handles)})
        found = _object(reply.body)
        if "data" not in found and "errors" not in found:
            raise Later("X answered without accounts.")
        there = {text(row, "username").casefold() for row in rows(found, "data")}
        return tuple(each for each in handles if each.casefold() not in there)

    async def rules(self) -> tuple[Rule, ...]:
        """All of the account."""
        found: list[Rule] = []
        params: dict[str, str] = {}
        for _ in range(_MOST_RULE_PAGES):
            said = _object((await self._get("/2/tweets/search/stream/rules", params)).body)
            if "data" not in said and "meta" not in said:
                raise Later("X answered without the stream's rules.")
            found += [
                Rule(ident(row), text(row, "value"), text(row, "tag")) for row in rows(said, "data")
            ]
            token = text(table(said, "meta"), "next_token")
            if not token:
                break
            params = {"pagination_token": token}
        return tuple(found)

    async def change_rules(
        self, tag: str, add: Sequence[str] = (), delete: Sequence[str] = ()
    ) -> None:
        """Adds or deletes, one of the two; raises `Refused` for a rule that is not taken."""
        body: dict[str, object] = (
            {"add": [{"value": value, "tag": tag} for value in add]}
            if add
            else {"delete": {"ids": list(delete)}}
        )
        reply = await self._http.post(
            f"{self._server}/2/tweets/search/stream/rules",
            json=body,
            bearer=self._token,
            accept=("application/json",),
            allow=_REST_ERRORS,
        )
        said = _object(reply.body)
        for problem in rows(said, "errors"):
            kind = _kind(problem)
            if kind == "rule-cap":
                raise Refused(
                    "The X account has as many stream rules as it may; delete some in the program"
                    " that made them, or ask for less here."
                )
            if kind == "invalid-rules":
                value = text(problem, "value")[:80]
                raise Refused(
                    f"X does not understand the rule {value!r}; check tags, accounts, mentions and"
                    " words of this source."
                )
            if kind != "duplicate-rules":
                raise trouble(reply.status if reply.status >= 400 else 400, problem)
        if reply.status >= 400 and not rows(said, "errors"):
            raise trouble(reply.status, said)

    def stream(self, silence_s: float) -> AbstractAsyncContextManager[Stream]:
        """Opens it; errors are handed over as they are."""
        return self._http.stream(
            f"{self._server}/2/tweets/search/stream",
            params=self._fields,
            bearer=self._token,
            idle_s=silence_s,
            allow=_ERRORS,
        )

    async def _get(self, path: str, params: Mapping[str, str]) -> Reply:
        reply = await self._http.get(
            f"{self._server}{path}",
            params=params,
            bearer=self._token,
            accept=("application/json",),
            allow=_REST_ERRORS,
        )
        if reply.status >= 400:
            raise trouble(reply.status, _object(reply.body))
        return reply


def trouble(status: int, problem: Fields, wait_s: float = 0.0) -> Refused | Later:
    """What an error means, and how to mend it (response-codes-and-errors, read 2026-11)."""
    kind = _kind(problem) or next((_kind(each) for each in rows(problem, "errors")), "")
    if kind == "usage-capped" or "UsageCap" in text(problem, "title"):
        return Later(
            "X says that this account has read all the posts that its plan allows this month; raise"
            " the limit at console.x.com or wait for the next month.",
            max(wait_s, CAPPED_S),
        )
    if status == 402 or kind == "credits":
        return Later("The X account has no credits left; buy some at console.x.com.", wait_s)
    if status == 401:
        return Refused(
            "X does not accept the bearer token (401); copy the App's Bearer Token from"
            " console.x.com into this source's credential token."
        )
    if status == 403:
        return Refused(
            "X does not let this App read posts (403); put it into a Project with pay-per-use"
            " access at console.x.com."
        )
    if status == 429:
        return Later("X asks us to slow down (429).", wait_s)
    if status >= 500 or status == 409:
        return Later(f"X has trouble answering ({status}).", wait_s)
    return Refused(
        f"X does not accept what we ask ({status}); check tags, accounts, mentions and words of"
        " this source."
    )


def _kind(problem: Fields) -> str:
    """The last part of a problem's address, such as `rule-cap`."""
    return text(problem, "type").rpartition("/problems/")[2]


def _object(body: bytes) -> Fields:
    try:
        value = decode(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
