"""Credentials of one extension: variables of the environment, or sealed in the store."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from parvis.core.errors import Refused
from parvis.plug.seal import SEALED


class EnvVault:
    """A `Vault`. `secrets` maps a credential's name to the environment variable that holds it, or
    to its sealed value, which `unseal` opens (sealed, name).
    """

    def __init__(
        self,
        secrets: Mapping[str, str],
        *,
        environ: Mapping[str, str] | None = None,
        unseal: Callable[[str, str], str] | None = None,
    ) -> None:
        self._secrets = dict(secrets)
        self._environ = os.environ if environ is None else environ
        self._unseal = unseal

    def secret(self, name: str) -> str:
        """The value; raises `Refused` naming the credential and where to set it."""
        variable = self._secrets.get(name)
        if variable is None:
            raise Refused(
                f"The credential {name} is missing;"
                " set it in the studio, or name the environment variable that holds it under"
                " secrets of this source."
            )
        if variable.startswith(SEALED) and self._unseal is not None:
            return self._unseal(variable, name)
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
