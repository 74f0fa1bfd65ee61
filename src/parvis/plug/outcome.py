"""What an answer or a broken connection means: `Refused` (trying again changes nothing) or `Later`,
in one sentence.
"""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp

from parvis.core.errors import Later, Refused
from parvis.plug.budget import retry_after_s

PASSING = frozenset((408, 421, 425, 429))
"""Client errors that go away by themselves."""


def hurts(status: int) -> bool:
    """Whether the host itself is in trouble (counts for its circuit)."""
    return status >= 500


def judge(
    status: int, headers: Mapping[str, str], host: str, now_s: float, back_off_s: float
) -> Refused | Later | None:
    """The error that `status` means, or None for 2xx and 304."""
    if 200 <= status < 300 or status == 304:
        return None
    asked = retry_after_s(headers, now_s)
    if status == 429:
        return Later(f"{host} asks us to slow down (429).", asked or back_off_s)
    if status >= 500 or status in PASSING:
        return Later(f"{host} has trouble answering ({status}).", asked or back_off_s)
    if 300 <= status < 400:
        return Refused(f"{host} sends us on to another address ({status}); set that address.")
    return Refused(_REFUSALS.get(status, _OTHER).format(host=host, status=status))


_OTHER = "{host} does not accept what we ask ({status}); check the settings of this source."
_REFUSALS = {
    401: "{host} does not accept our credentials (401); check the token or key.",
    403: "{host} forbids this (403); check that the token or account has the permission.",
    404: "{host} has nothing at this address (404); check the address and the settings.",
    410: "{host} says that this is gone for good (410); remove it or set another address.",
}


def broken(error: Exception, host: str, back_off_s: float, deadline_s: float) -> Refused | Later:
    """What a failed connection or a damaged body means."""
    if isinstance(error, aiohttp.InvalidURL | ValueError):
        return Refused(f"The address of {host or 'this source'} is not a web address; correct it.")
    if isinstance(error, TimeoutError):
        why = f"{host} did not finish answering within {deadline_s:g} seconds."
    elif isinstance(
        error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError
    ):
        why = (
            f"{host} has no valid certificate; its operator must renew it, or the address is wrong."
        )
    elif isinstance(error, aiohttp.ClientConnectorDNSError):
        why = f"{host} cannot be found; check the address and the network."
    elif isinstance(error, aiohttp.ClientConnectorError):
        said = (error.os_error.strerror or "no connection").lower()
        why = f"{host} cannot be reached ({said}); check the address and the network."
    else:
        why = f"{host} broke off its answer."
    return Later(why, back_off_s)
