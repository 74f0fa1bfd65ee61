"""Where uv comes from before there is pip, and what the installers' environment keeps."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import platform
import stat
import sys
import threading
import zipfile
from base64 import b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from parvis.run import package_index
from parvis.run.package_index import Unreachable, environment, fetch_uv, index_url, suits

TAGS = "manylinux_2_17_x86_64.manylinux2014_x86_64"
NAME = f"uv-1.2.3-py3-none-{TAGS}.whl"


def wheel() -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("uv-1.2.3.data/scripts/uv", "#!/bin/sh\necho uv\n")
    return body.getvalue()


class Index:
    """A package index on loopback: a page, one wheel, and what it was asked for."""

    def __init__(self) -> None:
        self.files = {f"/files/{NAME}": wheel()}
        self.packed = False
        self.asked: list[tuple[str, str | None]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append((self.path, self.headers["Authorization"]))
                body = outer.files.get(self.path)
                self.send_response(200 if body is not None else 404)
                if outer.packed and body is not None:
                    body = gzip.compress(body)
                    self.send_header("Content-Encoding", "gzip")
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/simple"
        self.page()

    def page(self, *names: str) -> None:
        """List the wheel, among others that do not fit."""
        others = [
            "uv-1.2.2-py3-none-any.whl",
            f"uv-1.2.3-py3-none-{'win_amd64'}.whl",
            "uv-1.2.3.zip",
        ]
        links = [f'<a href="../../files/{name}#sha256=0">{name}</a>' for name in names or (NAME,)]
        other = [f'<a href="../../files/{name}">{name}</a>' for name in others]
        self.files["/simple/uv/"] = "\n".join([*other, *links]).encode()


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(platform, "libc_ver", lambda: ("glibc", "2.36"))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("no_proxy", "*")
    served = Index()
    thread = threading.Thread(target=served.server.serve_forever, args=(0.01,))
    thread.start()
    yield served
    served.server.shutdown()
    thread.join()
    served.server.server_close()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "uv.lock"
    path.write_text(f"uv==1.2.3 \\\n    --hash=sha256:{hashlib.sha256(wheel()).hexdigest()}\n")
    return path


@pytest.mark.parametrize("packed", [False, True])
def test_uv_is_fetched_and_can_be_run(
    index: Index, lock: Path, tmp_path: Path, packed: bool
) -> None:
    index.packed = packed
    program, told = tmp_path / "bin" / "uv", list[float]()
    fetch_uv(lock, program, {"PIP_INDEX_URL": index.address}, told.append)
    assert program.read_text() == "#!/bin/sh\necho uv\n"
    assert program.stat().st_mode & stat.S_IXUSR
    assert told[-1] == 1.0
    assert [path for path, _ in index.asked] == ["/simple/uv/", f"/files/{NAME}"]


def test_what_the_lock_does_not_pin_is_never_written(
    index: Index, lock: Path, tmp_path: Path
) -> None:
    index.files[f"/files/{NAME}"] = wheel() + b"."
    with pytest.raises(Unreachable, match=r"is not what uv\.lock pins"):
        fetch_uv(lock, tmp_path / "uv", {"PIP_INDEX_URL": index.address}, print)
    assert not (tmp_path / "uv").exists()


def test_an_index_without_it_is_named_without_its_password(
    index: Index, lock: Path, tmp_path: Path
) -> None:
    index.page("uv-1.2.3-py3-none-manylinux_2_17_s390x.whl")
    address = index.address.replace("//", "//ada:secret@")
    with pytest.raises(Unreachable, match=r"has no uv 1\.2\.3 for this machine") as told:
        fetch_uv(lock, tmp_path / "uv", {"UV_INDEX_URL": address}, print)
    assert "secret" not in str(told.value)
    index.files.clear()
    with pytest.raises(Unreachable, match=r"cannot be reached \(.*404|Not Found"):
        fetch_uv(lock, tmp_path / "uv", {"UV_INDEX_URL": address}, print)


def test_credentials_go_to_the_index_alone(index: Index, lock: Path, tmp_path: Path) -> None:
    address = index.address.replace("//", "//ada:s%2Fcret@")
    index.page()
    elsewhere = index.files["/simple/uv/"].replace(
        b"../../files/", index.address.replace("127.0.0.1", "localhost").encode() + b"/../files/"
    )
    index.files["/simple/uv/"] = elsewhere
    with contextlib.suppress(Unreachable):  # a machine may not know localhost
        fetch_uv(lock, tmp_path / "uv", {"UV_DEFAULT_INDEX": f"ours={address}"}, print)
    sent = "Basic " + b64encode(b"ada:s/cret").decode()
    assert index.asked[0] == ("/simple/uv/", sent)
    assert [key for path, key in index.asked[1:]] in ([None], [])


@pytest.mark.parametrize(
    ("system", "machine", "libc", "tags", "fits"),
    [
        ("linux", "x86_64", "glibc", TAGS, True),
        ("linux", "x86_64", "", TAGS, False),
        ("linux", "x86_64", "", "musllinux_1_1_x86_64", True),
        ("linux", "aarch64", "glibc", "manylinux_2_17_aarch64.musllinux_1_1_aarch64", True),
        ("linux", "aarch64", "", "manylinux_2_17_aarch64.musllinux_1_1_aarch64", True),
        ("linux", "aarch64", "glibc", TAGS, False),
        ("darwin", "arm64", "", "macosx_11_0_arm64", True),
        ("darwin", "x86_64", "", "macosx_11_0_arm64", False),
        ("darwin", "arm64", "", "manylinux_2_17_aarch64", False),
        ("linux", "x86_64", "glibc", "win_amd64", False),
    ],
)
def test_a_wheel_fits_a_machine(
    monkeypatch: pytest.MonkeyPatch, system: str, machine: str, libc: str, tags: str, fits: bool
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(platform, "libc_ver", lambda: (libc, ""))
    assert suits(tags) is fits


def test_the_index_is_where_uv_or_pip_would_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package_index, "pip_files", lambda environ: [tmp_path / "pip.conf"])
    assert index_url({}) == "https://pypi.org/simple"
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = https://mirror.example/simple/\n")
    assert index_url({"PIP_INDEX_URL": " "}) == "https://mirror.example/simple"
    assert index_url({"PIP_INDEX_URL": "https://other.example/x"}) == "https://other.example/x"
    both = {"PIP_INDEX_URL": "https://other.example", "UV_DEFAULT_INDEX": "in=https://uv.example/"}
    assert index_url(both) == "https://uv.example"
    (tmp_path / "pip.conf").write_text("no section\n")
    assert index_url({}) == "https://pypi.org/simple"


def test_pips_own_files_are_read_in_its_order(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path), "PIP_CONFIG_FILE": str(tmp_path / "mine")}
    files = list(package_index.pip_files(environ))
    assert files[-2:] == [tmp_path / ".config" / "pip" / "pip.conf", tmp_path / "mine"]
    (tmp_path / "mine").write_text("[install]\nindex-url = https://mine.example/simple\n")
    assert index_url(environ) == "https://mine.example/simple"


@pytest.mark.parametrize(
    "name",
    [
        *("PIP_TARGET", "PIP_PREFIX", "PIP_NO_BINARY", "PIP_REQUIRE_HASHES", "PIP_CONSTRAINT"),
        *("UV_SYSTEM_PYTHON", "UV_PYTHON", "UV_NO_BUILD", "UV_REQUIRE_HASHES", "UV_CONSTRAINT"),
        *("UV_EXCLUDE_NEWER", "UV_OVERRIDE", "UV_NO_BINARY", "UV_PROJECT_ENVIRONMENT"),
        *("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME"),
    ],
)
def test_what_would_change_the_installation_is_left_out(name: str) -> None:
    assert name not in environment({name: "1"})


@pytest.mark.parametrize(
    "name",
    [
        *("PIP_INDEX_URL", "PIP_CERT", "PIP_PROXY", "PIP_CACHE_DIR", "PIP_TRUSTED_HOST"),
        *("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX_OURS_PASSWORD", "UV_CACHE_DIR"),
        *("UV_OFFLINE", "UV_NATIVE_TLS", "UV_CONCURRENT_DOWNLOADS", "HTTPS_PROXY", "HOME", "PATH"),
    ],
)
def test_how_packages_are_reached_is_kept(name: str) -> None:
    assert environment({name: "https://x.example"})[name] == "https://x.example"


def test_pip_never_installs_for_the_user_alone() -> None:
    assert environment({"PIP_USER": "1"})["PIP_USER"] == "0"


def test_uv_hears_of_the_index_that_pip_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_index, "pip_files", lambda environ: [])
    told = environment({"PIP_INDEX_URL": "https://mirror.example/simple"})
    assert told["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    own = environment({**told, "UV_INDEX_URL": "https://own.example"})
    assert own["UV_INDEX_URL"] == "https://own.example"
    assert "UV_DEFAULT_INDEX" not in environment({})
