"""What the audience's pages say, in the visitor's own language: `tongues/*.toml`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.requests import Request

ORDER = ("fr", "en", "ar")
"""How the switch lists them."""
_NARROW = re.compile(r" (?=[;!?])")
_WIDE = re.compile(r" (?=[:»%])|(?<=«) ")
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
}
_RANGE = re.compile(r"([a-z]{1,8})(?:-[a-z0-9-]{1,20})?(?:;q=([01](?:\.\d{1,3})?))?")


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language; `words["part"]["name"]`, the page's own under `page`."""

    lang: str
    name: str
    dir: str
    words: dict[str, dict[str, str]]

    def say(self, part: str, name: str, **values: object) -> str:
        """One text, its places filled in."""
        text = self.words[part][name]
        if self.dir == "rtl":  # a name in Latin letters keeps its own direction, and its place
            values = {k: f"\u2068{v}\u2069" if isinstance(v, str) else v for k, v in values.items()}
        return text.format(**values) if values else text

    def seconds(self, ms: int) -> str:
        """A duration with its unit, as people of the language write it."""
        tenths = max(1, -(-ms // 100))
        number = f"{tenths // 10}.{tenths % 10}"
        if self.lang == "fr":
            return f"{number.replace('.', ',')}\u00a0{'secondes' if tenths >= 20 else 'seconde'}"
        if self.lang == "ar":
            return f"{number.replace('.', ',')} ث"
        return f"{number} seconds"

    def date(self, at_ms: int) -> str:
        """Day and month, and the year where it is another one."""
        at = datetime.fromtimestamp(at_ms / 1000).astimezone()
        month = _MONTHS[self.lang].split()[at.month - 1]
        year = "" if at.year == datetime.now().astimezone().year else f" {at.year}"
        return f"{at.day} {month}{year}"


def _read(path: Path) -> Tongue:
    given: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    lang = path.stem
    parts = {"page": {k: v for k, v in given.items() if isinstance(v, str)}}
    parts |= {k: v for k, v in given.items() if isinstance(v, dict)}
    if lang == "fr":  # French puts spaces that no line ends at before its signs
        parts = {part: {k: french(v) for k, v in texts.items()} for part, texts in parts.items()}
    return Tongue(lang, given["name"], "rtl" if lang == "ar" else "ltr", parts)


def french(text: str) -> str:
    """French as it is written: no line ends before its signs."""
    return _WIDE.sub("\u00a0", _NARROW.sub("\u202f", text))


TONGUES = {path.stem: _read(path) for path in (Path(__file__).parent / "tongues").glob("*.toml")}


def tongue_of(request: Request, wall_lang: str = "en", chosen: str = "") -> Tongue:
    """The language that the visitor chose, else the one their browser asks for, else the wall's."""
    chosen = chosen or request.query_params.get("lang", "")
    if chosen in TONGUES:
        return TONGUES[chosen]
    asked = preferred(request.headers.get("accept-language", ""))
    root = wall_lang.partition("-")[0].lower()
    return TONGUES[asked or (root if root in TONGUES else "en")]


def preferred(header: str) -> str:
    """The first of our languages in an Accept-Language header; '' when it names none."""
    best, weight = "", 0.0
    for item in header[:500].lower().replace(" ", "").split(","):
        found = _RANGE.fullmatch(item)
        if found is None or found[1] not in TONGUES:
            continue
        quality = float(found[2]) if found[2] else 1.0
        if quality > weight:
            best, weight = found[1], quality
    return best
