"""The form of the phone page, read and checked before anything is decoded."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import msgspec

from parvis.core.errors import Refused
from parvis.plug.door import Consent
from parvis.plug.multipart import BadForm, Part, parse
from parvis.plug.plain import clean
from parvis.plug.receipt_word import is_word, word_for
from parvis.sources.phone.sent import MAX_CONSENT
from parvis.sources.phone.speech import CONSENT_VERSION, WORDS, language_of, say

LEAST_MS = 1_500
OLDEST_MS = 3 * 24 * 3600 * 1000
"""A phone may have been out of reach for long; what it wrote then still counts."""
STEP_MS = 60_000
MAX_PICTURE = 12 * 1024 * 1024
MAX_FILM = 16 * 1024 * 1024
MAX_BYTES = 26 * 1024 * 1024
MEGABYTE = 1024 * 1024


class Turned(Exception):
    """The form cannot be taken; the text is one sentence in the visitor's language."""

    def __init__(self, lang: str, what: str, status: int = 422, **values: object) -> None:
        super().__init__(say(lang, what, **values))
        self.status = status


class Filled(msgspec.Struct, frozen=True):
    """A form that may be taken; `word` is its receipt, `shown` the mark of the words of consent
    that stood on it.
    """

    word: str
    text: str
    name: str
    lang: str
    who: str
    written_ms: int
    pictures: tuple[bytes | memoryview, ...]
    film: bytes | memoryview
    poster: bytes | memoryview
    shown: str = ""
    mark: str = ""
    """Of everything that was sent: a double tap has the same."""


class Terms(msgspec.Struct, frozen=True):
    """What this wall takes."""

    signs: int
    pictures: int
    video: bool


def read_form(content_type: str, body: bytes, terms: Terms, now_ms: int, asked: str) -> Filled:
    """The form; raises `Turned`. `asked` is the language to speak while it cannot be read."""
    try:
        parts = parse(content_type, body)
    except BadForm:
        raise Turned(language_of(asked), "form", 400) from None
    fields = {part.name: part.text for part in parts if part.file is None}
    lang = language_of(fields.get("lang", asked))
    _check_person(fields, lang, now_ms)
    if fields.get("consent") != "1":
        raise Turned(lang, "consent")
    text = clean(fields.get("text", "")).strip()
    if len(text) > terms.signs:
        raise Turned(lang, "signs", has=len(text), most=terms.signs)
    pictures = _files(parts, "photo")
    films, posters = _files(parts, "film"), _files(parts, "poster")
    _check_files(pictures, films, posters, terms, lang)
    if not (text or pictures or films):
        raise Turned(lang, "empty")
    page = fields.get("page", "")
    word = fields.get("receipt", "")
    if not is_word(word):
        if not is_word(page):
            raise Turned(lang, "old")
        word = word_for(page, text.encode(), *pictures, *films)
    return Filled(
        word=word,
        text=text,
        name=fields.get("name", ""),
        lang=lang,
        who=fields.get("who", "") or page,
        written_ms=_written(fields.get("written", ""), now_ms),
        pictures=tuple(pictures),
        film=films[0] if films else b"",
        poster=posters[0] if posters else b"",
        shown=fields.get("shown", ""),
        mark=word_for("", text.encode(), *pictures, *films),
    )


def own_words(given: dict[str, object]) -> dict[str, str]:
    """The wall's own words of consent by language; raises `Refused` for what no post could keep."""
    for lang, text in given.items():
        if not isinstance(text, str) or len(text.strip()) > MAX_CONSENT:
            raise Refused(
                f"The setting consent has for {lang!r} no text of at most {MAX_CONSENT} characters;"
                " shorten it, and link to the rest from your own page."
            )
    return {lang: str(text).strip() for lang, text in given.items()}


def consent_of(own: dict[str, str], age: int, lang: str) -> Consent:
    """The words of consent in the visitor's language; ours where the wall has none of its own."""
    lang = language_of(lang)
    given = own.get(lang, "")
    text = given or WORDS[lang].consent
    version = f"own-{sha256(given.encode()).hexdigest()[:10]}" if given else CONSENT_VERSION
    return Consent(version, lang, text, WORDS[lang].age.format(age=age) if age else "")


def _check_person(fields: dict[str, str], lang: str, now_ms: int) -> None:
    """A field that people do not see stays empty, and nobody writes within a second and a half."""
    if fields.get("website"):
        raise Turned(lang, "robot")
    stamp = fields.get("stamp", "")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 16):
        raise Turned(lang, "old")
    age_ms = now_ms - int(stamp)
    if abs(age_ms) > OLDEST_MS:
        raise Turned(lang, "old")
    # much younger than now: our own clock was set back since the page was opened
    if -STEP_MS <= age_ms < LEAST_MS:
        raise Turned(lang, "quick", 429)


def _files(parts: list[Part], name: str) -> list[bytes | memoryview]:
    return [
        part.body for part in parts if part.name == name and part.file is not None and part.body
    ]


def _check_files(
    pictures: Sequence[bytes | memoryview],
    films: Sequence[bytes | memoryview],
    posters: Sequence[bytes | memoryview],
    terms: Terms,
    lang: str,
) -> None:
    if pictures and not terms.pictures:
        raise Turned(lang, "no_pictures")
    if len(pictures) > terms.pictures:
        raise Turned(lang, "pictures", most=terms.pictures)
    if films and not terms.video:
        raise Turned(lang, "no_video")
    if len(films) > 1 or len(posters) > 1:
        raise Turned(lang, "one_video")
    for files, most in ((pictures, MAX_PICTURE), (posters, MAX_PICTURE), (films, MAX_FILM)):
        for each in files:
            if len(each) > most:
                has = -(-len(each) // MEGABYTE)
                raise Turned(lang, "heavy", 413, has=has, most=most // MEGABYTE)


def _written(given: str, now_ms: int) -> int:
    """When it was written, by the phone's clock as far as that can be; clocks lie."""
    if given.isascii() and given.isdecimal() and len(given) < 16:
        return max(min(int(given), now_ms), now_ms - OLDEST_MS)
    return now_ms
