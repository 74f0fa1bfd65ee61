"""Writes `frontend/kit/wire.ts` from `core/wire.py`, so that the wire is described once.

A field that the server may leave out (its struct omits defaults) is optional in TypeScript;
`DEFAULTS` holds what stands for it.
"""

from __future__ import annotations

import argparse
import json
import sys
import types
import typing
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from parvis.core import wire

TARGET = Path("frontend/kit/wire.ts")
HEAD = """\
// Generated from src/parvis/core/wire.py by `python -m parvis.run.wire_ts`: change that file.
"""
PLAIN = {str: "string", int: "number", float: "number", bool: "boolean"}


def type_of(hint: Any, met: dict[str, type[msgspec.Struct]]) -> str:
    """The TypeScript type of a Python one; structs met on the way are added to `met`.

    Raises TypeError for a type that has none.
    """
    if hint in PLAIN:
        return PLAIN[hint]
    if hint is Any:
        return "unknown"
    if hint is type(None):
        return "null"
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return " | ".join(json.dumps(word) for word in inner)
    if origin in (typing.Union, types.UnionType):
        return " | ".join(type_of(one, met) for one in inner)
    if origin is tuple:
        return tuple_of(inner, met)
    if origin is dict and inner[0] is str:
        return f"Readonly<Record<string, {type_of(inner[1], met)}>>"
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        met.setdefault(hint.__name__, hint)
        return hint.__name__
    raise TypeError(f"{hint} has no TypeScript form: use a plainer type in core/wire.py")


def tuple_of(inner: tuple[Any, ...], met: dict[str, type[msgspec.Struct]]) -> str:
    """An array for `tuple[X, ...]`, a fixed tuple otherwise."""
    if inner[-1] is Ellipsis:
        item = type_of(inner[0], met)
        return f"readonly ({item})[]" if "|" in item else f"readonly {item}[]"
    return f"readonly [{', '.join(type_of(one, met) for one in inner)}]"


def interface(struct: type[msgspec.Struct], met: dict[str, type[msgspec.Struct]]) -> str:
    """One `export interface`, with the struct's docstring."""
    hints, config = get_type_hints(struct), struct.__struct_config__
    about = " ".join((struct.__doc__ or "").split())
    lines = [f"/** {about} */", f"export interface {struct.__name__} {{"]
    if config.tag is not None:
        lines.append(f"  readonly {config.tag_field}: {json.dumps(config.tag)};")
    for field in msgspec.structs.fields(struct):
        mark = "?" if config.omit_defaults and not field.required else ""
        kind = type_of(hints[field.name], met)
        lines.append(f"  readonly {field.encode_name}{mark}: {kind};")
    return "\n".join([*lines, "}"])


def defaults(structs: Sequence[type[msgspec.Struct]]) -> str:
    """What stands for each optional field that is a number, a word or a flag."""
    table = {}
    for struct in structs:
        if not struct.__struct_config__.omit_defaults:
            continue
        plain = {
            field.encode_name: field.default
            for field in msgspec.structs.fields(struct)
            if isinstance(field.default, str | int | float | bool)
        }
        if plain:
            table[struct.__name__] = plain
    rows = [
        f"  {name}: {{ {', '.join(f'{key}: {json.dumps(value)}' for key, value in row.items())} }},"
        for name, row in sorted(table.items())
    ]
    return "\n".join(["export const DEFAULTS = {", *rows, "} as const;"])


def render() -> str:
    """The whole of wire.ts."""
    met: dict[str, type[msgspec.Struct]] = {"Snapshot": wire.Snapshot}
    union = type_of(wire.Message, met)
    written: dict[str, str] = {}
    while len(written) < len(met):
        for name, struct in list(met.items()):
            if name not in written:
                written[name] = interface(struct, met)
    blocks = [written[name] for name in sorted(written)]
    blocks.append(f"/** Everything the live stream says. */\nexport type Message = {union};")
    blocks.append(defaults([met[name] for name in sorted(met)]))
    return HEAD + "\n" + "\n\n".join(blocks) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the file, or with --check say whether it is up to date."""
    parser = argparse.ArgumentParser(prog="parvis.run.wire_ts", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when stale")
    parser.add_argument("--target", type=Path, default=TARGET, help="default: %(default)s")
    options = parser.parse_args(arguments)
    target: Path = options.target
    text = render()
    if options.check:
        stale = not target.is_file() or target.read_text(encoding="utf-8") != text
        if stale:
            print(f"{target} is older than core/wire.py: run `python -m parvis.run.wire_ts`.")
        return int(stale)
    target.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
