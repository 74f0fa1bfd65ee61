"""Plain words written as the HTML that Mastodon makes of them."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import quote

TAG = re.compile(r"(?<![\w&/])#(\w+)")
_PARTS = re.compile(r"(https?://\S+)|(?<![\w&/])#(\w+)|(?<![\w/])@(\w+)(?:@([\w.:-]+))?")


def tags_of(words: str) -> list[str]:
    """The hashtags in `words`, each once."""
    return list(dict.fromkeys(TAG.findall(words)))


def mentions_of(words: str) -> list[tuple[str, str]]:
    """Who is mentioned in `words`, each once: name and host, '' for one of this server."""
    found = [(parts[2], parts[3] or "") for parts in _PARTS.findall(words) if parts[2]]
    return list(dict.fromkeys(found))


def as_html(words: str, base: str) -> str:
    """Paragraphs, line breaks, and links of three kinds; addresses are shortened as on the site."""
    paragraphs = [
        "<br />".join(_line(line, base) for line in paragraph.split("\n"))
        for paragraph in re.split(r"\n{2,}", words.strip())
    ]
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs if paragraph)


def _line(line: str, base: str) -> str:
    made, at = [], 0
    for found in _PARTS.finditer(line):
        made.append(escape(line[at : found.start()]))
        address, tag, name, host = found.groups()
        if address:
            made.append(_link(address))
        elif tag:
            made.append(
                f'<a href="{base}/tags/{quote(tag)}" class="mention hashtag" rel="tag">'
                f"#<span>{escape(tag)}</span></a>"
            )
        else:
            home = f"https://{host}" if host else base
            made.append(
                f'<span class="h-card" translate="no"><a href="{home}/@{name}" class="u-url'
                f' mention">@<span>{name}</span></a></span>'
            )
        at = found.end()
    return "".join([*made, escape(line[at:])])


def _link(address: str) -> str:
    scheme, rest = re.match(r"(https?://(?:www\.)?)(.*)", address).groups()  # type: ignore[union-attr]
    shown, hidden = rest[:30], rest[30:]
    shape = "ellipsis" if hidden else ""
    return (
        f'<a href="{escape(address)}" target="_blank" rel="nofollow noopener" translate="no">'
        f'<span class="invisible">{scheme}</span><span class="{shape}">{escape(shown)}</span>'
        f'<span class="invisible">{escape(hidden)}</span></a>'
    )
