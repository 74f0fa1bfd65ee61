from __future__ import annotations

import re
from pathlib import Path

import pytest

from parvis.core.errors import Refused
from parvis.run.event_file import read_event, read_file
from parvis.run.event_lines import line_of, lines_of
from parvis.run.event_tables import Known
from parvis.run.wire_up import known
from parvis.web.problem import Several

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.toml"))
WALL = '[[wall]]\nid = "w"\ntitle = "W"\n'
HOOK = WALL + '[[wall.source]]\nid = "s"\nplugin = "webhook"\n'
OUT = WALL + '[[wall.bridge]]\nid = "b"\nplugin = "webhook"\n'
TOLD = OUT + 'settings = { url = "https://x.example/hook" }\n'
POLL = WALL + '[[wall.format]]\nid = "f"\nplugin = "poll"\n'


@pytest.fixture(scope="module")
def has() -> Known:
    return known()


def faults(text: str, has: Known) -> list[str]:
    with pytest.raises(Several) as told:
        read_event(text, has, "EVENT.toml")
    return list(told.value.problems)


def test_a_whole_event(has: Known) -> None:
    text = """
[[wall]]
id = "w1"
title = "One"
lang = "fr-CA"
hashtags = ["#a", "b"]
mode = "trusted_only"
capacity = 9
retention_days = 3
[wall.policy]
trusted = ["x:y:z"]
flood = { posts = 2, within_s = 5 }
show_replies = true
[wall.brand]
scheme = "light"
[[wall.source]]
id = "s1"
plugin = "webhook"
basis = "consent"
enabled = false
settings = { name = "n" }
secrets = { secret = "STAGE_SECRET" }
[[wall.format]]
id = "f1"
plugin = "poll"
[wall.format.settings]
question = "Q?"
answers = ["a", "b"]
[[wall.bridge]]
id = "s1"
plugin = "webhook"
enabled = false
settings = { url = "https://hooks.example/in" }
secrets = { secret = "OUT_SECRET" }
[[wall]]
id = "w2"
title = "Two"
"""
    one, two = read_event(text, has)
    assert (one.wall.id, one.wall.lang, one.wall.hashtags) == ("w1", "fr-CA", ("a", "b"))
    assert (one.wall.policy.mode, one.wall.policy.flood.posts) == ("trusted_only", 2)
    assert one.wall.policy.show_replies
    assert (one.wall.capacity, one.wall.retention_days, one.wall.brand.scheme) == (9, 3, "light")
    source = one.sources[0]
    assert (source.wall, source.basis, source.enabled) == ("w1", "consent", False)
    assert source.settings == {"name": "n", "open": False}
    assert source.secrets == {"secret": "STAGE_SECRET"}
    assert one.formats[0].settings["answers"] == ["a", "b"]
    bridge = one.bridges[0]
    assert (bridge.id, bridge.wall, bridge.enabled) == ("s1", "w1", False)
    assert bridge.settings["events"] == ["card.shown", "card.gone"]
    assert bridge.secrets == {"secret": "OUT_SECRET"}
    assert two.bridges == ()
    assert (two.wall.policy.mode, two.sources, two.formats) == ("approve_first", (), ())


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_the_examples_hold(example: Path, has: Known) -> None:
    assert read_event(read_file(example), has, example.name)


def test_there_are_examples() -> None:
    assert [path.name for path in EXAMPLES] == ["conference.toml", "office.toml"]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 0, "declares no wall; begin with [[wall]]"),
        ("x = 1\n" + WALL, 1, "no table 'x'"),
        ('[wall]\nid = "w"\n', 1, "with two brackets"),
        ('wall = 3\n', 1, "with two brackets"),
        ("[[wall]\n", 0, "not valid TOML"),
        (WALL + 'capacty = 3\n', 4, "a wall has no 'capacty'; did you mean capacity?"),
        (WALL + 'capacity = "3"\n', 4, "capacity: expected `int`"),
        (WALL + "capacity = 0\n", 4, "capacity must be from 1 to 500"),
        (WALL + "retention_days = 99999\n", 4, "retention_days must be from 1 to 3650"),
        (WALL + 'mode = "show"\n', 4, "none of approve_first, show_first, trusted_only"),
        (WALL + 'layout = "masonri"\n', 4, "no layout 'masonri'; did you mean masonry?"),
        (WALL + 'lang = "english please"\n', 4, "a code such as fr or en"),
        (WALL + 'hashtags = ["two words"]\n', 4, "'two words' is no hashtag"),
        (WALL + 'hashtags = ["\\u202egnitset"]\n', 4, "is no hashtag"),
        (WALL + 'hashtags = "one"\n', 4, "hashtags: expected `array`"),
        ('[[wall]]\nid = "W X"\ntitle = "t"\n', 2, "use lower-case letters"),
        ('[[wall]]\nid = "../x"\ntitle = "t"\n', 2, "use lower-case letters"),
        ('[[wall]]\ntitle = "t"\n', 1, "a wall needs an id"),
        ('[[wall]]\nid = "w"\n', 1, "the wall needs a title"),
        (WALL + WALL, 5, "the wall 'w' stands here twice"),
        (WALL + 'policy = 3\n', 4, "write [wall.policy]"),
        (WALL + '[wall.policy]\nchecks = ["wordlits"]\n', 5, "no check 'wordlits'; did you mean"),
        (WALL + '[wall.policy]\nflod = 1\n', 5, "a policy has no 'flod'; did you mean flood?"),
        (WALL + "[wall.policy]\nflood = { posts = 0 }\n", 5, "from 1 to 1,000,000"),
        (WALL + '[wall.brand]\nscheme = "blue"\n', 5, "none of light, dark"),
        (WALL + '[wall.source]\nid = "s"\n', 4, "[[wall.source]], with two brackets"),
        (WALL + '[[wall.source]]\nid = "s"\nplugin = "webhok"\n', 6, "did you mean webhook?"),
        (WALL + '[[wall.source]]\nid = "s"\n', 4, "a source names its plugin"),
        (HOOK + 'basis = "because"\n', 7, "none of platform_terms"),
        (HOOK + "settings = { opne = true }\n", 7, "no setting 'opne'; did you mean open?"),
        (HOOK + 'settings = { open = "yes" }\n', 7, "true or false"),
        (HOOK + 'settings = { secret = "whsec_x" }\n', 7, "never stands in this file"),
        (HOOK + '[wall.source.settings]\ntoken = "x"\n', 8, "never stands in this file"),
        (HOOK + 'secrets = { secret = "whsec_abc" }\n', 7, "name the environment variable"),
        (HOOK + 'secrets = { sekret = "ABC" }\n', 7, "'sekret'; did you mean secret?"),
        (HOOK + "secrets = { secret = 3 }\n", 7, "secrets: expected `str`"),
        (HOOK + '[[wall.source]]\nid = "s"\nplugin = "webhook"\n', 8, "used twice"),
        (HOOK + '[[wall.source]]\nid = "t"\nplugin = "webhook"\n', 7, "both leave out name"),
        (WALL + "[wall.brand]\ntheme = '\"><script>'\n", 5, "none of conference, fashion"),
        (WALL + '[wall.brand]\nfields = ["url(x)"]\n', 5, "no colour; write it as #rrggbb"),
        (POLL, 4, "poll needs the setting question"),
        (POLL + 'settings = { question = "Q", answers = ["a", "a"] }\n', 7, "same answer twice"),
        (WALL + '[[wall.format]]\nid = "f"\nplugin = "pole"\n', 6, "did you mean poll?"),
        (WALL + '[[wall.bridge]]\nid = "b"\nplugin = "feed"\n', 6, "no bridge called 'feed'"),
        (OUT, 4, "webhook needs the setting url"),
        (TOLD, 4, "webhook needs the credential secret"),
        (TOLD + 'secrets = { secret = "whsec_abc" }\n', 8, "name the environment variable"),
        (TOLD + 'basis = "consent"\n', 8, "a bridge has no 'basis'"),
        (TOLD + '[[wall.bridge]]\nid = "b"\nplugin = "webhook"\n', 9, "bridge id 'b' is used"),
    ],
)  # fmt: skip
def test_a_fault_gets_its_line_and_its_mend(text: str, line: int, says: str, has: Known) -> None:
    told = faults(text, has)
    found = [fault for fault in told if says in fault]
    assert found, told
    place = f"EVENT.toml, line {line}: " if line else "EVENT.toml"
    assert found[0].startswith(place), found[0]
    assert all("\n" not in fault and fault.endswith((".", "?")) for fault in told)


def test_a_secret_is_never_repeated(has: Known) -> None:
    for text in (
        HOOK + 'settings = { secret = "whsec_topsecret" }\n',
        HOOK + 'secrets = { secret = "whsec_topsecret" }\n',
    ):
        assert all("topsecret" not in fault for fault in faults(text, has))


def test_every_fault_is_told_at_once(has: Known) -> None:
    text = (
        '[[wall]]\nid = "W"\ntitel = "x"\ncapacity = 0\n'
        '[[wall.source]]\nid = "s"\nplugin = "webhook"\n'
        "settings = { open = 1, opne = 2, name = 3 }\n"
        '[[wall.format]]\nid = "F"\nplugin = "none"\n'
    )
    told = faults(text, has)
    wanted = ("'W'", "titel", "needs a title", "capacity", "open", "opne", "name", "'F'", "'none'")
    for word in wanted:
        assert any(word in fault for fault in told), (word, told)


def test_one_fault_is_one_sentence_and_more_are_a_list(has: Known) -> None:
    assert str(Several("E", ["One."])) == "One."
    assert str(Several("E", ["One.", "Two."])) == "E has 2 faults:\n  One.\n  Two."


def test_lines_are_found_also_in_nested_tables() -> None:
    text = (
        "# first\n[[wall]]\nid = 1\n  [wall.policy]\n  words = []\n[[wall.source]]\nid = 2\n"
        "settings.tag = 3\n[wall.source.settings]\nx = 1\n[[wall]]\n[[wall.source]]\nid = 4\n"
    )
    lines = lines_of(text)
    assert lines[("wall", 0, "policy", "words")] == 5
    assert lines[("wall", 0, "source", 0, "id")] == 7
    assert lines[("wall", 0, "source", 0, "settings", "tag")] == 8
    assert lines[("wall", 0, "source", 0, "settings", "x")] == 10
    assert lines[("wall", 1, "source", 0, "id")] == 13
    assert line_of(lines, ("wall", 1, "source", 0, "settings", "y")) == 12
    assert line_of(lines, ("nothing",)) == 0


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="There is no file"):
        read_file(tmp_path / "none.toml")
    (tmp_path / "x.toml").write_bytes(b"\xff")
    with pytest.raises(Refused, match="UTF-8"):
        read_file(tmp_path / "x.toml")
    (tmp_path / "y.toml").write_bytes(b" " * 600_000)
    with pytest.raises(Refused, match=re.escape("is it an event file?")):
        read_file(tmp_path / "y.toml")
    for endless in (tmp_path, Path("/dev/zero")):
        with pytest.raises(Refused, match="is no file"):
            read_file(endless)


def test_a_mark_that_editors_put_first_is_passed_over(tmp_path: Path, has: Known) -> None:
    (tmp_path / "x.toml").write_bytes(b'\xef\xbb\xbf[[wall]]\r\nid = "a"\r\ntitle = "A"\r\n')
    assert read_event(read_file(tmp_path / "x.toml"), has)[0].wall.id == "a"
    assert read_event('\ufeff[[wall]]\nid = "a"\ntitle = "A"', has)[0].wall.title == "A"


def test_a_file_nested_without_end_is_one_sentence(has: Known) -> None:
    assert faults("a = " + "[" * 5000, has) == ["EVENT.toml is nested too deeply; correct it."]


def test_a_brand_that_cannot_be_read_is_told_with_its_line(has: Known) -> None:
    text = WALL + '[wall.brand]\ntheme = "fashion"\nfields = ["#808080"]\ninks = ["#777777"]\n'
    (told,) = faults(text, has)
    assert told.startswith("EVENT.toml, line 7: words in #777777 on #808080 reach a contrast of")
    (told,) = faults(WALL + '[wall.brand]\ntheme = "carnival"\n', has)
    assert "'carnival' is none of conference, fashion, festival" in told
    (told,) = faults(WALL + "[wall.brand]\njoint = 7\n", has)
    assert "joint is 7 hundredths of the short side; choose 0 to 4" in told
