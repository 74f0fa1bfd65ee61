"""The command line: what it finds, what it says, and the status it gives."""

from __future__ import annotations

import argparse
from types import SimpleNamespace

import pytest

import parvis
from parvis.core.errors import Later, Refused
from parvis.run import cli, complaint


@pytest.mark.parametrize("name", cli.names())
def test_every_command_shows_its_summary_and_example(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = cli.find(name)
    with pytest.raises(SystemExit) as ended:
        cli.main([name, "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert command.EXAMPLE in said
    assert command.EXAMPLE.startswith(("parvis ", "./parvis ")) and name in command.EXAMPLE
    assert "\n" not in command.SUMMARY


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["help"]])
def test_the_overview_names_every_command(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(words) == 0
    said = capsys.readouterr().out
    assert all(f"  {name} " in said and cli.find(name).SUMMARY in said for name in cli.names())


@pytest.mark.parametrize("words", [["--version"], ["-V"], ["version"]])
def test_the_version(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(words) == 0
    assert capsys.readouterr().out.startswith(f"parvis {parvis.__version__} ")


@pytest.mark.parametrize(
    ("word", "words"),
    [("versoin", "did you mean `parvis version`?"), ("zzzz", "see `parvis --help`.")],
)
def test_an_unknown_command(word: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([word]) == 2
    assert capsys.readouterr().err == f"parvis: There is no command `{word}`; {words}\n"


def test_a_wrong_argument_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["version", "--loud"])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said == "parvis: `parvis version` takes no '--loud'; see `parvis version --help`.\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            "up --port abc",
            "--port takes a whole number, and 'abc' is none; for example: --port 8400",
        ),
        (
            "bench live --rounds x",
            "--rounds takes a whole number, and 'x' is none; for example: --rounds 3",
        ),
        ("bench liv", "There is no name 'liv' for `parvis bench`; did you mean live?"),
        (
            "bench quux",
            "There is no name 'quux' for `parvis bench`; choose from ingest, live, store, wall;"
            " for example: parvis bench live --json",
        ),
        ("sim mastadon", "There is no network 'mastadon' for `parvis sim`; did you mean mastodon?"),
        ("trace", f"`parvis trace` needs post; for example: {cli.find('trace').EXAMPLE}"),
        ("up --daat x", "`parvis up` takes no '--daat'; did you mean --data?"),
        ("up --host", f"--host needs a value after it; for example: {cli.find('up').EXAMPLE}"),
        (
            "sim mastodon --rate x",
            "--rate takes a number, and 'x' is none; for example: --rate 0.5",
        ),
    ],
)
def test_pythons_own_complaints_are_told_in_our_words(
    words: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(words.split())
    assert ended.value.code == 2
    assert capsys.readouterr().err == f"parvis: {said}\n"


def test_help_after_a_name_is_the_commands_own(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["bench", "live", "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert "usage: parvis bench" in said and cli.find("bench").EXAMPLE in said


@pytest.mark.parametrize("failure", [Refused("the file is empty."), Later("the file is empty.")])
def test_a_failure_on_purpose_is_one_sentence(
    failure: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(args: argparse.Namespace) -> int:
        raise failure

    stand_in(monkeypatch, fail)
    assert cli.main(["version"]) == 2
    assert capsys.readouterr().err == "parvis: the file is empty.\n"


def test_a_bug_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(args: argparse.Namespace) -> int:
        raise ZeroDivisionError

    stand_in(monkeypatch, fail)
    with pytest.raises(ZeroDivisionError):
        cli.main(["version"])


def test_stopping_by_hand_is_quiet(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(args: argparse.Namespace) -> int:
        raise KeyboardInterrupt

    stand_in(monkeypatch, stop)
    assert cli.main(["version"]) == 130
    assert capsys.readouterr().err == ""


def test_an_installed_program_says_where_its_tests_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["test", "--quick", "tests/unit"]) == 2
    assert "from a clone with `./parvis test`" in capsys.readouterr().err


def stand_in(monkeypatch: pytest.MonkeyPatch, run: object) -> None:
    """Put a command that does as told in the place of every other."""
    command = SimpleNamespace(
        SUMMARY="does as told", EXAMPLE="parvis version", arguments=lambda parser: None, run=run
    )
    monkeypatch.setattr(cli, "find", lambda name: command)


@pytest.mark.parametrize(
    "words",
    [
        "sim mastodon --port 99999",
        "sim feeds --port -5",
        "sim mastodon --rate nan",
        "sim mastodon --rate inf",
        "sim mastodon --rate -1",
        "sim mastodon --beat 0",
        "trace \udcff",
        "trace a\x1b[2J",
        "bench live --svg /dev/null/x",
        "up --data=",
    ],
)
def test_what_cannot_be_meant_is_one_sentence(
    words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(words.split(" ")) == complaint.WRONG
    told = capsys.readouterr().err
    assert told.startswith("parvis: ") and told.count("\n") == 1
