"""Languages as networks name them."""

from __future__ import annotations

import re

_TAG = re.compile("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def language_tag(said: str) -> str:
    """A BCP 47 tag such as `fr` or `pt-BR` (`_` counts as `-`), or ''."""
    tag = said.strip()[:40].replace("_", "-")
    return tag if _TAG.fullmatch(tag) and len(tag) <= 35 else ""
