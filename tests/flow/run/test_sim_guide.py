"""What `sim` prints is right as it stands: the source listens, and each call works."""

from __future__ import annotations

import argparse
import shlex
import tomllib

import aiohttp
import pytest

from parvis import sim
from parvis.core.wall import SourceSpec
from parvis.plug.http import Http
from parvis.run import cli
from parvis.run.commands.sim import VARIABLE, arguments, lines_of
from parvis.run.event_file import read_event
from parvis.run.open_extension import open_source, seal_of
from parvis.run.settings import load
from parvis.run.wire_up import known, open_house


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    arguments(parser)
    return parser.parse_args(words)


def block(lines: list[str], head: str) -> list[str]:
    """The indented lines after `head`."""
    (at,) = [number for number, line in enumerate(lines) if line.startswith(head)]
    found = []
    for line in lines[at + 1 :]:
        if not line.startswith("  "):
            break
        found.append(line.strip())
    return found


@pytest.mark.parametrize(
    "words",
    [
        ("feeds",),
        ("mastodon",),
        ("mastodon", "--tag", "fete", "--token", "s3cret"),
        ("youtube", "--key", "s3cret"),
    ],
)
async def test_what_is_printed_works_as_it_stands(
    words: tuple[str, ...], tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    args = parsed(*words)
    monkeypatch.setenv(VARIABLE, "s3cret")
    simulator = sim.find(args.network)
    async with sim.serving(simulator.build(args)) as base, aiohttp.ClientSession() as session:
        lines = list(lines_of(simulator.guide(base, args), base))
        wall = "[[wall]]\nid = 'w'\ntitle = 'W'\n"
        source = "\n".join(block(lines, "in the event file"))
        (declared,) = read_event(wall + source, known(), "event.toml")
        allow = tomllib.loads(block(lines, "in parvis.toml")[0])["allow_private"]
        ids: dict[str, str] = {}
        for call in block(lines, "steer it"):
            _, _, body, address = shlex.split(call)
            if address.endswith(("/break", "/refuse")):
                await probes(declared.sources[0], allow, str(tmp_path))
            for name, id_ in ids.items():
                body = body.replace(name, id_)
            async with session.post(address, data=body) as answer:
                assert answer.status == 200, await answer.text()
                if address.endswith(("/post", "/publish")):
                    ids = {"ID": str((await answer.json())["id"])}


async def probes(spec: SourceSpec, allow: list[str], folder: str) -> None:
    house = await open_house(load({"data": folder, "key": "k" * 40}, {}))
    http = Http(allow_private=allow)
    try:
        source = open_source(
            spec,
            engine=house.engine,
            http=http,
            darkroom=house.darkroom,
            clock=house.clock,
            base="",
            seal=seal_of(house.settings),
        )
        probe = await source.probe()
        assert probe.ok, probe.says
        await source.close()
    finally:
        await http.close()
        await house.close()


@pytest.mark.parametrize("name", sim.names())
def test_every_network_shows_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["sim", name, "--help"])
    assert f"example:\n  {sim.find(name).EXAMPLE}" in capsys.readouterr().out
    parsed(*sim.find(name).EXAMPLE.split()[2:])
