"""Draws the contact sheet of the wall: every layout, theme and state that a client is shown.

Run it from a clone that `./parvis test` has set up:  .venv/bin/python docs/look/sheet.py
"""

# ruff: noqa: RUF001 - people write with these signs
from __future__ import annotations

import asyncio
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "src"), str(HERE.parents[1])]

from starlette.applications import Starlette  # noqa: E402
from starlette.routing import Mount  # noqa: E402
from starlette.staticfiles import StaticFiles  # noqa: E402

from parvis.core.post import Author, Media  # noqa: E402
from parvis.core.wire import Card, CardPolicy  # noqa: E402
from tests.e2e.browser import browsing  # noqa: E402
from tests.e2e.look import SETTLED  # noqa: E402
from tests.e2e.stub_wall import StubWall, face_of, served  # noqa: E402

Words = tuple[str, str, str, str]
"""Network, name, text, picture ('' for none)."""
FRENCH: tuple[Words, ...] = (
    ("instagram", "Confluence", "Salle comble 💙", "talk"),
    (
        "mastodon",
        "Maren S.",
        "The best question came from the back row: “who gets to leave?” 👏",
        "",
    ),
    ("instagram", "Noé Vidal", "Mon bureau pour deux jours", "desk"),
    ("mastodon", "Tomás Quint", "Own your words.", ""),
    ("bluesky", "Idriss B.", "J’ai compris ActivityPub en 18 minutes. Dix-huit.", ""),
    ("threads", "Lina & Max", "Pause sucre 🍩", "donuts"),
    ("tiktok", "Atelier Nord", "Escaliers, soleil, silence", "stairs"),
    ("facebook", "Ines C.", "Le sac qu’on m’emprunte déjà.", "bag"),
)
ARABIC: tuple[Words, ...] = (
    ("instagram", "يوسف كرم", "أجمل ليلة في المدينة", "concert"),
    ("instagram", "ليلى حداد", "الموسيقى تجمعنا على ضفة النهر", ""),
    ("facebook", "حيّ النهر", "شكرًا للمتطوعين 🧡", ""),
    ("threads", "نور", "قهوة قبل الحفل", "donuts"),
    ("tiktok", "مريم", "رقصنا حتى الفجر، وغدًا نعود من جديد 💃", ""),
    ("x", "هدى سالم", "ألوان في السماء", "stairs"),
    ("mastodon", "سامي", "إلى الغد!", "bag"),
)
JAPANESE: tuple[Words, ...] = (
    ("instagram", "会場スタッフ", "満席です！", "talk"),
    ("bluesky", "高梨 みお", "基調講演、鳥肌が立った。来年も必ず来ます。", ""),
    ("instagram", "森下 葵", "休憩のおやつ 🍩", "donuts"),
    ("mastodon", "佐野 透", "言葉は、自分の場所に置こう。", ""),
    ("x", "岸 玲奈", "デモが動いた瞬間、拍手 👏", ""),
    ("threads", "Hana Ito", "机の上", "desk"),
    ("tiktok", "真壁 修", "階段と空", "stairs"),
)
SETS = {"fr": FRENCH, "ar": ARABIC, "ja": JAPANESE}
BRANDS = {
    "conference": ("Confluence 26", "confluence26"),
    "fashion": ("Maison Orme", "maisonorme"),
    "festival": ("Fête des Quais", "fetedesquais"),
}
# name: layout, theme, scheme, language, width, height, state
SHOTS = {
    "masonry-conference-light": ("masonry", "conference", "light", "fr", 1920, 1080, ""),
    "masonry-conference-dark-ja": ("masonry", "conference", "dark", "ja", 1920, 1080, ""),
    "masonry-fashion-light": ("masonry", "fashion", "light", "fr", 1920, 1080, ""),
    "masonry-fashion-dark": ("masonry", "fashion", "dark", "fr", 1920, 1080, ""),
    "masonry-festival-light-ar": ("masonry", "festival", "light", "ar", 1920, 1080, ""),
    "masonry-festival-dark": ("masonry", "festival", "dark", "fr", 1920, 1080, ""),
    "masonry-4k": ("masonry", "festival", "light", "fr", 3840, 2160, ""),
    "masonry-totem": ("masonry", "festival", "dark", "fr", 1080, 1920, ""),
    "masonry-strip": ("masonry", "conference", "light", "fr", 3840, 480, ""),
    "spotlight-picture": ("spotlight", "conference", "light", "fr", 1920, 1080, ""),
    "spotlight-words": ("spotlight", "fashion", "light", "fr", 1920, 1080, "words"),
    "spotlight-totem-ar": ("spotlight", "festival", "light", "ar", 1080, 1920, ""),
    "ticker": ("ticker", "conference", "light", "fr", 1920, 128, ""),
    "ticker-strip-ar": ("ticker", "festival", "dark", "ar", 3840, 480, ""),
    "empty": ("masonry", "conference", "light", "fr", 1920, 1080, "empty"),
    "safe-conference": ("masonry", "conference", "light", "fr", 1920, 1080, "panic"),
    "safe-fashion": ("masonry", "fashion", "dark", "fr", 1920, 1080, "panic"),
    "safe-festival-ar": ("masonry", "festival", "light", "ar", 1080, 1920, "panic"),
}


class Room(StubWall):
    """A wall with the sheet's own pictures."""

    def app(self) -> Starlette:
        """The stub, and the pictures."""
        app = super().app()
        app.routes.insert(0, Mount("/media", StaticFiles(directory=HERE / "pictures")))
        return app


def cards(lang: str, state: str) -> list[Card]:
    """Newest first; `words` begins with one that has no picture."""
    words = [each for each in SETS[lang] if state != "words" or not each[3]]
    return [
        Card(
            post=f"{network}:sheet:{at}",
            network=network,
            text=text,
            order=100 - at,
            shown_at_ms=1_790_000_000_000,
            created_at_ms=1_790_000_000_000,
            media=(Media("image", f"/media/{picture}.jpg", alt=text),) if picture else (),
            lang=lang if lang != "fr" else "",
            dir="rtl" if lang == "ar" else "ltr",
            author=Author("", "", name),
            policy=CardPolicy(must_show=("name",)),
        )
        for at, (network, name, text, picture) in enumerate(words)
    ]


async def main() -> None:
    """One small JPEG for each shot, beside this file."""
    wanted = sys.argv[1:] or list(SHOTS)
    async with browsing() as browser:
        for name in wanted:
            layout, theme, scheme, lang, width, height, state = SHOTS[name]
            title, tag = BRANDS[theme]
            looks = {"layout": layout, "theme": theme, "scheme": scheme, "lang": lang}
            face = face_of(**looks, title=title, hashtags=[tag], panic=state == "panic")
            wall = Room(face, [] if state == "empty" else cards(lang, state))
            wall.join = "https://wall.example.org/p/hall"
            size = {"width": width, "height": height}
            with served(wall):
                scale = 960 / max(width, height)
                page = await browser.new_page(viewport=size, device_scale_factor=scale)  # type: ignore[arg-type]
                await page.goto(f"{wall.url}/w/hall")
                await page.evaluate(SETTLED)
                await page.evaluate("Promise.all(Array.from(document.images, (i) => i.decode()))")
                await page.screenshot(path=HERE / f"{name}.jpg", type="jpeg", quality=72)
                await page.close()
            print(name, flush=True)


if __name__ == "__main__":
    asyncio.run(main())
