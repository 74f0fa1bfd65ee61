from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from parvis.core.errors import Later, Refused
from parvis.run.local_call import call, is_served
from parvis.web.live.server import SOCKET_NAME, socket_address

CHUNKED = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n2\r\n1}\r\n0\r\n\r\n'


@pytest.fixture
def answering(tmp_path: Path) -> Callable[..., list[bytes]]:
    """Answers one call at the folder's socket; gives what was asked."""

    def begin(answer: bytes, folder: Path = tmp_path) -> list[bytes]:
        asked: list[bytes] = []
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with socket_address(folder / SOCKET_NAME) as address:
            server.bind(address)
        server.listen()

        def serve() -> None:
            connection, _ = server.accept()
            with server, connection:
                asked.append(connection.recv(65536))
                connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        return asked

    return begin


def test_nobody_answers(tmp_path: Path) -> None:
    assert call(tmp_path, "GET", "/") is None
    assert not is_served(tmp_path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as left:
        left.bind(str(tmp_path / SOCKET_NAME))
    assert call(tmp_path, "GET", "/") is None, "a socket that a killed process left is nobody"
    assert not is_served(tmp_path)


def test_an_answer(tmp_path: Path, answering: Callable[..., list[bytes]]) -> None:
    asked = answering(b'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"a": 10}')
    reply = call(tmp_path, "POST", "/x?y=1", b"body", content_type="application/toml")
    assert reply is not None
    assert (reply.status, reply.value()) == (200, {"a": 10})
    head, _, body = asked[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /x?y=1 HTTP/1.1\r\nhost: localhost\r\n")
    assert b"content-length: 4" in head
    assert body == b"body"


def test_an_answer_in_chunks(tmp_path: Path, answering: Callable[..., list[bytes]]) -> None:
    answering(CHUNKED)
    reply = call(tmp_path, "GET", "/")
    assert reply is not None
    assert reply.value() == {"a": 1}


def test_a_problem_is_its_sentence(tmp_path: Path, answering: Callable[..., list[bytes]]) -> None:
    answering(b'HTTP/1.1 422 No\r\ncontent-length: 24\r\n\r\n{"detail": "Mend that."}')
    reply = call(tmp_path, "GET", "/")
    assert reply is not None
    with pytest.raises(Refused, match="Mend that"):
        reply.value()


def test_a_hang_up_is_told(tmp_path: Path, answering: Callable[..., list[bytes]]) -> None:
    answering(b"")
    with pytest.raises(Later, match="hung up"):
        call(tmp_path, "GET", "/")


def test_a_long_folder_name_is_no_obstacle(
    tmp_path: Path, answering: Callable[..., list[bytes]]
) -> None:
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    answering(CHUNKED, folder)
    reply = call(folder, "GET", "/")
    assert reply is not None
    assert reply.value() == {"a": 1}
