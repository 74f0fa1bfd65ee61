"""What the bot says to who wrote to it, in their language where we speak it."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "welcome": "Hello! What you send here is for the wall: words, a picture or a short video."
        " Its team decides what is shown. Reply /delete to a message of yours to take it back;"
        " /delete alone takes back everything.",
        "taken": "Thank you, we have it. Its team decides what is shown."
        " To take it back, reply /delete to your message.",
        "gone": "It is taken back, and goes from every screen.",
        "all_gone": "Everything that you sent is taken back, and goes from every screen.",
    },
    "fr": {
        "welcome": "Bonjour\u202f! Ce que vous envoyez ici est pour le mur\u00a0: des mots, une"
        " photo ou une courte vidéo. Son équipe décide de ce qui est montré. Répondez /delete à un"
        " de vos messages pour le retirer\u202f; /delete seul retire tout.",
        "taken": "Merci, c'est bien reçu. L'équipe du mur décide de ce qui est montré."
        " Pour le retirer, répondez /delete à votre message.",
        "gone": "C'est retiré, et cela quitte tous les écrans.",
        "all_gone": "Tout ce que vous avez envoyé est retiré, et quitte tous les écrans.",
    },
    "ar": {
        "welcome": "مرحبًا! ما ترسله هنا هو للجدار: كلمات أو صورة أو فيديو قصير. فريقه يقرر ما"
        " يُعرض. رُدّ بـ /delete على رسالة لك لسحبها؛ و /delete وحده يسحب كل شيء.",
        "taken": "شكرًا، وصلت رسالتك. فريق الجدار يقرر ما يُعرض. لسحبها رُدّ عليها بـ /delete.",
        "gone": "تم سحبها، وستختفي من كل الشاشات.",
        "all_gone": "تم سحب كل ما أرسلته، وسيختفي من كل الشاشات.",
    },
}


def words_for(lang: str, what: str) -> str:
    """In the language of a tag such as `fr-CA`, else in English."""
    return WORDS.get(lang.partition("-")[0].lower(), WORDS["en"])[what]
