"""Emoji and typefaces: the server and the browser find the same, and every picture can be found."""

# ruff: noqa: RUF001 - people write with these signs
from __future__ import annotations

import pytest

from parvis.core.emoji import EMOJI, name_of, pieces
from parvis.web.scripts import sheets_for
from tests.unit.frontend.node import STATIC, asked, built

PARTS = {f"{base:x}" for base in (*range(0x1F3FB, 0x1F400), *range(0x1F1E6, 0x1F200))}
TEXTS = (
    ("Merci 🧵, à demain ☕ !", "fr"),
    ("👨‍👩‍👧‍👦 🏳️‍🌈 👏🏽 🇫🇷🇪🇺 1️⃣ ❤️‍🔥 🏴󠁧󠁢󠁳󠁣󠁴󠁿", "fr"),
    ("1, 2 # * © ™ → plain signs ✈ ☀", "en"),
    ("موسيقى", "ar"),
    ("מוזיקה", "he"),
    ("満席です！", "ja"),
    ("谢谢大家", "zh"),
    ("謝謝大家", "zh-TW"),
    ("漢字", ""),
    ("고마워요", "ko"),
    ("Музыка Ελλάδα", "ru"),
    ("संगीत বাংলা தமிழ் ดนตรี", ""),
    ("Déjà vu “quoted”…", "fr"),
)


def drawn() -> list[str]:
    """Names of the pictures of whole emoji; skin tones and flags' letters are parts of others."""
    return sorted({path.stem for path in built("emoji/*.svg")} - PARTS - {"e50a"})


def spelled(name: str) -> list[str]:
    """How people may write the emoji: bare, and with the sign that asks for a picture."""
    signs = [chr(int(code, 16)) for code in name.split("-")]
    asking = "".join(
        sign + "\ufe0f" if sign < "\U0001f000" and sign != "\u200d" else sign for sign in signs
    )
    return [
        "".join(signs),
        asking.replace("\u20e3\ufe0f", "\u20e3"),
        signs[0] + "\ufe0f" + "".join(signs[1:]),
    ]


def test_every_emoji_of_the_set_is_found_whole_and_has_its_picture() -> None:
    names = drawn()
    assert len(names) > 3_500
    missed = [
        name
        for name in names
        if not any(EMOJI.fullmatch(text) and name_of(text) == name for text in spelled(name))
    ]
    assert missed == []


def test_both_halves_find_the_same() -> None:
    sample = [spelled(name)[2] for name in drawn()[::7]]
    given = [*TEXTS, *((f"a{text}b{text}", "") for text in sample)]
    told = asked("signs.mjs", given)
    for (text, lang), (emoji, sheets) in zip(given, told, strict=True):
        assert emoji == [name_of(piece) for piece, is_emoji in pieces(text) if is_emoji], text
        assert sorted(sheets) == sorted(sheets_for(text, lang)), text


def test_a_text_is_cut_into_pieces_without_loss() -> None:
    for text, _ in TEXTS:
        assert "".join(piece for piece, _ in pieces(text)) == text


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("👨‍👩‍👧‍👦", ["1f468-200d-1f469-200d-1f467-200d-1f466"]),
        ("🇫🇷🇪🇺", ["1f1eb-1f1f7", "1f1ea-1f1fa"]),
        ("1️⃣", ["31-20e3"]),
        ("👏🏽!", ["1f44f-1f3fd"]),
        ("12 # ©", []),
    ],
)
def test_sequences_are_one_emoji(text: str, names: list[str]) -> None:
    assert [name_of(piece) for piece, is_emoji in pieces(text) if is_emoji] == names
    assert all((STATIC / "emoji" / f"{name}.svg").is_file() for name in names)


def test_there_is_a_sheet_for_every_script() -> None:
    for text, lang in TEXTS:
        for sheet in sheets_for(text, lang):
            assert "@font-face" in (STATIC / "fonts" / f"{sheet}.css").read_text()
