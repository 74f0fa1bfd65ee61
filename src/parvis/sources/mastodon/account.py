"""Who wrote a status, and what their profile asks of collectors."""

from __future__ import annotations

import re

from parvis.core.post import Author
from parvis.plug.address import host_of, safe_href
from parvis.plug.fields import Fields, rows, text, whole
from parvis.plug.plain import one_line

NETWORK = "mastodon"
FLAGS = ("noindex", "nobot", "indexable", "discoverable")

_ASKED = re.compile(r"#(?:<span>)?(nobots?|noindex|nosearch)\b", re.IGNORECASE)
_NAME = re.compile(r"[\w.-]{1,100}")


def read_author(account: Fields, server: str) -> Author | None:
    """The author, or None where the account cannot be told apart; `server` is who told us."""
    name = text(account, "username")
    url = safe_href(text(account, "url") or text(account, "uri"))
    acct = text(account, "acct")
    host = host_of(url) or (acct.partition("@")[2] if _NAME.fullmatch(acct) else "") or server
    if not _NAME.fullmatch(name):
        return None
    handle = acct if _NAME.fullmatch(acct.replace("@", "", 1)) and "@" in acct else f"{name}@{host}"
    return Author(
        key=f"{NETWORK}:{host}:{name.lower()}",
        handle=f"@{handle}",
        name=_shown_name(account) or name,
        url=url,
        avatar=_avatar(account),
        bot=account.get("bot") is True,
        followers=whole(account, "followers_count"),
        opt_outs=tuple(opt_outs(account)),
    )


def opt_outs(account: Fields) -> dict[str, str]:
    """What the profile asks: our name of the flag → as the network spells it."""
    found: dict[str, str] = {}
    if account.get("noindex") is True:
        found["noindex"] = "noindex: true"
    for match in _ASKED.finditer(text(account, "note")[:20_000]):
        word = match[1].lower()
        found.setdefault("nobot" if word.startswith("nobot") else "noindex", f"#{word}")
    for flag in ("indexable", "discoverable"):
        if account.get(flag) is False:
            found[flag] = f"{flag}: false"
    return found


def emojis_of(fields: Fields) -> dict[str, str]:
    """Shortcode → address of the image that stands still."""
    return {
        text(row, "shortcode"): text(row, "static_url") or text(row, "url")
        for row in rows(fields, "emojis")[:200]
        if text(row, "shortcode")
    }


def _shown_name(account: Fields) -> str:
    # custom emoji in names are ornaments that only the network's own pages draw
    name = text(account, "display_name")[:500]
    for code in emojis_of(account):
        name = name.replace(f":{code}:", " ")
    return one_line(name, 80)


def _avatar(account: Fields) -> str:
    url = safe_href(text(account, "avatar_static") or text(account, "avatar"))
    return "" if url.endswith("/avatars/original/missing.png") else url
