"""Credentials come from the environment, and an absent one is named."""

from __future__ import annotations

import pytest

from parvis.core.errors import Refused
from parvis.core.ports import Blobs, Memory, Vault
from parvis.plug.testkit import DictMemory, MemoryBlobs, MemoryVault
from parvis.plug.vault import EnvVault


def test_a_secret_is_read_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    vault: Vault = EnvVault({"token": "TOWN_TOKEN"}, environ={"TOWN_TOKEN": " s3cret\n"})
    assert vault.secret("token") == "s3cret" and vault.has("token")
    monkeypatch.setenv("TOWN_TOKEN", "now")
    assert EnvVault({"token": "TOWN_TOKEN"}).secret("token") == "now"


def test_an_absent_secret_is_refused_by_name_and_place() -> None:
    vault = EnvVault({"token": "TOWN_TOKEN", "key": "KEY"}, environ={"KEY": " "})
    with pytest.raises(Refused, match=r"credential token is empty; set the .* TOWN_TOKEN"):
        vault.secret("token")
    with pytest.raises(Refused, match="TOWN_TOKEN where parvis runs, and start it again"):
        vault.secret("token")
    with pytest.raises(Refused, match="credential key is empty"):
        vault.secret("key")
    with pytest.raises(Refused, match="credential other is missing; set it in the studio, or name"):
        vault.secret("other")
    assert not vault.has("other")
    # one that was declared is never taken for absent: a door meant to be locked would stand open
    assert vault.has("token") and vault.has("key")


def test_a_vault_never_shows_its_secrets() -> None:
    vault = EnvVault({"token": "TOWN_TOKEN"}, environ={"TOWN_TOKEN": "s3cret"})
    assert "s3cret" not in repr(vault) and "s3cret" not in str(vault.__dict__.get("_secrets"))


async def test_the_fakes_hold_the_ports() -> None:
    vault: Vault = MemoryVault({"a": "1"})
    assert vault.secret("a") == "1" and not vault.has("b")
    with pytest.raises(Refused, match="credential b is missing"):
        vault.secret("b")
    memory: Memory = DictMemory()
    assert await memory.recall("x") is None
    await memory.remember("x", "1")
    assert await memory.recall("x") == "1"
    blobs: Blobs = MemoryBlobs()
    name = await blobs.put(b"body", "text/plain")
    assert await blobs.open(name) == b"body"
    await blobs.drop(name)
    await blobs.drop(name)
    with pytest.raises(Refused, match="no file"):
        await blobs.open(name)
