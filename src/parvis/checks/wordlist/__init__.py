"""Word lists: whole words, however disguised, that a wall rejects or holds for a person."""

from __future__ import annotations

from parvis.checks.wordlist.lexicon import Hit, find_hits, own, published
from parvis.core.post import Post
from parvis.core.verdict import Span, Verdict
from parvis.plug.check import Around, Check

MAX_SPANS = 50


def open_check() -> Check:
    """The check."""
    return Wordlist()


class Wordlist(Check):
    """Looks at the text, the author's name and the texts of pictures."""

    version = "1.0.0"

    def judge(self, post: Post, around: Around) -> Verdict:
        """The worst hit decides; spans point at every hit in the text."""
        policy = around.policy
        named = [(name, published(name)) for name in policy.wordlists]
        lexicons = [lexicon for _, lexicon in named if lexicon is not None]
        lexicons.append(own(policy.words, policy.allow_words))
        hits = find_hits(post.text, lexicons)
        beside = [
            (where, hit) for where, text in _beside(post) for hit in find_hits(text, lexicons)
        ]
        unknown = [name for name, lexicon in named if lexicon is None]
        if not hits and not beside:
            return self._nothing(policy.wordlists, unknown)
        where, worst = min(
            [("the text", hit) for hit in hits] + beside,
            key=lambda each: each[1].entry.severity != "reject",
        )
        return Verdict(
            check="wordlist",
            version=self.version,
            outcome=worst.entry.severity or "hold",
            because=_said(worst, where),
            code=f"wordlist.{worst.entry.category}",
            score=1.0,
            spans=tuple(dict.fromkeys(Span(hit.start, hit.end) for hit in hits[:MAX_SPANS])),
        )

    def _nothing(self, names: tuple[str, ...], unknown: list[str]) -> Verdict:
        said = f"No word of the lists ({', '.join((*names, 'own'))}) is in it."
        if unknown:
            said += f" There is no list {', '.join(unknown)}."
        return Verdict("wordlist", self.version, "pass", said, "wordlist.none")


def _beside(post: Post) -> list[tuple[str, str]]:
    told = [("the text of a picture", media.alt) for media in post.media if media.alt]
    if post.sensitivity.spoiler:
        told.append(("the warning", post.sensitivity.spoiler))
    if post.author is not None:
        told.append(("the author's name", post.author.name))
        told.append(("the author's handle", post.author.handle))
    return told


LANGUAGES = {"en": "English", "fr": "French"}


def _said(hit: Hit, where: str) -> str:
    entry = hit.entry
    if entry.list == "own":
        return f"This wall's own list has “{entry.said}”, found in {where}."
    named = LANGUAGES.get(entry.list, entry.list)
    return f"The {named} word list ({entry.category}) has “{entry.said}”, found in {where}."
