"""Push notifications: https://developers.google.com/youtube/v3/guides/push_notifications (read
2026-11). A subscription has a channel; what is pushed names one video.
"""

from __future__ import annotations

from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from aiohttp import web

from parvis.sim.youtube.rest import WORLD
from parvis.sim.youtube.world import World

TOPIC = "https://www.youtube.com/xml/feeds/videos.xml?channel_id="


async def subscribe(request: web.Request) -> web.Response:
    """Takes a wish to subscribe."""
    world = request.app[WORLD]
    form = {name: each[0] for name, each in parse_qs((await request.read()).decode()).items()}
    status, words = world.hub.subscribe(
        form, lambda topic: topic.startswith(TOPIC) and topic[len(TOPIC) :] in world.channels
    )
    return web.Response(status=status, text=words)


def tell(world: World, video: str, base: str) -> None:
    """A video came up, or has another title."""
    snippet = world.videos[video]["snippet"]
    _push(world, snippet["channelId"], _entry(video, snippet), base)


def tell_deletion(world: World, video: str, channel: str, base: str) -> None:
    """Seen in the wild, promised nowhere."""
    entry = (
        '<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0"'
        f' ref="yt:video:{video}"'
        f' when="{world.at()}"><link href="https://www.youtube.com/watch?v={video}"/>'
        f"<at:by><uri>https://www.youtube.com/channel/{channel}</uri></at:by></at:deleted-entry>"
    )
    _push(world, channel, entry, base)


def _push(world: World, channel: str, entry: str, base: str) -> None:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015"'
        ' xmlns="http://www.w3.org/2005/Atom"><link rel="hub" href="https://pubsubhubbub.appspot.com"/>'
        f'<link rel="self" href="{TOPIC}{channel}"/><title>YouTube video feed</title>{entry}</feed>'
    ).encode()

    def content(topic: str) -> tuple[bytes, str] | None:
        return (body, "application/atom+xml") if topic == TOPIC + channel else None

    world.hub.later(world.hub.push(f"{base}/subscribe", content))


def _entry(video: str, snippet: dict[str, str]) -> str:
    return (
        f"<entry><id>yt:video:{video}</id><yt:videoId>{video}</yt:videoId>"
        f"<yt:channelId>{snippet['channelId']}</yt:channelId><title>{escape(snippet['title'])}</title>"
        f'<link rel="alternate" href="https://www.youtube.com/watch?v={video}"/>'
        f"<published>{snippet['publishedAt']}</published></entry>"
    )
