"""Keys at rest: opened by the right house for the right source, and by nothing else."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from parvis.core.errors import Refused
from parvis.plug.seal import FILE, SEALED, Seal, secret_of
from parvis.plug.vault import EnvVault

ABOUT = secret_of("main", "square-x", "token")
SECRET = "AAAA-été-🔑"


def test_what_is_sealed_is_opened_again_also_after_a_restart(tmp_path: Path) -> None:
    sealed = Seal(tmp_path).close(SECRET, ABOUT)
    assert sealed.startswith(SEALED) and "AAAA" not in sealed
    assert Seal(tmp_path).open(sealed, ABOUT) == SECRET
    assert Seal(tmp_path).close(SECRET, ABOUT) != sealed, "the same key never looks the same"


def test_only_its_owner_reads_the_key(tmp_path: Path) -> None:
    Seal(tmp_path).close(SECRET, ABOUT)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_sealed_for_one_it_opens_for_no_other(tmp_path: Path) -> None:
    seal = Seal(tmp_path)
    sealed = seal.close(SECRET, ABOUT)
    for other in (("main", "square-x", "key"), ("main", "hall-x", "token"), ("b", "square-x", "t")):
        with pytest.raises(Refused, match="set the credential again"):
            seal.open(sealed, secret_of(*other))


def test_a_changed_text_does_not_open(tmp_path: Path) -> None:
    seal = Seal(tmp_path)
    sealed = seal.close(SECRET, ABOUT)
    for broken in (sealed[:-6], SEALED, f"{SEALED}!!", sealed[:20] + "A" + sealed[21:] + "AAAA"):
        with pytest.raises(Refused, match="token"):
            seal.open(broken, ABOUT)


def test_without_its_key_a_store_says_how_to_mend_it(tmp_path: Path) -> None:
    sealed = Seal(tmp_path).close(SECRET, ABOUT)
    (tmp_path / FILE).unlink()
    with pytest.raises(Refused, match="bring back the file seal"):
        Seal(tmp_path).open(sealed, ABOUT)
    assert not (tmp_path / FILE).exists(), "a wrong key would hide the loss"
    (tmp_path / FILE).write_text("beef\n")
    with pytest.raises(Refused, match="64 hexadecimal digits"):
        Seal(tmp_path).open(sealed, ABOUT)


def test_nodes_that_share_a_store_share_a_given_key(tmp_path: Path) -> None:
    one = Seal(tmp_path / "one", "ab" * 32, own_file=False)
    two = Seal(tmp_path / "two", "ab" * 32, own_file=False)
    assert two.open(one.close(SECRET, ABOUT), ABOUT) == SECRET
    with pytest.raises(Refused, match="every node needs the same setting seal"):
        Seal(tmp_path, own_file=False).close(SECRET, ABOUT)


@pytest.mark.parametrize("given", ["ab", "zz" * 32, "ab" * 33])
def test_a_key_that_is_none_is_refused(tmp_path: Path, given: str) -> None:
    with pytest.raises(Refused, match="64 hexadecimal digits"):
        Seal(tmp_path, given)


def test_the_vault_opens_what_is_sealed_and_reads_the_rest(tmp_path: Path) -> None:
    seal = Seal(tmp_path)
    vault = EnvVault(
        {"token": seal.close(SECRET, ABOUT), "other": "OTHER"},
        environ={"OTHER": "from outside"},
        unseal=lambda sealed, name: seal.open(sealed, secret_of("main", "square-x", name)),
    )
    assert vault.secret("token") == SECRET and vault.secret("other") == "from outside"
    assert vault.has("token") and SECRET not in repr(vault)
