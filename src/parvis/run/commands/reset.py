"""`parvis reset`: a link for whoever has forgotten their password, made on this machine."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from urllib.parse import quote

import msgspec

from parvis.core.errors import Refused
from parvis.core.person import Person
from parvis.run import local_call
from parvis.run.settings import Settings, load
from parvis.run.wire_up import open_house
from parvis.web.api.people import People, ResetLink
from parvis.web.api.types import Served
from parvis.web.guard import PASS_MS, digest, new_token

SUMMARY = "print a link to another password for somebody who has forgotten theirs"
EXAMPLE = "parvis reset maud@example.org"
SAYS = "It opens once, within 24 hours, and ends every session of {name}."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Whose, and where."""
    parser.add_argument("email", help="the e-mail address they sign in with")
    parser.add_argument("--data", metavar="DIR", help="the data folder (./parvis-data)")


def run(args: argparse.Namespace) -> int:
    """Print the link."""
    settings = load({"data": args.data})
    reply = local_call.call(settings.folder, "GET", "/api/people")
    if reply is None:
        link, name = asyncio.run(_alone(settings, args.email))
    else:
        person = _named(msgspec.convert(reply.value(), People).people, args.email)
        link, name = _asked(settings, person), person.name
    print(link)
    print(SAYS.format(name=name))
    return 0


def _asked(settings: Settings, person: Person) -> str:
    """Of the process that serves the folder, at the address where it listens."""
    path = f"/api/people/{quote(person.id, safe='')}/reset"
    made = local_call.call(settings.folder, "POST", path, b"{}")
    told = local_call.call(settings.folder, "GET", "/api/served")
    if made is None or told is None:
        raise Refused("parvis stopped meanwhile; run this again.")
    link = msgspec.convert(made.value(), ResetLink).reset
    address = msgspec.convert(told.value(), Served).address
    return _at(settings, address, link.partition("#reset=")[2])


async def _alone(settings: Settings, email: str) -> tuple[str, str]:
    if not settings.engine and not settings.folder.is_dir():
        raise Refused(f"There is no data folder {settings.folder}; name it with --data.")
    house = await open_house(settings)
    try:
        person = _named(await house.engine.people(), email)
        token, until_ms = new_token(), house.clock() + PASS_MS
        await house.engine.offer_reset(person.id, digest(token), until_ms)
        return _at(settings, f"http://{settings.host}:{settings.port}", token), person.name
    finally:
        await house.close()


def _at(settings: Settings, address: str, token: str) -> str:
    return f"{(settings.public_url or address).rstrip('/')}/studio#reset={token}"


def _named(people: Sequence[Person], email: str) -> Person:
    """The one with this address; raises `Refused`."""
    wanted = email.strip().casefold()
    everybody = list(people)
    for person in everybody:
        if person.email == wanted:
            return person
    known = ", ".join(one.email for one in everybody[:5])
    there = f"there are {known}" if known else "nobody has an account yet: open the first-run link"
    raise Refused(f"Nobody signs in with {wanted}; {there}.")
