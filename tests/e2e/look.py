"""What every wall is measured by: sizes, texts in eight scripts, the faults of a page."""

# ruff: noqa: RUF001 - people write with these signs
from __future__ import annotations

import contextlib
import os
from typing import Any

from playwright.async_api import Page

from parvis.core.post import Media
from parvis.core.wire import Card, CardPolicy
from tests.e2e.stub_wall import card_of
from tests.waiting import until

PICTURE = "/static/emoji/1f30a.svg"
SIZES = (
    *((1920, 1080), (3840, 2160), (1366, 768), (1280, 720), (1024, 768), (1600, 1200)),
    *((1080, 1080), (1080, 1920), (2160, 3840), (768, 1366), (600, 1920), (400, 1600)),
    *((2560, 1080), (3840, 1080), (5120, 1440), (3840, 720), (3840, 480), (1920, 360)),
    *((1920, 128), (960, 128)),
)
SCRIPTS = {
    "fr": ("Dix-huit.", "J’ai compris le protocole en dix-huit minutes ", "Où êtes-vous ? "),
    "ar": ("شكرًا", "الموسيقى تجمعنا على ضفة النهر ", "رقصنا حتى الفجر وغدًا نعود. "),
    "he": ("תודה", "המוזיקה מחברת אותנו על גדת הנהר ", "רקדנו עד הבוקר ונחזור מחר. "),
    "hi": ("धन्यवाद", "संगीत हमें नदी के किनारे जोड़ता है ", "हम सुबह तक नाचते रहे। "),
    "th": ("ขอบคุณ", "ดนตรีเชื่อมเราไว้ริมแม่น้ำ ", "เราเต้นรำกันจนถึงเช้า "),
    "ja": (
        "満席です！",
        "基調講演、鳥肌が立った。来年も必ず来ます。",
        "言葉は、自分の場所に置こう。",
    ),
    "ko": ("고마워요", "음악이 강가에서 우리를 이어 줍니다 ", "우리는 새벽까지 춤을 췄어요. "),
    "zh": ("谢谢大家", "音乐让我们在河边相聚，明年一定再来。", "我们一直跳舞到天亮。"),
}
THEMES = (("conference", "light"), ("fashion", "dark"), ("festival", "light"))
CORE = SIZES[0], SIZES[7], SIZES[16], SIZES[18]
"""A screen, a totem, a strip, a ticker: what every theme is measured on, always."""
SHARED = ((1024, 768), (1280, 1024), (1080, 1080))
"""Where posts have least room beside a poll."""
RIGHT_TO_LEFT = ("ar", "he")
STRICT = CardPolicy(
    must_show=("name", "handle", "avatar", "timestamp", "logo", "whole_text"),
    may_crop=False,
    overlay_ok=False,
)


def cards_in(lang: str) -> list[Card]:
    """Nine posts of all lengths, with and without pictures, one under a strict policy."""
    short, middle, long = SCRIPTS[lang]
    texts = (
        short + " 👏🏽",
        middle,
        long * 2,
        "",
        middle + "🧵",
        long * 6,
        short,
        long * 14,
        middle * 2,
    )
    cards = []
    for at, text in enumerate(texts, 1):
        more: dict[str, Any] = {"lang": lang, "dir": "rtl" if lang in RIGHT_TO_LEFT else "ltr"}
        if at % 2 == 0 or not text:
            more["media"] = (Media("image", PICTURE, w=36, h=36, alt="A wave"),)
        if at == 6:
            more["policy"] = STRICT
        name = "Bartholomäus Featherstonehaugh-Sauvageot" if at == 5 else f"{short} {at}"
        cards.append(card_of(name, at, text, **more))
    return cards


FAULTS = """() => {
  const faults = [], least = Math.min(innerWidth, innerHeight) * 0.025 - 0.05;
  const box = (one) => one.getBoundingClientRect();
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : Math.pow((share + 0.055) / 1.055, 2.4);
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const solid = (colour) => colour !== 'transparent' && !/, 0\\)$/.test(colour);
  const under = (element, x, y) => {
    const stack = document.elementsFromPoint(x, y);
    for (const one of stack.slice(stack.indexOf(element))) {
      if (one.matches('.motif, .motif *, .pane img, .frame')) return 'picture';
      const colour = getComputedStyle(one).backgroundColor;
      if (solid(colour)) return colour;
    }
    return getComputedStyle(document.body).backgroundColor;
  };
  const words = (element) =>
    Array.from(element.childNodes).some((node) => node.nodeType === 3 && node.data.trim());
  const named = (one) => {
    const slab = one.closest('[data-post-id]');
    return (slab ? slab.dataset.postId + ' ' : '') + one.className;
  };
  for (const one of document.querySelectorAll('parvis-stage *')) {
    if (!words(one) || one.closest('svg')) continue;
    const style = getComputedStyle(one), at = box(one);
    if (style.visibility === 'hidden' || at.width === 0) continue;
    if (parseFloat(style.fontSize) < least) faults.push(named(one) + ' is too small');
    const [x, y] = [(at.left + at.right) / 2, (at.top + at.bottom) / 2];
    if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) continue;
    if (document.elementsFromPoint(x, y).indexOf(one) < 0) continue;
    const below = under(one, x, y);
    if (below === 'picture') { faults.push(named(one) + ' stands on a picture'); continue; }
    const [dark, bright] = [light(style.color), light(below)].sort((a, b) => a - b);
    const ratio = (bright + 0.05) / (dark + 0.05);
    if (ratio < 4.5) faults.push(named(one) + ` contrast ${ratio.toFixed(1)}`);
  }
  for (const slab of document.querySelectorAll('.layout [data-post-id]')) {
    const say = (what) => faults.push(slab.dataset.postId + ' ' + what), whole = box(slab);
    const label = slab.querySelector('.label'), part = slab.querySelector('.words');
    for (const piece of [label, ...label.querySelectorAll('svg, bdi, .network')]) {
      const foot = box(piece);
      if (foot.width === 0) continue;
      if (foot.left < whole.left - 1 || foot.right > whole.right + 1) say('label is too wide');
      if (foot.top < whole.top - 1 || foot.bottom > whole.bottom + 1) say('label is too high');
    }
    if (!part) continue;
    const seen = box(part);
    if (seen.bottom > whole.bottom + 1 || seen.right > whole.right + 1) say('words leave the slab');
    if (seen.height < least) say('no room for words');
    if (part.scrollWidth > part.clientWidth + 1) say('too wide');
    const over = part.scrollHeight - part.clientHeight;
    if (label.dataset.page === undefined && over > Math.max(2, 0.35 * least)) say('cut');
    const foot = box(label);
    if (label.dataset.page && !label.closest('.bill') && foot.top < seen.bottom - 1) say('overlap');
  }
  for (const one of document.querySelectorAll('.layout .handle')) {
    const lines = one.getClientRects(), size = parseFloat(getComputedStyle(one).fontSize);
    if (lines.length === 1 && lines[0].width > 0
        && lines[0].width < 0.3 * size * one.textContent.length)
      faults.push('letters lie on one another');
  }
  for (const one of document.querySelectorAll('.plate p, .clock p, .block p, .corner')) {
    const whole = box(one.closest('.cell, .block') || document.body), at = box(one);
    if (at.right > whole.right + 1 || at.left < whole.left - 1 || at.bottom > whole.bottom + 1)
      faults.push((one.className || one.parentNode.className) + ' leaves its cell');
  }
  const cells = Array.from(document.querySelectorAll('.layout > .cell, .row'), box);
  const area = cells.reduce((sum, one) => sum + one.width * one.height, 0);
  const room = Array.from(document.querySelectorAll('parvis-stage > .layout'), box)[0];
  if (cells.length && area < 0.94 * room.width * room.height) faults.push('holes');
  const parts = Array.from(document.querySelectorAll('.shared > .layout, .shared > .formats'), box)
    .map((one) => one.width * one.height);
  if (parts.length && parts.reduce((sum, one) => sum + one) < 0.9 * innerWidth * innerHeight)
    faults.push('a part of the screen is empty');
  for (const one of document.querySelectorAll('.poll-mark p, .poll-head h2')) {
    const at = box(one), home = box(one.closest('.poll-column, .poll-head'));
    const say = (what) => faults.push(one.className + ' ' + what);
    if (at.height === 0) continue;
    const over = one.scrollHeight - one.clientHeight > 0.35 * least;
    if (over && !one.matches('.poll-figure')) say('is cut');
    if (at.left < home.left - 1 || at.right > home.right + 1) say('is broad');
    if (at.top < home.top - 1 || at.bottom > home.bottom + 1) say('is high');
  }
  return faults;
}"""


SETTLED = """async () => {
  await document.fonts.ready;
  for (let turn = 0; turn < 3; turn++) await new Promise((next) => requestAnimationFrame(next));
  await document.fonts.ready;
  while (document.querySelector('.arrives'))
    await new Promise((next) => requestAnimationFrame(next));
  await new Promise((next) => requestAnimationFrame(next));
}"""


def sizes_for(theme: int) -> list[tuple[int, int]]:
    """All sizes where somebody has hours (`--soak`); else the core and this theme's third."""
    if os.environ.get("PARVIS_HYPOTHESIS") == "soak":
        return list(SIZES)
    return list(dict.fromkeys([*CORE, *SIZES[theme::3]]))


async def faults_at(page: Page, width: int, height: int) -> list[str]:
    """What is wrong at this size once everything has come to rest; a few looks, because typefaces
    and turns come when they come.
    """
    await page.set_viewport_size({"width": width, "height": height})
    found: list[str] = []

    async def clean() -> bool:
        await page.evaluate(SETTLED)
        found[:] = await page.evaluate(FAULTS)
        return not found

    with contextlib.suppress(TimeoutError, AssertionError):
        await until(clean, 15)
    return found
