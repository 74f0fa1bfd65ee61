"""A synthetic evening for the studio's tests, written by us: five languages, long names, both ways
of writing, pictures drawn in code.
"""

# ruff: noqa: RUF001 - people write with their own signs

from __future__ import annotations

import random
from typing import Any

SKIES = {
    "stage": (
        "#2a1140",
        "<path d='M60 0 20 200 110 200zM200 0 150 200 250 200zM330 0 290 200 390 200z'"
        " fill='#c77bf0' opacity='.5'/>",
    ),
    "harbour": (
        "#d9786a",
        "<path d='M0 120h60v-30h30v30h60V70h20v50h90v-20h40v20h100v80H0z' fill='#2a1325'/>",
    ),
    "lanterns": (
        "#5a4152",
        "<circle cx='70' cy='60' r='26' fill='#f5c56b'/><circle cx='190' cy='90' r='34'"
        " fill='#f0a04a'/><circle cx='320' cy='55' r='28' fill='#f7d68a'/>",
    ),
    "fireworks": (
        "#15122e",
        "<g stroke-width='4' fill='none' stroke-linecap='round'><path stroke='#f0a83c'"
        " d='M120 80l0-50M120 80l40-30M120 80l-40-30M120 80l45 15M120 80l-45 15'/><path"
        " stroke='#6cc6e8' d='M280 110l0-45M280 110l36-26M280 110l-36-26M280 110l40 14'/></g>",
    ),
    "cat": (
        "#c98f52",
        "<path d='M120 60l20-40 30 30h60l30-30 20 40v80a80 60 0 0 1-160 0z' fill='#e9bd86'/>"
        "<circle cx='170' cy='100' r='14' fill='#d8c02a'/><circle cx='230' cy='100' r='14'"
        " fill='#d8c02a'/>",
    ),
}

# network, name, handle, language, direction, words, picture, verdict (check, outcome, score, word)
PEOPLE: list[tuple[str, str, str, str, str, str, str, tuple[str, str, float, str] | None]] = [
    (
        "mastodon",
        "Marteau bleu",
        "marteau_bleu@quai.example",
        "fr",
        "ltr",
        "Ce groupe de bouffons a volé ma soirée, je repars en larmes tellement c’était beau",
        "stage",
        ("wordlist", "hold", 0.71, "bouffons"),
    ),
    ("phone", "Léa", "", "fr", "ltr", "", "lanterns", ("image", "hold", 0.64, "")),
    (
        "bluesky",
        "Vent d’ouest",
        "vent.d.ouest.example",
        "fr",
        "ltr",
        "La sécu du bar est à bout, soyez gentils avec eux",
        "",
        ("wordlist", "pass", 0.31, "bout"),
    ),
    ("phone", "", "", "en", "ltr", "free hugs at the left speaker", "", None),
    (
        "mastodon",
        "Lina du Port",
        "lina@port.example",
        "fr",
        "ltr",
        "Deuxième morceau, deuxième frisson #VeilleesDuPort",
        "stage",
        None,
    ),
    (
        "phone",
        "نور الهدى",
        "",
        "ar",
        "rtl",
        "نسمع البحر بين أغنيتين، وكأن المدينة كلها تغني معنا",
        "",
        None,
    ),
    (
        "instagram",
        "Papier Buvard",
        "papier.buvard",
        "fr",
        "ltr",
        "On a compté les fusées avec les petits : mille",
        "fireworks",
        None,
    ),
    (
        "mastodon",
        "Maximiliane-Eleonore von Hohenstein-Ködderitzsch",
        "maximiliane_eleonore@gesellschaft-der-hafenfreunde.example",
        "de",
        "ltr",
        "Donaudampfschifffahrtsgesellschaftskapitänsmütze gefunden, wer vermisst sie?",
        "",
        None,
    ),
    ("bluesky", "Embruns", "embruns.example", "fr", "ltr", "La mer écoute aussi", "harbour", None),
    (
        "phone",
        "はるか",
        "",
        "ja",
        "ltr",
        "港の灯りがきれいです。また来年も来ます！",
        "",
        None,
    ),
    (
        "youtube",
        "Joris",
        "joris",
        "en",
        "ltr",
        "<b>Who</b> is the drummer?! <script>alert(1)</script>",
        "",
        None,
    ),
    ("phone", "Moustache", "", "fr", "ltr", "Mon chat garde la place de ma sœur", "cat", None),
]
BURST = [
    ("promo-billets", "PLACES –50 % ici → lien en bio"),
    ("billet.express1", "PLACES –50 o/o ici → lien en bio"),
    ("billet.express7", "PL4CES –50 % ici → lien en b1o"),
    ("olv_8812", "PLACES –50 % ici → lien en bio RT"),
    (
        "zik.du.quai",
        "Attention : « places –50 % ici → lien en bio » c’est une arnaque, ne cliquez pas",
    ),
]


def picture(name: str) -> str:
    """A drawn photograph."""
    ground, shapes = SKIES[name]
    return (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 400 240' width='400' height='240'>"
        f"<rect width='400' height='240' fill='{ground}'/>{shapes}</svg>"
    )


def item(
    number: int,
    now_ms: int,
    person: tuple[str, str, str, str, str, str, str, tuple[str, str, float, str] | None],
    state: str = "pending",
) -> dict[str, Any]:
    """One post as the queue gives it; `number` is its order, larger is newer."""
    network, name, handle, lang, way, words, drawn, verdict = person
    written = now_ms - 70_000 - 7_000 * (40 - number % 40)
    reached = written + 900
    key = f"{network}:example:{number}"
    verdicts = []
    if verdict:
        check, outcome, score, word = verdict
        start = words.find(word) if word else -1
        verdicts.append(
            {
                "check": check,
                "version": "1",
                "outcome": outcome,
                "because": "“bouffons” is on the insult list, French."
                if check == "wordlist" and outcome == "hold"
                else "Skin in a third of the picture."
                if check == "image"
                else "No word of the list.",
                "score": score,
                "spans": [{"start": start, "end": start + len(word)}] if start >= 0 else [],
            }
        )
    decided = state not in ("pending", "new")
    by = "person:Solène" if decided else "rule:wordlist"
    journey = [{"what": "written", "at_ms": written}, {"what": "arrived", "at_ms": reached}]
    if state == "approved":
        journey += [
            {"what": "approved", "at_ms": reached + 4000, "by": by},
            {"what": "shown", "at_ms": reached + 4080},
        ]
    return {
        "post": {
            "key": key,
            "network": network,
            "text": words,
            "created_at_ms": written,
            "received_at_ms": reached,
            "lang": lang,
            "dir": way,
            "author": {"key": f"{network}:{name}", "handle": handle, "name": name}
            if name
            else None,
            "media": [{"type": "image", "url": f"/m/{drawn}.svg", "w": 400, "h": 240}]
            if drawn
            else [],
            "permalink": f"https://{network}.example/{number}" if handle else "",
            "provenance": {"source": network},
        },
        "placement": {"state": state, "order": number, "rev": 1},
        "decision": {
            "state": state,
            "by": by,
            "why": "It stays within the charter." if decided else "A word may be an insult.",
            "at_ms": reached + (4000 if decided else 20),
        }
        if decided or verdict
        else None,
        "verdicts": verdicts,
        "claim": None,
        "journey": journey,
    }


NOUNS = (
    "lampion", "quai", "vague", "accordéon", "grue", "voile", "phare", "guinguette", "marée",
    "corde", "tambour", "brume",
)  # fmt: skip
ACTS = (
    "danse", "attend", "répond", "brille", "appelle", "dort", "chante", "tourne", "hésite",
    "revient", "glisse", "rit",
)  # fmt: skip
PLACES = (
    "sous la halle", "près du bar", "au bout du port", "derrière la scène", "sur le pont",
    "dans la nuit",
)  # fmt: skip


def sentence(number: int) -> str:
    """One of many sentences that are not copies of each other."""
    chance = random.Random(number)
    pick = chance.choice
    return (
        f"{pick(NOUNS).capitalize()} qui {pick(ACTS)} {pick(PLACES)}, {pick(NOUNS)} qui"
        f" {pick(ACTS)} {pick(PLACES)}, {pick(NOUNS)} et {pick(NOUNS)} {number:x}"
    )


def evening(now_ms: int, *, many: int = 0) -> list[dict[str, Any]]:
    """What waits, what is on the wall, what was refused or set aside; `many` more that wait."""
    items = [item(100 + at, now_ms, person) for at, person in enumerate(PEOPLE)]
    for at, (name, words) in enumerate(BURST):
        spam = item(120 + at, now_ms, ("x", name, name, "fr", "ltr", words, "", None))
        items.append(spam)
    shown = [PEOPLE[4], PEOPLE[8], PEOPLE[6], PEOPLE[11], PEOPLE[5], PEOPLE[9]]
    items += [item(60 + at, now_ms, person, "approved") for at, person in enumerate(shown)]
    items.append(item(50, now_ms, PEOPLE[10], "rejected"))
    items.append(item(51, now_ms, PEOPLE[7], "hidden"))
    for at in range(many):
        network, name, handle, lang, way, _, drawn, _ = PEOPLE[3 + at % 9]
        text = sentence(at)
        items.append(item(1000 + at, now_ms, (network, name, handle, lang, way, text, drawn, None)))
    return items


def screens(now_ms: int, *, dark: bool = False) -> list[dict[str, Any]]:
    """Four screens of four shapes; with `dark` the bar's is gone."""
    facts = [
        ("stage", "Stage LED", [1536, 768], "masonry", True),
        ("totem", "Entrance totem", [1080, 1920], "masonry", True),
        ("bar", "Bar TV", [1920, 1080], "spotlight", not dark),
        ("quay", "Ticker, quay", [3840, 480], "ticker", True),
    ]
    return [
        {
            "id": name,
            "name": title,
            "up": up,
            "last_ms": now_ms - (1_000 if up else 540_000),
            "seq": 812,
            "behind": 0,
            "box": box,
            "layout": layout,
            "waiting": {"posts": 3, "seconds": 24},
            "covered": False,
            "version": "0.1.0",
            "browser": "Chromium 156",
            "secure": name != "quay",
            "says": "" if up else "It stopped between two reports, with a good line before.",
        }
        for name, title, box, layout, up in facts
    ]


def sources(now_ms: int, *, ill: bool = False) -> list[dict[str, Any]]:
    """How each source is."""
    facts = [
        ("phone", True, "Phones in the room write straight to it.", 9_000),
        ("mastodon", True, "Live: 2 servers bring #VeilleesDuPort.", 41_000),
        (
            "journal",
            not ill,
            "It looks again in 23 s; nothing new."
            if not ill
            else "journal.example answered 403: it refuses us. Ask its owner, or take it out.",
            86_400_000,
        ),
    ]
    return [
        {
            "source": name,
            "wall": "hall",
            "healthy": well,
            "says": says,
            "since_ms": now_ms - 3_600_000,
            "nearest": "" if well else "journal-du-port",
            "last_post_ms": now_ms - last,
        }
        for name, well, says, last in facts
    ]


def numbers(now_ms: int) -> dict[str, Any]:
    """The first form of the figures."""
    waves = [2, 3, 5, 4, 6, 9, 12, 10, 14, 11, 9, 21, 38, 26, 15, 12, 17, 22, 14, 9, 6, 4]
    said = (
        ("posts", 1942, "posts", 0.0, 1942, "Posts that came to this wall, each once.", "copies"),
        ("shown", 1511, "posts", 0.0, 1942, "Those whose card was on the wall.", "the team’s own"),
        ("authors", 418, "people", 0.0, 1942, "Accounts and phones that posted once.", "nobody"),
        (
            *("reach", 48200, "followers", 0.38, 418),
            "Followers of the people who posted, each count used once. Nobody publishes who"
            " actually saw it, so this is a ceiling, not an audience.",
            "your own accounts",
        ),
        ("interactions", 3687, "", 0.0, 1942, "Likes, answers and shares, as told.", "views"),
        ("topics", 41, "", 0.0, 1942, "Different hashtags in the posts.", "the wall’s own"),
        (
            "time_to_screen",
            1600,
            "ms",
            0.0,
            1511,
            "From its writing to the wall; half.",
            "old ones",
        ),
        ("time_to_screen_p95", 4200, "ms", 0.0, 1511, "The same; 95 of 100.", "old ones"),
    )
    names = ("id", "value", "unit", "unknown_share", "counted", "definition", "excludes")
    return {
        "figures": [dict(zip(names, each, strict=True)) for each in said],
        "over_time": {
            "step_s": 600,
            "rows": [
                [now_ms - 600_000 * (len(waves) - at), n, n * 3 // 4] for at, n in enumerate(waves)
            ],
        },
        "topics": [
            {"tag": tag, "n": n}
            for tag, n in (("#gantjaune", 94), ("#lamer", 71), ("#slow", 66), ("#البحر", 52))
        ],
        "people": [
            {
                "name": "Lina du Port",
                "handle": "lina@port.example",
                "network": "mastodon",
                "posts": 18,
                "reach": 4100,
                "reach_known": True,
            },
            {
                "name": "Papier Buvard",
                "handle": "papier.buvard",
                "network": "instagram",
                "posts": 7,
                "reach": None,
                "reach_known": False,
            },
            {
                "name": "نور الهدى",
                "handle": "",
                "network": "phone",
                "posts": 1,
                "reach": None,
                "reach_known": False,
            },
        ],
        "posts": [
            {
                "post": "instagram:example:62",
                "text": "On a compté les fusées avec les petits : mille",
                "author": "Papier Buvard",
                "interactions": 211,
                "network": "instagram",
                "shown_ms": now_ms - 372_000,
            },
            {
                "post": "phone:example:63",
                "text": "Mon chat garde la place de ma sœur",
                "author": "Moustache",
                "interactions": 98,
                "network": "phone",
                "shown_ms": None,
            },
        ],
    }


PLUGINS = [
    {
        "id": "mastodon",
        "kind": "source",
        "name": {"en": "Mastodon", "fr": "Mastodon"},
        "about": {
            "en": "Public posts with a hashtag or of an account.",
            "fr": "Messages publics d’un mot-dièse ou d’un compte.",
        },
        "polls": True,
        "streams": True,
        "settings": [
            {
                "name": "server",
                "type": "str",
                "required": True,
                "help": {
                    "en": "The server to ask, such as mastodon.social.",
                    "fr": "Le serveur à interroger, par exemple mastodon.social.",
                },
            },
            {
                "name": "tags",
                "type": "list",
                "default": [],
                "max": 8,
                "help": {
                    "en": "Hashtags; a post with any one of them is taken.",
                    "fr": "Mots-dièse ; un message qui en porte un seul est pris.",
                },
            },
            {
                "name": "limit",
                "type": "int",
                "default": 40,
                "min": 1,
                "max": 40,
                "help": {
                    "en": "How many posts are taken at the first look.",
                    "fr": "Combien de messages sont pris au premier regard.",
                },
            },
            {
                "name": "replies",
                "type": "bool",
                "default": False,
                "help": {"en": "Answers too.", "fr": "Les réponses aussi."},
            },
        ],
    },
    {
        "id": "feed",
        "kind": "source",
        "name": {"en": "Feed", "fr": "Flux"},
        "about": {"en": "RSS, Atom and JSON Feed.", "fr": "RSS, Atom et JSON Feed."},
        "polls": True,
        "settings": [
            {
                "name": "url",
                "type": "url",
                "required": True,
                "help": {"en": "The feed’s address.", "fr": "L’adresse du flux."},
            }
        ],
    },
    {
        "id": "phone",
        "kind": "source",
        "name": {"en": "Phone page", "fr": "Page du public"},
        "about": {
            "en": "People in the room write from their phones.",
            "fr": "Dans la salle, chacun écrit depuis son téléphone.",
        },
        "settings": [],
    },
]

BRIDGES = [
    {
        "id": "webhook",
        "kind": "bridge",
        "name": {"en": "Webhook", "fr": "Webhook"},
        "about": {"en": "Tells any system by a signed POST.", "fr": "Prévient tout système."},
        "settings": [],
    }
]
