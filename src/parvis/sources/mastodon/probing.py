"""What the server says of what we ask for, in one sentence."""

from __future__ import annotations

from datetime import UTC, datetime

from parvis.core.errors import Later, Refused
from parvis.plug import hashtags
from parvis.plug.fields import Fields, decode, moment_ms, table, text
from parvis.plug.plain import one_line
from parvis.plug.source import Probe
from parvis.sources.mastodon.asking import Asking, Target
from parvis.sources.mastodon.rest import PAGE, Rest


async def look(rest: Rest, asking: Asking, now_ms: int) -> Probe:
    """Never raises `Refused` or `Later`: they are what it says."""
    try:
        instance = await rest.instance()
        finds = [await _find(rest, asking, target) for target in asking.targets]
    except (Refused, Later) as error:
        return Probe(ok=False, says=str(error))
    found = sum(count for count, _, _ in finds)
    since_ms = min((oldest for count, oldest, _ in finds if count and oldest), default=now_ms)
    parts, nearest = [], ""
    for target, (count, _, latest) in zip(asking.targets, finds, strict=True):
        what = target.label
        if count:
            posts = "post" if count == 1 else "posts"
            of = what if target.mentions else f"{posts} of {what}"
            # a full page says nothing of what lies behind it
            many = f"at least {count}" if count >= min(asking.limit, PAGE) else f"{count}"
            parts.append(f"{many} {of}, the latest of {_day(latest)}")
            continue
        near = await _nearest(rest, target.tag) if target.tag else ""
        nearest = nearest or near
        parts.append(f"no {what}" if target.mentions else _nothing(what, near, instance))
    name = one_line(text(instance, "title"), 60) or "server"
    version = one_line(text(instance, "version"), 40)
    says = f"{asking.host} ({name} {version}) has {'; '.join(parts)}."
    if not found:
        says = f"{says[:-1]}; we listen since {_day(now_ms)}."
    return Probe(ok=True, says=says, nearest=nearest, found=found, since_ms=since_ms)


async def _find(rest: Rest, asking: Asking, target: Target) -> tuple[int, int, int]:
    """How many posts the look-back holds, and when the oldest and latest were written."""
    answer = await rest.timeline(target, limit=asking.limit)
    value = decode(answer.raw.body)
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    times = [at for row in rows if (at := moment_ms(row, "created_at"))]
    return len(answer.ids), min(times, default=0), max(times, default=0)


async def _nearest(rest: Rest, tag: str) -> str:
    return one_line(hashtags.nearest(tag, await rest.known_tags(tag)), 100)


def _nothing(what: str, near: str, instance: Fields) -> str:
    access = table(table(table(instance, "configuration"), "timelines_access"), "hashtag_feeds")
    if what.startswith("#") and "disabled" in (text(access, "local"), text(access, "remote")):
        return f"no post of {what}, because it has switched hashtag lists off; ask another server"
    hint = f" (the nearest hashtag it knows is #{near})" if near else ""
    return f"no post of {what} among all that it has kept{hint}"


def _day(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
