"""`parvis bench`: measures beside the peers of the same run."""

from __future__ import annotations

import argparse
from pathlib import Path

from parvis.core.errors import Refused
from parvis.run.bench.draw import svg
from parvis.run.bench.plan import BENCHES, rows_of
from parvis.run.bench.process import allow_many_files
from parvis.run.bench.row import Row, as_json, line
from parvis.run.bench.screen.steps import steps as wall_steps
from parvis.run.progress import Wait

SUMMARY = "measure parvis beside its peers: live, ingest, store, wall"
EXAMPLE = "parvis bench live --json"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which bench, and how its rows are given."""
    parser.add_argument("name", choices=sorted(BENCHES), help="what to measure")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--svg", metavar="DIR", type=Path, help="also draw the rows into a folder")
    parser.add_argument("--rounds", type=int, default=3, help="of each the median is given (3)")
    parser.add_argument(
        "--peers", metavar="DIR", type=Path, help="where fediwall and mastowall are built (wall)"
    )
    parser.add_argument("--only", metavar="ROW", help="only the rows whose name holds this")


def run(args: argparse.Namespace) -> int:
    """Measure; 0 whatever the figures say: a bench is no test."""
    known = wall_steps(args.peers) if args.peers and args.name == "wall" else BENCHES[args.name]()
    steps = [
        step for step in known if args.only is None or any(args.only in name for name in step.names)
    ]
    if not steps:
        raise Refused(f"No row of the bench {args.name} has {args.only!r} in its name.")
    if args.rounds < 1:
        raise Refused("--rounds needs a number of at least 1.")
    if args.svg is not None and args.svg.exists() and not args.svg.is_dir():
        raise Refused(f"{args.svg} is no folder; give --svg a folder to draw into.")
    if args.svg is not None:
        try:  # before, not after, minutes of measuring
            args.svg.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Refused(f"{args.svg} cannot be made ({error.strerror}); name another.") from error
    allow_many_files()
    rows: list[Row] = []
    wait = Wait({step.names[0]: step.seconds * args.rounds / 3 for step in steps})
    for step in steps:
        with wait.step(step.names[0]) as tell:
            found = rows_of(step, args.rounds, tell)
        rows += found
        for row in found:
            print(as_json(row) if args.json else line(row), flush=True)
    if args.svg is not None:
        picture = args.svg / f"bench-{args.name}.svg"
        picture.write_text(svg(f"parvis bench {args.name}", rows), encoding="utf-8")
    return 0
