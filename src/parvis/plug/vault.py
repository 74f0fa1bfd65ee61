"""Credentials, read from the environment by name; their values are stored nowhere."""

from __future__ import annotations

import os
from collections.abc import Mapping

from parvis.core.errors import Refused


class EnvVault:
    """A `Vault`. `secrets` maps a credential's name to the environment variable that holds it."""

    def __init__(
        self, secrets: Mapping[str, str], *, environ: Mapping[str, str] | None = None
    ) -> None:
        self._secrets = dict(secrets)
        self._environ = os.environ if environ is None else environ

    def secret(self, name: str) -> str:
        """The value; raises `Refused` naming the credential and where to set it."""
        variable = self._secrets.get(name)
        if variable is None:
            raise Refused(
                f"The credential {name} is missing;"
                " name the environment variable that holds it under secrets of this source."
            )
        value = self._environ.get(variable, "").strip()
        if not value:
            raise Refused(
                f"The credential {name} is empty; set the environment variable {variable} where"
                " parvis runs, and start it again."
            )
        return value

    def has(self, name: str) -> bool:
        """Whether it was declared. One that was, and is empty, is a mistake that `secret` tells:
        taken for absent, it would leave a door open that somebody wanted locked.
        """
        return name in self._secrets

    def __repr__(self) -> str:
        return f"EnvVault({', '.join(sorted(self._secrets))})"
