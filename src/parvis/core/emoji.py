"""Which signs of a text are emoji, and the name of the picture that stands for each. The browser's
half is `frontend/kit/emoji.ts`: the same pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_SKIN = "[\U0001f3fb-\U0001f3ff]"
_SELF = (
    "[\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1"
    "\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705"
    "\u270a\u270b\u2728\u274c\u274e\u2753-\u2755\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50"
    "\u2b55\U0001f004\U0001f0cf\U0001f170\U0001f171\U0001f17e\U0001f17f\U0001f18e"
    "\U0001f191-\U0001f19a\U0001f201\U0001f202\U0001f21a\U0001f22f\U0001f232-\U0001f23a\U0001f250"
    "\U0001f251\U0001f300-\U0001f64f\U0001f680-\U0001f6ff\U0001f7e0-\U0001f7f0\U0001f90c-\U0001faff]"
)
_ASKED = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u2300-\u27bf\u2900-\u2bff\u3030\u303d"
    "\u3297\u3299]"
)
_ONE = f"(?:{_SELF}\ufe0f?{_SKIN}?|{_ASKED}(?:\ufe0f{_SKIN}?|{_SKIN}))"
_JOINED = f"(?:\u200d(?:{_SELF}|{_ASKED})\ufe0f?{_SKIN}?)"
EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}|[0-9#*]\ufe0f?\u20e3"
    f"|\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f|{_ONE}{_JOINED}*"
)


def name_of(emoji: str) -> str:
    """The picture's name: code points without the variation sign."""
    return "-".join(f"{ord(sign):x}" for sign in emoji if sign != "\ufe0f")


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The text in stretches, each with whether it is an emoji."""
    done = 0
    for found in EMOJI.finditer(text):
        if found.start() > done:
            yield text[done : found.start()], False
        yield found.group(), True
        done = found.end()
    if done < len(text):
        yield text[done:], False
