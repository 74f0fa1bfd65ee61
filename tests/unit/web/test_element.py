from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from parvis.web import element
from parvis.web.element import document, el, json_block, safe_url


def test_text_and_attributes_are_escaped() -> None:
    made = str(el("p", "<b>&\"'", title='"><script>'))
    assert made == '<p title="&quot;&gt;&lt;script&gt;">&lt;b&gt;&amp;&quot;&#x27;</p>'


def test_names_are_written_as_html_has_them() -> None:
    made = str(el("input", class_="a", data_post_id="k", required=True, value=None, checked=False))
    assert made == '<input class="a" data-post-id="k" required>'


@pytest.mark.parametrize("name", ["onclick", "style", "srcdoc", "on_error", "a b", "x>"])
def test_an_attribute_that_could_run_code_cannot_be_written(name: str) -> None:
    with pytest.raises(ValueError, match="no attribute"):
        el("p", **{name: "x"})


@pytest.mark.parametrize("tag", ["style", "iframe", "SCRIPT", "p onload", "", "noscript"])
def test_an_element_that_could_run_code_cannot_be_written(tag: str) -> None:
    with pytest.raises(ValueError, match="no element"):
        el(tag)


def test_a_script_has_an_address_of_ours_and_no_text() -> None:
    with pytest.raises(ValueError, match="never text"):
        el("script", "alert(1)")
    with pytest.raises(ValueError, match="/static/"):
        el("script", src="https://evil.example/x.js")


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:",
        "http://[bad",
        " https://a.example",
        "mailto:a@b.example",
        "relative",
        "",
    ],
)
def test_only_web_addresses_and_own_paths_stand(address: str) -> None:
    assert safe_url(address) is None
    assert str(el("a", "x", href=address)) == "<a>x</a>"


@pytest.mark.parametrize("address", ["/w/a", "https://a.example/x?y=1", "http://b.example"])
def test_good_addresses_stay(address: str) -> None:
    assert safe_url(address) == address


def test_void_elements_have_no_children_and_raw_text_no_elements() -> None:
    with pytest.raises(ValueError, match="no children"):
        el("img", "x")
    with pytest.raises(ValueError, match="text only"):
        el("title", el("b", "x"))


def test_json_cannot_end_its_element() -> None:
    made = str(json_block("s", b'"</script><!--&\xe2\x80\xa8"'))
    assert made.count("<") == 2
    assert "\\u003c/script\\u003e\\u003c!--\\u0026\\u2028" in made


def test_what_no_html_can_hold_is_replaced() -> None:
    assert str(el("p", "a\x00b\ud800c\rd")) == "<p>a\ufffdb\ufffdc&#13;d</p>"
    assert document(el("p", "\ud800")).endswith("<p>\ufffd</p>".encode())


def test_no_markup_is_written_anywhere_else() -> None:
    """Pages are built from elements alone: no string of the web room holds a tag."""
    web = Path(element.__file__).parent
    for path in web.glob("*.py"):
        if path.name == "element.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
                text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
                found = re.search(r"</?[a-z][a-z0-9-]*[\s/>]", text)
                is_doc = "`<" in text
                assert found is None or is_doc, f"{path.name}:{node.lineno} holds {found}"
            if isinstance(node, ast.Name):
                assert node.id not in ("_Json", "HTMLResponse"), f"{path.name}:{node.lineno}"
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "Element", f"{path.name}:{node.lineno} bypasses el()"
