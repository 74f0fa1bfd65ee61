"""`quality.toml`: how far an extension is, rule by rule, each done, todo or exempt, and why."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast

from parvis.core.errors import Refused
from parvis.plug.manifest import KINDS, Kind

State = Literal["done", "todo", "exempt"]


class Rule(NamedTuple):
    """One promise of quality, and the kinds of extensions that it is asked of."""

    says: str
    kinds: tuple[Kind, ...] = KINDS


_SOURCE: tuple[Kind, ...] = ("source",)

QUALITY_RULES: Mapping[str, Rule] = {
    "documented": Rule("doc.md says what it does, what it needs and every setting by name."),
    "fixtures": Rule("Written by us, one for each shape of payload, with broken ones."),
    "pure": Rule("The part that judges content does no I/O and never raises."),
    "errors": Rule("Every error a person can cause is one sentence: what, where, how to mend."),
    "personal_data": Rule("plugin.toml names the categories of personal data it handles."),
    "keys": Rule("A post keeps its key however it arrives.", _SOURCE),
    "policy": Rule("The display policy follows the network's terms, cited in doc.md.", _SOURCE),
    "resume": Rule("After a cut nothing is lost and nothing doubled.", _SOURCE),
    "deletions": Rule("A deletion at the source is told or found by re-checking.", _SOURCE),
    "edits": Rule("An edit at the source arrives as a new version of the same key.", _SOURCE),
    "opt_outs": Rule("Flags by which people ask not to be collected are honoured.", _SOURCE),
    "budget": Rule("The network's rate limits are kept and its refusals understood.", _SOURCE),
    "simulator": Rule("A simulator speaks the network's wire; tests need no network.", _SOURCE),
}


class Mark(NamedTuple):
    """Where an extension stands on one rule; `why` is asked for unless it is done."""

    state: State
    why: str = ""


def rules_of(kind: Kind) -> tuple[str, ...]:
    """The names of the rules that a kind of extension answers."""
    return tuple(name for name, rule in QUALITY_RULES.items() if kind in rule.kinds)


def read_quality(path: Path, kind: Kind) -> Mapping[str, Mark]:
    """The marks in `quality.toml`; raises `Refused` naming the rule that is missing or not
    understood.

    A rule is `name = "done"`, `name = {todo = "why"}` or `name = {exempt = "why"}`.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Refused(f"{path} is missing; write one line for each quality rule.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused(f"{path} is not valid TOML: {error}; correct that line.") from error
    known = rules_of(kind)
    for name in given:
        if name not in known:
            raise Refused(f"{path}: {name} is no rule for a {kind}; remove it.")
    for name in known:
        if name not in given:
            raise Refused(
                f'{path}: the rule {name} is missing; write {name} = "done" or {{todo = "why"}}.'
            )
    return {name: _mark(given[name], f"{path}: {name}") for name in known}


def _mark(value: Any, where: str) -> Mark:
    if value == "done":
        return Mark("done")
    if isinstance(value, dict):
        marks = cast("dict[str, object]", value)
        if len(marks) == 1:
            state, why = next(iter(marks.items()))
            if state in ("todo", "exempt") and isinstance(why, str) and why.strip():
                return Mark("todo" if state == "todo" else "exempt", why)
    raise Refused(
        f'{where} is not understood; write "done", {{todo = "why"}} or {{exempt = "why"}}.'
    )
