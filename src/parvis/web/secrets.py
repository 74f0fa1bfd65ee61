"""The keys of a source, as people set them: sealed at once, and never told again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from parvis.core.person import Actor, may
from parvis.core.wall import SourceSpec
from parvis.plug.manifest import Manifest, says_where
from parvis.plug.seal import SEALED, Seal, secret_of
from parvis.web.problem import Failed

Key = Annotated[str, Meta(min_length=1, max_length=4096)]
MASK = "sealed"
"""Stands in answers in place of a sealed key."""


def masked(spec: SourceSpec) -> SourceSpec:
    """As it may be told: which keys it has, and never what they are."""
    secrets = {name: MASK if at.startswith(SEALED) else at for name, at in spec.secrets.items()}
    return msgspec.structs.replace(spec, secrets=secrets)


def sealed(
    seal: Seal | None, spec: SourceSpec, manifest: Manifest, keys: Mapping[str, Key | None]
) -> SourceSpec:
    """With these keys set, or taken away where they are null. Raises `Failed`, `Refused`."""
    known = [credential.name for credential in manifest.credentials]
    secrets = dict(spec.secrets)
    for name, key in keys.items():
        if name not in known:
            raise Failed(422, f"{manifest.id} has no credential {name[:40]!r}.")
        if key is None:
            secrets.pop(name, None)
        elif seal is None or not key.strip() or not key.isprintable():
            raise Failed(422, f"The credential {name} is blank or has line ends; copy it again.")
        else:
            secrets[name] = seal.close(key.strip(), secret_of(spec.org, spec.id, name))
    return msgspec.structs.replace(spec, secrets=secrets)


def check_complete(manifest: Manifest, secrets: Mapping[str, str]) -> None:
    """Raises `Failed` where a key is wanted and none is there."""
    for credential in manifest.credentials:
        if credential.required and credential.name not in secrets:
            raise Failed(
                422, f"{manifest.id} needs the credential {credential.name}: set it, or name the"
                " environment variable that holds it."
            )  # fmt: skip


def check_led(
    actor: Actor,
    manifest: Manifest,
    held: SourceSpec,
    settings: Mapping[str, Any],
    keys: Mapping[str, Key | None],
) -> None:
    """Keys go where a source's settings lead: only an owner, or who gives them anew, may lead them
    to another server. Raises `Failed`.
    """
    led = [setting.name for setting in manifest.settings if says_where(manifest, setting)]
    kept = set(held.secrets) - set(keys)
    # a setting that came with an upgrade was not said
    moved = [name for name in led if (settings[name] or "") != (held.settings.get(name) or "")]
    if kept and moved and not may(actor.role, "owner"):
        raise Failed(
            403, f"With another {moved[0]}, the keys of this source would go to another server: set"
            " them again in the same step, or ask an owner."
        )  # fmt: skip
