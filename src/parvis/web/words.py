"""The few words that server-made pages say themselves."""

# ruff: noqa: RUF001 - French is written with this apostrophe
from __future__ import annotations

from dataclasses import dataclass

RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


@dataclass(frozen=True, slots=True)
class Words:
    """One language."""

    no_wall: str = "There is no such wall here; check the address, or ask whoever runs it."
    no_page: str = "There is no such page here."
    away: str = "This page is not ready yet; it tries again by itself in a few seconds."
    counted: str = "Your vote counts."
    closed: str = "Voting is closed."
    sources: str = "What is shown, and where it comes from"
    source_line: str = "{name}: public posts ({basis})"
    formats_line: str = "Votes and answers from the phone page, without name, address or cookie."
    purposes: str = "What for"
    purposes_said: str = (
        "To show, on screens at the event, what people post about it, after a check."
        " No profile is made, nothing is sold, no third party is asked for anything by these pages."
    )
    told: str = "Who else is told"
    told_said: str = (
        "Other systems of whoever runs this wall ({names}) are told what is shown, as far as each"
        " network allows it, and when it must be deleted."
    )
    retention: str = "How long"
    retention_said: str = (
        "Posts are erased {days} days after they came in, and at once when they are deleted where"
        " they were posted or taken back here."
    )
    rights: str = "Your rights"
    rights_said: str = (
        "You may see, correct or have erased what is held about you, object to its being shown, and"
        " complain to your data protection authority. Deleting the post where you wrote it takes it"
        " off the wall."
    )
    basis: tuple[tuple[str, str], ...] = (
        ("platform_terms", "shown under the network's terms"),
        ("own_content", "the organiser's own posts"),
        ("consent", "shown with the author's consent"),
        ("licence", "shown under a licence"),
        ("contract", "shown under a contract"),
    )


EN = Words()
FR = Words(
    no_wall="Il n’y a pas de mur à cette adresse\u202f; vérifiez-la, ou demandez à qui le gère.",
    no_page="Il n’y a pas de page à cette adresse.",
    away="Cette page n’est pas prête\u202f; elle réessaie d’elle-même dans quelques secondes.",
    counted="Votre voix compte.",
    closed="Le vote est clos.",
    sources="Ce qui s’affiche, et d’où cela vient",
    source_line="{name}\u00a0: messages publics ({basis})",
    formats_line="Votes et réponses de la page mobile, sans nom, adresse ni cookie.",
    purposes="Pourquoi",
    purposes_said=(
        "Afficher, sur les écrans de l’événement, ce que l’on publie à son sujet, après"
        " vérification. Aucun profil n’est établi, rien n’est vendu, ces pages n’interrogent"
        " aucun tiers."
    ),
    told="Qui d’autre est informé",
    told_said=(
        "D’autres systèmes de qui gère ce mur ({names}) apprennent ce qui s’affiche, dans la mesure"
        " où chaque réseau le permet, et quand il faut l’effacer."
    ),
    retention="Combien de temps",
    retention_said=(
        "Les messages sont effacés {days} jours après leur arrivée, et aussitôt s’ils sont"
        " supprimés là où ils ont été publiés ou retirés ici."
    ),
    rights="Vos droits",
    rights_said=(
        "Vous pouvez consulter, corriger ou faire effacer ce qui vous concerne, vous opposer à"
        " l’affichage, et saisir l’autorité de protection des données. Supprimer le message là où"
        " vous l’avez écrit le retire du mur."
    ),
    basis=(
        ("platform_terms", "affichés selon les conditions du réseau"),
        ("own_content", "messages de l’organisateur"),
        ("consent", "affichés avec l’accord de l’auteur"),
        ("licence", "affichés sous licence"),
        ("contract", "affichés par contrat"),
    ),
)
AR = Words(
    no_wall="لا يوجد جدار بهذا العنوان؛ تحقق منه أو اسأل من يديره.",
    no_page="لا توجد صفحة بهذا العنوان.",
    away="هذه الصفحة ليست جاهزة بعد؛ ستحاول مجددًا تلقائيًا خلال ثوانٍ.",
    counted="صوتك محسوب.",
    closed="انتهى التصويت.",
    sources="ما يُعرض ومن أين يأتي",
    source_line="{name}: رسائل علنية ({basis})",
    formats_line="أصوات وإجابات من صفحة الهاتف، بلا اسم ولا عنوان ولا ملفات ارتباط.",
    purposes="لأي غرض",
    purposes_said=(
        "لعرض ما يُنشر عن الفعالية على شاشاتها بعد التحقق منه. لا يُبنى أي ملف عن أحد،"
        " ولا يُباع شيء، ولا تسأل هذه الصفحات أي طرف آخر."
    ),
    told="من يُبلَّغ غيرنا",
    told_said=(
        "تُبلَّغ أنظمة أخرى لمن يدير هذا الجدار ({names}) بما يُعرض، بقدر ما تسمح به كل شبكة،"
        " ومتى يجب حذفه."
    ),
    retention="كم من الوقت",
    retention_said=("تُمحى الرسائل بعد {days} يومًا من وصولها، وفورًا إن حُذفت حيث نُشرت أو سُحبت هنا."),
    rights="حقوقك",
    rights_said=(
        "لك أن تطّلع على ما يخصك أو تصحّحه أو تطلب محوه، وأن تعترض على عرضه، وأن تشتكي إلى هيئة"
        " حماية البيانات. حذف الرسالة حيث كتبتها يزيلها من الجدار."
    ),
    basis=(
        ("platform_terms", "تُعرض وفق شروط الشبكة"),
        ("own_content", "رسائل المنظِّم نفسه"),
        ("consent", "تُعرض بموافقة كاتبها"),
        ("licence", "تُعرض بترخيص"),
        ("contract", "تُعرض بعقد"),
    ),
)
_ALL = {"en": EN, "fr": FR, "ar": AR}


def words_of(lang: str) -> Words:
    """The words in `lang`, in English where we have none."""
    return _ALL.get(_root(lang), EN)


def direction_of(lang: str) -> str:
    """Which way the language is written."""
    return "rtl" if _root(lang) in RIGHT_TO_LEFT else "ltr"


def _root(lang: str) -> str:
    return lang.replace("_", "-").partition("-")[0].lower()
