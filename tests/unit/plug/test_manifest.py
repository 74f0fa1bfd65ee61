"""plugin.toml: what is understood, and the sentence for what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from parvis.core.errors import Refused
from parvis.plug.manifest import Budget, parse_manifest, read_manifest

GOOD = """\
python_api = 1
id = "town"
kind = "source"
version = "1.2.3"
polls = true
hosts = ["{server}", "*.example.com", "*"]
data = ["names"]
name = { en = "Town", fr = "Ville" }
about = { en = "News.", fr = "Nouvelles." }
budget = { requests = 300, window_s = 300 }

[policy]
redistribute = "ids_only"
must_show = ["name", "logo"]

[[settings]]
name = "server"
type = "url"
required = true
help = { en = "Where", fr = "Où" }

[[settings]]
name = "mode"
type = "choice"
default = "all"
choices = ["all", "new"]
help = { en = "Which", fr = "Lesquels" }

[[credentials]]
name = "token"
required = true
help = { en = "Secret", fr = "Secret" }
"""


def test_a_whole_manifest_is_understood() -> None:
    manifest = parse_manifest(GOOD)
    assert (manifest.id, manifest.kind, manifest.polls, manifest.streams) == (
        "town",
        "source",
        True,
        False,
    )
    assert manifest.budget == Budget(300, 300)
    assert manifest.policy.redistribute == "ids_only"
    assert manifest.policy.must_show == ("name", "logo")
    assert [each.name for each in manifest.settings] == ["server", "mode"]
    assert manifest.credentials[0].required
    mode = manifest.setting("mode")
    assert mode is not None and mode.default == "all" and manifest.setting("x") is None


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("python_api = 1", "", "python_api is None"),
        ("python_api = 1", "python_api = 2", "this parvis speaks 1"),
        ('id = "town"', "", "id is missing; add it"),
        ('id = "town"', 'id = "Town-1"', "use lower-case letters"),
        ('id = "town"', "id = 3", "id: expected `str`, got `int`"),
        ('kind = "source"', 'kind = "sauce"', "kind: invalid enum value 'sauce'"),
        ('kind = "source"', 'kind = "check"', "polls and streams belong to a source"),
        ('version = "1.2.3"', 'version = "1"', "write three numbers"),
        ("polls = true", "pols = true", "pols is unknown; did you mean polls?"),
        ("polls = true", "zzz = true", "zzz is unknown; remove it"),
        (', fr = "Ville"', "", "name.fr is missing"),
        ('fr = "Ville"', 'fr = " "', "name is empty; say it in en and in fr"),
        ('fr = "Ville"', 'fr = "V", de = "S"', "name.de is unknown"),
        ('"*.example.com"', '"https://example.com/"', "write a bare host name"),
        ('"*.example.com"', '"example.com:80"', "write a bare host name"),
        ('"{server}"', '"{sever}"', "no setting holds that address"),
        ("requests = 300", "requests = 0", "must be above 0"),
        ("requests = 300", "request = 300", "budget.request is unknown; did you mean requests?"),
        ('redistribute = "ids_only"', 'redistibute = "x"', "did you mean redistribute?"),
        ('redistribute = "ids_only"', 'redistribute = "x"', "policy.redistribute: invalid enum"),
        ('type = "url"', 'type = "uri"', "settings[0].type: invalid enum value 'uri'"),
        ('type = "url"', 'type = "url"\ndefault = "ftp://x"', "required and has a default"),
        ('default = "all"', 'default = "old"', "default that must be one of all, new"),
        ('default = "all"', "min = 3\nmax = 2", "min above max"),
        ('choices = ["all", "new"]', "", "a choice without choices"),
        ('type = "choice"', 'type = "str"', "has choices but is no choice"),
        ('name = "mode"', 'name = "server"', "the name 'server' twice"),
        ('name = "token"', 'name = "TOKEN"', "use lower-case letters"),
        ('fr = "Où"', 'fr = ""', "setting server has no help"),
        ('id = "town"', 'id = "town', "is not valid TOML"),
    ],
)
def test_each_mistake_is_one_sentence_with_file_key_and_mend(old: str, new: str, says: str) -> None:
    assert old in GOOD
    with pytest.raises(Refused) as refused:
        parse_manifest(GOOD.replace(old, new, 1), "town/plugin.toml")
    sentence = str(refused.value)
    assert sentence.startswith("town/plugin.toml") and says in sentence, sentence
    assert "\n" not in sentence and sentence.endswith((".", "?"))


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"plugin\.toml cannot be read \(No such file"):
        read_manifest(tmp_path / "plugin.toml")
    (tmp_path / "plugin.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(Refused, match="it is not UTF-8"):
        read_manifest(tmp_path / "plugin.toml")
    (tmp_path / "plugin.toml").write_text(GOOD, encoding="utf-8")
    assert read_manifest(tmp_path / "plugin.toml") == parse_manifest(GOOD)
