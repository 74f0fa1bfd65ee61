"""The Data API: https://developers.google.com/youtube/v3/docs (read 2026-11)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from html import escape
from typing import Any

from aiohttp import web

from parvis.sim.steer import Handler, answer
from parvis.sim.youtube.world import Json, World

WORLD = web.AppKey("world", World)
Query = dict[str, str]
AT_ONCE = 50


class Wrong(Exception):
    """An error in Google's shape."""

    def __init__(self, code: int, reason: str, message: str, domain: str = "youtube.api") -> None:
        super().__init__(message)
        self.code, self.reason, self.domain = code, reason, domain

    def told(self) -> web.Response:
        """The body that Google sends."""
        one = {"message": str(self), "domain": self.domain, "reason": self.reason}
        error: Json = {"code": self.code, "message": str(self), "errors": [one]}
        if self.reason == "badRequest" and "API key" in str(self):
            kind = "type.googleapis.com/google.rpc.ErrorInfo"
            detail = {"@type": kind, "reason": "API_KEY_INVALID", "domain": "googleapis.com"}
            error |= {"status": "INVALID_ARGUMENT", "details": [detail]}
        return answer({"error": error}, self.code)


def mount(app: web.Application) -> None:
    """Add the routes."""
    for resource, give in RESOURCES.items():
        app.router.add_get(f"/youtube/v3/{resource}", _counted(resource, give))


def _counted(resource: str, give: Callable[[World, Query], Json]) -> Handler:
    async def counted(request: web.Request) -> web.Response:
        world, query = request.app[WORLD], dict(request.query)
        world.asked.append(request.path_qs)
        try:
            _known(world, request.headers.get("X-Goog-Api-Key", query.get("key", "")))
            if not world.quota.takes(resource):
                raise _spent(resource)
            if refused := world.refusals.answer(resource, "rest"):
                return refused
            if "part" not in query:
                raise Wrong(400, "missingRequiredParameter", "No filter selected: part")
            return answer(give(world, query))
        except Wrong as wrong:
            return wrong.told()

    return counted


def _spent(resource: str) -> Wrong:
    if resource == "search":
        words = (
            "Quota exceeded for quota metric 'Search Queries' and limit 'Search Queries per day' of"
            " service 'youtube.googleapis.com' for consumer 'project_number:1'."
        )
        return Wrong(429, "rateLimitExceeded", words, "global")
    words = (
        "The request cannot be completed because you have exceeded your"
        ' <a href="/youtube/v3/getting-started#quota">quota</a>.'
    )
    return Wrong(403, "quotaExceeded", words, "youtube.quota")


def _known(world: World, key: str) -> None:
    if not key:
        words = "Method doesn't allow unregistered callers (callers without established identity)."
        raise Wrong(403, "forbidden", words, "global")
    if key != world.key:
        words = "API key not valid. Please pass a valid API key."
        raise Wrong(400, "badRequest", words, "global")


def search(world: World, query: Query) -> Json:
    """Loose, as the real one: the words of a hashtag are enough."""
    terms = [_plain(term) for term in query.get("q", "").split("|")]
    after = _moment(query.get("publishedAfter", "")) if "publishedAfter" in query else 0.0
    found = [
        (id_, video)
        for id_, video in reversed(world.videos.items())
        if video["status"]["privacyStatus"] == "public"
        and _moment(video["snippet"]["publishedAt"]) > after
        and any(term in _plain(_said(video)) for term in terms)
    ]
    items = [
        {
            "kind": "youtube#searchResult",
            "etag": f"s-{id_}",
            "id": {"kind": "youtube#video", "videoId": id_},
            "snippet": video["snippet"]
            | {
                # this one answer has them escaped and cut short
                "title": escape(video["snippet"]["title"]),
                "description": video["snippet"]["description"][:160],
                "publishTime": video["snippet"]["publishedAt"],
            },
        }
        for id_, video in found[: _most(query)]
    ]
    return _list("search", items, len(found))


def videos(world: World, query: Query) -> Json:
    """What is private or was deleted is left out; what is unlisted is not."""
    ids = _ids(query)
    found = [(id_, world.videos[id_]) for id_ in ids if id_ in world.videos]
    parts = query["part"].split(",")
    items = [
        {"kind": "youtube#video", "etag": f"v-{id_}", "id": id_}
        | {part: video[part] for part in parts if part in video}
        for id_, video in found
        if video["status"]["privacyStatus"] != "private"
    ]
    return _list("video", items)


def channels(world: World, query: Query) -> Json:
    """By id or by handle."""
    ids = _ids(query) if "id" in query else []
    name = query.get("forHandle", query.get("forUsername", "")).lower().removeprefix("@")
    if name:
        ids = [
            id_
            for id_, each in world.channels.items()
            if each["snippet"]["customUrl"] == f"@{name}"
        ]
    parts = query["part"].split(",")
    items = [
        {"kind": "youtube#channel", "etag": f"c-{id_}", "id": id_}
        | {part: world.channels[id_][part] for part in parts if part in world.channels[id_]}
        for id_ in ids
        if id_ in world.channels
    ]
    told = _list("channel", items)
    if not items:
        del told["items"]  # as the real one
    return told


def playlist_items(world: World, query: Query) -> Json:
    """The uploads of a channel, newest first."""
    channel = f"UC{query.get('playlistId', '')[2:]}"
    if channel not in world.channels:
        words = "The playlist identified with the request's playlistId cannot be found."
        raise Wrong(404, "playlistNotFound", words, "youtube.playlistItem")
    items = [
        {
            "kind": "youtube#playlistItem",
            "etag": f"p-{id_}",
            "id": f"UEx{id_}",
            "snippet": video["snippet"]
            | {"resourceId": {"kind": "youtube#video", "videoId": id_}, "position": place},
            "contentDetails": {
                "videoId": id_,
                "videoPublishedAt": video["snippet"]["publishedAt"],
            },
        }
        for place, (id_, video) in enumerate(reversed(world.videos.items()))
        if video["snippet"]["channelId"] == channel and video["status"]["privacyStatus"] == "public"
    ]
    return _list("playlistItem", items[: _most(query)], len(items))


def comment_threads(world: World, query: Query) -> Json:
    """The comments of a video, newest first."""
    video = query.get("videoId", "")
    if video not in world.videos:
        words = "The video identified by the videoId parameter could not be found."
        raise Wrong(404, "videoNotFound", words, "youtube.commentThread")
    if video in world.silent:
        words = "The video identified by the videoId parameter has disabled comments."
        raise Wrong(403, "commentsDisabled", words, "youtube.commentThread")
    items = [
        {
            "kind": "youtube#commentThread",
            "etag": f"t-{id_}",
            "id": id_,
            "snippet": {
                "videoId": video,
                "topLevelComment": _comment(id_, comment),
                "canReply": True,
                "totalReplyCount": 0,
                "isPublic": True,
            },
        }
        for id_, comment in reversed(world.comments.items())
        if comment["videoId"] == video
    ]
    return _list("commentThread", items[: _most(query, 100)], len(items))


def comments(world: World, query: Query) -> Json:
    """Comments by their ids."""
    found = [(id_, world.comments[id_]) for id_ in _ids(query) if id_ in world.comments]
    return _list("comment", [_comment(id_, each) for id_, each in found])


def chat(world: World, query: Query) -> Json:
    """A page of a live chat; whoever comes too soon is refused."""
    found = world.chats.get(query.get("liveChatId", ""))
    domain, token = "youtube.liveChat", query.get("pageToken", "")
    if found is None:
        words = "The live chat that you are trying to retrieve cannot be found."
        raise Wrong(404, "liveChatNotFound", words, domain)
    if found.is_early():
        words = "The request was sent too soon after the previous request."
        raise Wrong(403, "rateLimitExceeded", words, domain)
    if found.is_over(token):
        raise Wrong(403, "liveChatEnded", "The specified live chat is no longer live.", domain)
    most = int(query.get("maxResults", "500"))
    if not 200 <= most <= 2000:
        raise Wrong(400, "invalidParameter", "maxResults is 200 to 2000", domain)
    page = found.page(token, most, world.intervals)
    if page is None:
        raise Wrong(400, "pageTokenInvalid", "The specified page token is not valid.", domain)
    return page


def _comment(id_: str, comment: Json) -> Json:
    return {"kind": "youtube#comment", "etag": f"k-{id_}", "id": id_, "snippet": comment}


def _list(kind: str, items: list[Any], total: int | None = None) -> Json:
    many = len(items)
    return {
        "kind": f"youtube#{kind}ListResponse",
        "etag": f"{kind}-{many}",
        "pageInfo": {"totalResults": many if total is None else total, "resultsPerPage": many},
        "items": items,
    }


def _ids(query: Query) -> Iterable[str]:
    ids = list(filter(None, query.get("id", "").split(",")))
    if not ids:
        raise Wrong(400, "missingRequiredParameter", "No filter selected.")
    if len(ids) > AT_ONCE:
        raise Wrong(400, "invalidFilters", "The request has too many ids.")
    return ids


def _most(query: Query, at_most: int = AT_ONCE) -> int:
    return min(max(int(query.get("maxResults", "5")), 0), at_most)


def _said(video: Json) -> str:
    snippet = video["snippet"]
    return " ".join((snippet["title"], snippet["description"], *snippet["tags"]))


def _plain(words: str) -> str:
    return words.casefold().replace("#", "").replace('"', "")


def _moment(stamp: str) -> float:
    try:
        return datetime.fromisoformat(stamp).timestamp()
    except ValueError as error:
        raise Wrong(400, "invalidParameter", "publishedAfter is no RFC 3339 time") from error


RESOURCES: dict[str, Callable[[World, Query], Json]] = {
    "search": search,
    "videos": videos,
    "channels": channels,
    "playlistItems": playlist_items,
    "commentThreads": comment_threads,
    "comments": comments,
    "liveChat/messages": chat,
}
