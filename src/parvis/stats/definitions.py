"""What each figure means, in one sentence, and what it leaves out; English and French."""

# ruff: noqa: RUF001 - French is written with its own apostrophe

from __future__ import annotations

from typing import Literal

import msgspec

Figure = Literal[
    "posts", "shown", "authors", "reach", "interactions", "topics", "time_to_screen",
    "time_to_screen_p95",
]  # fmt: skip
Lang = Literal["en", "fr"]


class Meaning(msgspec.Struct, frozen=True):
    """What a figure says (`definition`), and what not (`excludes`)."""

    definition: str
    excludes: str


def meaning(figure: Figure, lang: Lang) -> Meaning:
    """In this language."""
    return MEANINGS[figure][lang]


MEANINGS: dict[Figure, dict[Lang, Meaning]] = {
    "posts": {
        "en": Meaning(
            "Posts that reached this wall in the period, whatever was decided on them, each once;"
            " a post counts when it arrived here, not when it was written.",
            "posts that were withdrawn or erased, and the team’s own",
        ),
        "fr": Meaning(
            "Les messages parvenus à ce mur dans la période, quelle que soit la décision, chacun"
            " une fois ; un message compte à son arrivée ici, pas à sa rédaction.",
            "les messages retirés ou effacés, et ceux de l’équipe",
        ),
    },
    "shown": {
        "en": Meaning(
            "Those of the posts whose card was on the wall at least once, also if it has left since"
            " then.",
            "posts that were withdrawn or erased, and the team’s own",
        ),
        "fr": Meaning(
            "Ceux de ces messages dont la carte a été au mur au moins une fois, même si elle l’a"
            " quitté depuis.",
            "les messages retirés ou effacés, et ceux de l’équipe",
        ),
    },
    "authors": {
        "en": Meaning(
            "Accounts that wrote at least one of the posts; on the phone page, each phone that gave"
            " itself a name or came back is one.",
            "posts that name no author, counted as unknown; one person with two accounts is two",
        ),
        "fr": Meaning(
            "Les comptes qui ont écrit au moins un de ces messages ; sur la page mobile, chaque"
            " téléphone qui s’est nommé ou est revenu en est un.",
            "les messages sans auteur, comptés comme inconnus ; une personne à deux comptes"
            " compte deux fois",
        ),
    },
    "reach": {
        "en": Meaning(
            "Followers of the people who posted, each account once, at the most its network told:"
            " a ceiling, for nobody publishes who really saw it.",
            "authors whose followers their network does not tell: they are unknown, not zero;"
            " networks that allow no adding, which stand apart; followers that two authors share"
            " count twice",
        ),
        "fr": Meaning(
            "Les abonnés des personnes qui ont écrit, chaque compte une fois, au plus haut donné"
            " par son réseau : un plafond, car personne ne publie qui a vraiment vu.",
            "les auteurs dont le réseau ne donne pas les abonnés : ils sont inconnus, pas nuls ;"
            " les réseaux qui interdisent l’addition, donnés à part ;"
            " un abonné commun à deux auteurs compte deux fois",
        ),
    },
    "interactions": {
        "en": Meaning(
            "Likes, shares, replies and quotes of the posts, as their networks last told them.",
            "posts whose network tells none (they are unknown, not zero), networks that allow no"
            " adding, which stand apart, views, and what phones answered to polls",
        ),
        "fr": Meaning(
            "Mentions J’aime, partages, réponses et citations de ces messages, au dernier compte"
            " donné par leurs réseaux.",
            "les messages dont le réseau n’en dit rien (inconnus, pas nuls), les réseaux qui"
            " interdisent l’addition, donnés à part, les vues, et les réponses des téléphones aux"
            " sondages",
        ),
    },
    "topics": {
        "en": Meaning(
            "Different hashtags in the posts, without regard to case.",
            "the wall’s own hashtags; beyond 20 in one post the rest",
        ),
        "fr": Meaning(
            "Les mots-dièse différents de ces messages, sans tenir compte des majuscules.",
            "les mots-dièse du mur lui-même ; au-delà de 20 dans un message, le reste",
        ),
    },
    "time_to_screen": {
        "en": Meaning(
            "From the writing of a post to its card on the wall: half of the posts that were shown"
            " took no longer.",
            "posts over an hour old when they arrived, read from the past; posts never shown; the"
            " last step, from the wall to the eye",
        ),
        "fr": Meaning(
            "De la rédaction d’un message à sa carte au mur : la moitié des messages montrés n’ont"
            " pas attendu plus longtemps.",
            "les messages vieux de plus d’une heure à leur arrivée, lus dans le passé ; ceux qui"
            " n’ont pas été montrés ; le dernier pas, du mur à l’œil",
        ),
    },
    "time_to_screen_p95": {
        "en": Meaning(
            "From the writing of a post to its card on the wall: 95 of 100 posts that were shown"
            " took no longer.",
            "posts over an hour old when they arrived, read from the past; posts never shown; the"
            " last step, from the wall to the eye",
        ),
        "fr": Meaning(
            "De la rédaction d’un message à sa carte au mur : 95 messages montrés sur 100 n’ont pas"
            " attendu plus longtemps.",
            "les messages vieux de plus d’une heure à leur arrivée, lus dans le passé ; ceux qui"
            " n’ont pas été montrés ; le dernier pas, du mur à l’œil",
        ),
    },
}  # fmt: skip
