"""The server's sentences in French: every one of them is there, and finds its places."""

# ruff: noqa: RUF001 - French is written with its own apostrophe

from __future__ import annotations

import re
import tomllib
from itertools import product
from pathlib import Path

import pytest

from parvis.core.look import Brand, faults_of
from parvis.core.post import Author, Post
from parvis.core.verdict import Decision, Verdict
from parvis.flow.moderate import _DONE, why_of
from parvis.plug.find import Found
from parvis.web.said import FIELDS, KNOWN, WHOLE, _read, said, told
from tests.posts import post
from tests.sentences import HOUSE, sentences

EXTENSIONS = sorted(path for path in HOUSE.glob("*/*/fr.toml") if path.parts[-3] != "web")
UNSAID = {
    "Takes one item or a list of up to 100.",
    "Takes the phone page's form.",
    "The JSON Schema of what may be sent.",
    "{} by {}.",
    "{} {}.",
    "{}: {}.",
}
"""What describes a door, and what `why_of` and `faults_of` put together (below)."""
ENGLISH = re.compile(r"\b(the|this|and|of|is|are|not|that|with|it)\b", re.IGNORECASE)


def test_every_sentence_of_the_server_is_there_in_french() -> None:
    every = sentences()
    assert len(every) > 200, "the sentences are no longer found"
    missing = {
        text: where
        for text, where in every.items()
        if text not in UNSAID and said(text.replace("{}", "§"), "fr") == text.replace("{}", "§")
    }
    assert not missing, f"say these in web/sentences/fr.toml or the extension's fr.toml: {missing}"


def test_the_walk_finds_what_is_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(WHOLE, "There is nothing to undo.")
    said.cache_clear()
    try:
        with pytest.raises(AssertionError, match="There is nothing to undo"):
            test_every_sentence_of_the_server_is_there_in_french()
    finally:
        monkeypatch.undo()
        said.cache_clear()


def test_no_sentence_has_more_places_in_french_than_it_fills() -> None:
    for known in KNOWN:
        values = [f"v{at}" for at in range(len(known.parts) - 1)]
        english = "".join(
            part + value for part, value in zip(known.parts, [*values, ""], strict=True)
        )
        french = known.text.replace(":said}", "}").format(*values)
        assert all(value in french for value in values), english
        assert said(english, "fr") == french, f"{english} is taken for another sentence"


def test_french_is_written_as_french_is() -> None:
    own = tomllib.loads((HOUSE / "web/sentences/fr.toml").read_text(encoding="utf-8"))
    theirs = [tomllib.loads(path.read_text(encoding="utf-8")) for path in EXTENSIONS]
    assert len(theirs) >= 4
    for room in (*own.values(), *theirs):
        for french in room.values():
            assert "'" not in french and "“" not in french and '"' not in french, french
            assert not re.search(r"[^\s/0-9a-z][;!?»](?!/)|«\S", french), french


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("Asked every 60 s.", "Regardée toutes les 60 s."),
        (
            "m.example cannot be found; check the address and the network. Asked every 60 s.",
            "m.example est introuvable\u202f; vérifiez l’adresse et le réseau."
            " Regardée toutes les 60 s.",
        ),
        (
            "Listening. Posts on show cannot be asked after: m.example broke off its answer.",
            "À l’écoute. Impossible de savoir ce que deviennent les messages montrés\u00a0:"
            " m.example a interrompu sa réponse.",
        ),
        (
            "m.example (A server 4.5.2) has 1 post of #one, the latest of 2026-11-25 09:00 UTC;"
            " no post of #two among all that it has kept (the nearest hashtag it knows is #tow);"
            " no mentions of the token's account; we listen since 2026-11-25 09:10 UTC.",
            "m.example (A server 4.5.2)\u00a0: 1 message de #one, le dernier du 2026-11-25"
            " 09:00 UTC\u202f; aucun message de #two parmi tout ce qu’il a gardé (le mot-dièse"
            " connu le plus proche est #tow)\u202f; aucune mention du compte du jeton\u202f;"
            " à l’écoute depuis 2026-11-25 09:10 UTC.",
        ),
        (
            "m.example (A server 4.5.2) has at least 40 posts of #one, the latest of today.",
            "m.example (A server 4.5.2)\u00a0: au moins 40 messages de #one, le dernier du today.",
        ),
        (
            "The French word list (insult) has “the text”, found in the author's name.",
            "La liste de mots française (insult) a «\u00a0the text\u00a0», trouvé dans le nom de"
            " l’auteur.",
        ),
        (
            "https://journal.example/: This is no feed: neither RSS, Atom nor JSON Feed;"
            " check the address.",
            None,
        ),
        ("“Journal” has 12 entries.", "«\u00a0Journal\u00a0» a 12 entrées."),
        ("Zoé has this post in hand; wait or ask them.", None),
        ("Zoé changed this wall 5 min ago: look at it again and change it again.", None),
        ("Words of a person. And more.", "Words of a person. And more."),
        ("", ""),
    ],
)
def test_sentences_find_their_places(english: str, french: str | None) -> None:
    found = said(english, "fr-CA")
    assert found == french if french is not None else not ENGLISH.search(found)
    assert said(english, "en") == said(english, "ar") == english


def test_each_decision_is_said_whoever_took_it() -> None:
    for state, by in product(
        _DONE, ("person:owner", "person:Zoé", "rule:flood", "source:s", "author:a")
    ):
        found = said(why_of(state, by), "fr")
        assert not ENGLISH.search(found), found


def test_each_fault_of_a_brand_is_said() -> None:
    brands = [
        Brand(ink="red"),
        Brand(fields=("#000000", "#000001", "#000002", "#000003", "#000004")),
        Brand(fields=("#000000", "#000000")),
        Brand(inks=("#000000",)),
        Brand(ground="#ffffff", ink="#fffffe"),
        Brand(joint=90),
        Brand(logo="https://elsewhere.example/logo.png"),
    ]
    for brand in brands:
        faults = [*faults_of(brand)]
        assert faults
        for name, says in faults:
            for whole in (says, f"The brand's {name}: {says}."):
                found = said(whole, "fr")
                assert found != whole and not ENGLISH.search(found), found


def test_several_faults_are_said_line_by_line() -> None:
    english = (
        "The brand has 2 faults:\n  The brand's fields: two fields are the same, and slabs could"
        " not be told apart; change one.\n  The brand's inks: each ink belongs to the field at the"
        " same place; name as many fields."
    )
    assert not ENGLISH.search(said(english, "fr"))
    assert said(english, "fr").count("\n  ") == 2


def test_hostile_words_in_a_place_cost_no_time_and_stay_as_they_are() -> None:
    words = "has {0} “, found in " * 90
    text = f"This wall's own list has “{words}”, found in the text."
    assert len(text) < 2000
    assert words in said(text, "fr")
    assert said("x" * 100_000, "fr") == "x" * 100_000


def test_an_answer_is_said_but_not_what_people_wrote() -> None:
    verdict = Verdict("flood", "1", "hold", "The network names no author to count.")
    decision = Decision("pending", "rule:edited", "There is nothing to undo.", 0)
    written = post(1, text="There is nothing to undo.")
    answer = told({"posts": [written], "why": (decision, verdict)}, "fr")
    assert answer["posts"][0] is written
    assert answer["why"][0].why == "Il n’y a rien à annuler."
    assert answer["why"][1].because == "Le réseau ne nomme aucun auteur à compter."
    assert told(decision, "en") is decision
    unsaid = Decision("pending", "person:mo", "So.", 0)
    assert told(unsaid, "fr") is unsaid


def test_an_extension_of_somebody_else_says_its_sentences_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in {
        "good": '"Tea is at {}." = "Le thé est à {0}."\n"There is nothing to undo." = "Non."\n',
        "odd": '"One {}." = "Un {1}."\n"Two." = 2\n"Three." = "Trois."\n',
        "broken": '"One',
    }.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "fr.toml").write_text(text)
    folders = [Found(None, "", each) for each in sorted(tmp_path.iterdir())]  # type: ignore[arg-type]
    shelf = {"source": {each.folder.name: each for each in folders}}
    monkeypatch.setattr("parvis.web.said.find", lambda kind: shelf.get(kind, {}))
    whole, known = _read()
    assert "Le thé est à {0}." in [each.text for each in known]
    assert whole["There is nothing to undo."] == "Il n’y a rien à annuler.", "ours stays ours"
    assert whole["Three."] == "Trois." and "Two." not in whole
    assert "Un {1}." not in [each.text for each in known]


def test_no_word_of_a_post_has_a_name_of_ours() -> None:
    assert not FIELDS & {*Post.__struct_fields__, *Author.__struct_fields__}
