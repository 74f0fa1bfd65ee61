from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from parvis.core.errors import Refused
from parvis.run.certificate import context_of
from parvis.run.settings import Settings

PEM = Path(__file__).parents[2] / "contract" / "web" / "fixtures" / "localhost.pem"


def test_no_certificate_no_context() -> None:
    assert context_of(Settings()) is None


def test_one_file_may_hold_certificate_and_key() -> None:
    context = context_of(Settings(tls_cert=str(PEM)))
    assert context is not None
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context_of(Settings(tls_cert=str(PEM), tls_key=str(PEM))) is not None


def test_what_cannot_be_used_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="tls_key is set without tls_cert"):
        context_of(Settings(tls_key=str(PEM)))
    with pytest.raises(Refused, match=r"tls_cert is .*none\.pem, which cannot be read"):
        context_of(Settings(tls_cert=str(tmp_path / "none.pem")))
    with pytest.raises(Refused, match=r"tls_key is .*none\.pem, which cannot be read"):
        context_of(Settings(tls_cert=str(PEM), tls_key=str(tmp_path / "none.pem")))
    odd = tmp_path / "odd.pem"
    odd.write_text("not a certificate")
    with pytest.raises(Refused, match="give PEM files that belong together"):
        context_of(Settings(tls_cert=str(odd)))
