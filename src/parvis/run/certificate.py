"""Certificates as the server takes them: what an operator gives is read once, before anything is
opened.
"""

from __future__ import annotations

import ssl
from pathlib import Path

from parvis.core.errors import Refused
from parvis.run.settings import Settings


def context_of(settings: Settings) -> ssl.SSLContext | None:
    """What encrypts the server, TLS 1.2 and newer; None where no certificate is given.

    Raises `Refused` naming the file that cannot be used.
    """
    if not settings.tls_cert:
        if settings.tls_key:
            raise Refused("tls_key is set without tls_cert; name the certificate's file too.")
        return None
    cert = Path(settings.tls_cert).expanduser()
    key = Path(settings.tls_key).expanduser() if settings.tls_key else None
    for name, path in (("tls_cert", cert), ("tls_key", key)):
        if path is not None:
            _readable(name, path)
    return served_with(cert, key)


def served_with(cert: Path, key: Path | None = None) -> ssl.SSLContext:
    """What encrypts with these files, TLS 1.2 and newer. Raises `Refused`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # screens of ten years ago speak nothing newer
    try:
        context.load_cert_chain(cert, key, password=_no_password)
    except (ssl.SSLError, OSError) as error:
        raise Refused(
            f"The certificate {cert} cannot be used with the key {key or cert}; give PEM files that"
            " belong together, the key without a password."
        ) from error
    return context


def _readable(name: str, path: Path) -> None:
    try:
        path.read_bytes()
    except OSError as error:
        raise Refused(
            f"{name} is {path}, which cannot be read ({error.strerror}); correct the path or its"
            " rights."
        ) from error


def _no_password() -> str:
    return ""  # asking at the terminal would hang a service
