from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from parvis.core.errors import Refused
from parvis.run.settings import LISTS, NAMES, Settings, load

PAGE = Path(__file__).parents[3] / "docs" / "operate" / "settings.md"


def test_each_layer_stands_above_the_one_below(tmp_path: Path) -> None:
    data = str(tmp_path)
    assert load({"data": data}, {}).port == 8400
    (tmp_path / "parvis.toml").write_text(
        'port = 1\nhost = "a"\ncontact = "c"\nhosts = ["x.org"]\n'
    )
    settings = load({"data": data, "host": None}, {"PARVIS_PORT": "2", "PARVIS_HOST": "b"})
    assert (settings.port, settings.host, settings.contact) == (2, "b", "c")
    settings = load({"data": data, "port": 3}, {"PARVIS_PORT": "2", "PARVIS_HOSTS": "a.org, b.org"})
    assert (settings.port, settings.hosts) == (3, ("a.org", "b.org"))


def test_the_environment_names_the_folder_whose_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "parvis.toml").write_text("port = 1\n")
    settings = load({}, {"PARVIS_DATA": str(tmp_path)})
    assert (settings.port, settings.folder) == (1, tmp_path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('prot = 1\n', "no setting 'prot'; did you mean port?"),
        ('something = 1\n', "known are"),
        ('data = "x"\n', "use --data"),
        ('port = "x"\n', "setting port is wrong: expected `int`"),
        ("port = 99999\n", "from 1 to 65535"),
        ('hosts = "a"\n', "setting hosts is wrong"),
        ('hosts = ["https://a.org"]\n', "write bare names"),
        ('hosts = ["*.a.org"]\n', "write bare names"),
        ('log = "xml"\n', "the setting log is 'xml'; known are json, plain."),
        ('tls = "automatc"\n', "the setting tls is 'automatc'; did you mean automatic?"),
        ("log = 3\n", "setting log is wrong"),
        ('public_url = "wall.example.org"\n', "the address that visitors open"),
        ('public_url = "https://a.org/x"\n', "without a path"),
        ('public_url = "http://[::1"\n', "the address that visitors open"),
        ('public_url = "https://u:p@a.org"\n', "the address that visitors open"),
        ('public_url = "https://a.org:99999"\n', "the address that visitors open"),
        ('public_url = "https://a.org?x=1"\n', "the address that visitors open"),
        ('public_url = "https://a b"\n', "the address that visitors open"),
        ('hosts = ["a b"]\n', "write bare names"),
        ('engine = "rubbish"\n', "write postgresql://"),
        ("a = " + "[" * 5000, "nested too deeply"),
        ('host = ""\n', "host is empty"),
        ("max_walls = 0\n", "give 1 or more"),
        ("port = \n", "not valid TOML"),
    ],
)  # fmt: skip
def test_a_wrong_setting_gets_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "parvis.toml").write_text(text)
    with pytest.raises(Refused, match=re.escape(says)) as told:
        load({"data": str(tmp_path)}, {})
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({"PARVIS_PUBLICURL": "x"}, "did you mean PARVIS_PUBLIC_URL?"),
        ({"PARVIS_PORTS": "1"}, "did you mean PARVIS_PORT?"),
        ({"PARVIS_PORT": "eighty"}, "PARVIS_PORT: the setting port is wrong"),
        ({"PARVIS_LOG": "loud"}, "PARVIS_LOG"),
        ({"PARVIS_ENGINE": "mysql://x"}, "write postgresql://"),
    ],
)
def test_a_wrong_variable_gets_one_sentence(
    tmp_path: Path, environ: dict[str, str], says: str
) -> None:
    with pytest.raises(Refused, match=re.escape(says)):
        load({"data": str(tmp_path)}, environ)


def test_an_operators_own_variables_are_left_alone(tmp_path: Path) -> None:
    mine = {
        "PARVIS_RECORDED": "x",
        "PARVIS_STAGE_SECRET": "y",
        "PARVIS_DEBUG": "1",
        "PARVIS_FEED": "nats://x",
    }
    assert load({"data": str(tmp_path)}, mine) == Settings(data=str(tmp_path))


def test_a_folder_without_a_name_is_no_other_folder(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="--data or PARVIS_DATA"):
        load({"data": ""}, {})
    with pytest.raises(Refused, match="--data or PARVIS_DATA"):
        load({}, {"PARVIS_DATA": ""})
    assert load({"data": str(tmp_path)}, {"PARVIS_DATA": ""}).folder == tmp_path


def test_a_mark_that_editors_put_first_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "parvis.toml").write_bytes(b"\xef\xbb\xbfport = 8401\r\n")
    assert load({"data": str(tmp_path)}, {}).port == 8401


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "parvis.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(Refused, match="UTF-8"):
        load({"data": str(tmp_path)}, {})


def test_every_setting_is_described_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+)", PAGE.read_text(), re.M))
    assert set(rows) == set(NAMES)
    for name, row in rows.items():
        default: Any = getattr(Settings(), name)
        assert f"`PARVIS_{name.upper()}`" in row
        if default not in ("", ()):
            shown = str(default).lower() if isinstance(default, bool) else default
            assert row.startswith(f"`{shown}` |"), name
    assert {name for name in NAMES if isinstance(getattr(Settings(), name), tuple)} == LISTS
