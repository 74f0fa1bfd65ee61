from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.plug.multipart import MAX_PARTS, BadForm, Part, is_multipart, parse

KIND = "multipart/form-data; boundary=AaB03x"


def form(*fields: bytes, end: bytes = b"--AaB03x--\r\n") -> bytes:
    return b"".join(b"--AaB03x\r\n" + field + b"\r\n" for field in fields) + end


def field(name: str, body: bytes, more: str = "") -> bytes:
    return f'Content-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + body


def test_fields_and_files_are_told_apart() -> None:
    file = b'Content-Disposition: form-data; name="photo"; filename="a b.jpg"\r\n'
    file += b"Content-Type: image/JPEG; x=1\r\n\r\n\xff\xd8\r\n\r\n--AaB0"
    empty = field("photo", b"", '; filename=""')
    parts = parse(KIND, form(field("text", "Où ?".encode()), file, empty))
    assert parts == [
        Part("text", "Où ?".encode()),
        Part("photo", b"\xff\xd8\r\n\r\n--AaB0", "a b.jpg", "image/jpeg"),
        Part("photo", b"", ""),
    ]
    assert parts[0].text == "Où ?"
    assert Part("x", b"\xff").text == "\ufffd"


def test_a_file_is_not_copied() -> None:
    whole = form(field("photo", b"many megabytes", '; filename="a.jpg"'))
    (part,) = parse(KIND, whole)
    assert isinstance(part.body, memoryview) and part.body.obj is whole
    assert bytes(part.body) == b"many megabytes"


@pytest.mark.parametrize(
    "kind", [KIND.replace("AaB03x", '"AaB03x"'), KIND.upper().replace("AAB03X", "AaB03x")]
)
def test_a_boundary_may_be_quoted(kind: str) -> None:
    assert is_multipart(kind)
    assert len(parse(kind, form(field("a", b"1")))) == 1


@pytest.mark.parametrize(
    ("kind", "body", "says"),
    [
        ("multipart/form-data", form(), "no boundary"),
        ("application/json", b"{}", "no boundary"),
        (KIND, b"", "does not begin"),
        (KIND, b"x" + form(), "does not begin"),
        (KIND, form(field("a", b"1"), end=b""), "cut"),
        (KIND, form(field("a", b"1"))[:-20], "cut"),
        (KIND, b"--AaB03xyz\r\n\r\n--AaB03x--", "must"),
        (KIND, form(b"Content-Disposition: form-data; name=a"), "no end of its head"),
        (KIND, form(b"X: y\r\n\r\nz"), "no name"),
        (
            KIND,
            form(field("a", b"1").replace(b"\r\n\r\n", b"\r\nX: " + b"y" * 5000 + b"\r\n\r\n")),
            "head",
        ),
        (KIND, form(*[field("a", b"1")] * (MAX_PARTS + 1)), "more than"),
    ],
)
def test_what_is_no_form_is_refused(kind: str, body: bytes, says: str) -> None:
    with pytest.raises(BadForm, match=says):
        parse(kind, body)


@given(
    body=st.binary(max_size=300),
    head=st.sampled_from((b"", b"--AaB03x\r\n", form(field("a", b"b")))),
)
def test_any_bytes_are_read_or_refused(body: bytes, head: bytes) -> None:
    try:
        parse(KIND, head + body)
    except BadForm as bad:
        assert str(bad).endswith(".")


@given(values=st.lists(st.binary(max_size=60).filter(lambda b: b"AaB03x" not in b), max_size=8))
def test_what_was_written_is_read(values: list[bytes]) -> None:
    sent = form(*(field(f"f{n}", value) for n, value in enumerate(values))) if values else b""
    if values:
        assert [part.body for part in parse(KIND, sent)] == values
