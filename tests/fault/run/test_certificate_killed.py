"""`parvis up` as a person starts it, with a certificate of its own: killed in the middle of it, and
looked at by the doctor.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from parvis.run import local_call
from tests.authority import Authority, Wrong, free_port
from tests.encrypted import NAME, asked
from tests.programs import Program, start
from tests.waiting import until

STEPS = ("account", "order", "authz", "proof", "finalize", "certificate")


def environment(authority: Authority, port: int) -> dict[str, str]:
    authority.challenge_port = authority.challenge_port or free_port()
    return {
        "PARVIS_PORT": str(port),
        "PARVIS_PUBLIC_URL": f"https://{NAME}",
        "PARVIS_TLS": "automatic",
        "PARVIS_TLS_ACCEPT_TERMS": "true",
        "PARVIS_TLS_DIRECTORY": authority.directory,
        "PARVIS_TLS_CHALLENGE_PORT": str(authority.challenge_port),
        "PARVIS_ALLOW_PRIVATE": f"127.0.0.1:{authority.port}",
    }


async def encrypted(authority: Authority, port: int) -> bool:
    try:
        head = await asked(port, "/healthz", authority.trusting())
    except OSError:  # it speaks plainly still
        return False
    return head.startswith("HTTP/1.1 200")


async def doctor(folder: Path, env: dict[str, str]) -> str:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "parvis", "doctor", "--data", str(folder)),
        env={**os.environ, **env},
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    return out.decode()


async def kill(program: Program) -> None:
    await program.stop(signal.SIGKILL)


async def test_killed_at_every_step_it_comes_to_one_certificate(tmp_path: Path) -> None:
    async with Authority().listening() as authority:
        port = free_port()
        env = environment(authority, port)
        for step in STEPS:
            authority.hold, authority.held = step, asyncio.Event()
            authority.go_on = asyncio.Event()
            program = await start("up", "--data", str(tmp_path), **env)
            try:
                await asyncio.wait_for(authority.held.wait(), 20)
            finally:
                await kill(program)
                authority.go_on.set()
        authority.hold = ""
        program = await start("up", "--data", str(tmp_path), **env)
        try:
            await until(lambda: encrypted(authority, port), within_s=20)
            # the order whose answer never came is the one that nobody could have kept
            assert len(authority.orders) <= 2 and len(authority.accounts) == 1
            said = await doctor(tmp_path, env)
            assert "ok    The certificate is valid until " in said
            reply = await asyncio.to_thread(local_call.call, tmp_path, "GET", "/metrics")
            figures = reply.body.decode() if reply is not None else ""
            assert "parvis_certificate_healthy 1\n" in figures
            left = figures.partition("\nparvis_certificate_left_seconds ")[2].split()[0]
            assert 89 * 86400 < float(left) < 90 * 86400
        finally:
            await kill(program)
        steps = len(authority.steps)
        program = await start("up", "--data", str(tmp_path), **env)
        try:
            assert program.base == f"https://127.0.0.1:{port}", "at once, from the disk"
            assert await encrypted(authority, port)
            assert len(authority.steps) == steps, "nobody was asked"
        finally:
            assert await program.stop() == 0
        assert "ok    The certificate is valid until " in await doctor(tmp_path, env)


async def test_the_walls_are_served_and_the_doctor_says_what_is_wrong(tmp_path: Path) -> None:
    async with Authority().listening() as authority:
        authority.refuse["order"] = [
            Wrong("rateLimited", "too many", 429, **{"Retry-After": "86400"})
        ]
        port = free_port()
        env = environment(authority, port)
        program = await start("up", "--recipe", "event", "--data", str(tmp_path), **env)
        try:

            async def told() -> str:
                said = await doctor(tmp_path, env)
                return said if "too many" in said else ""

            said = await until(told, within_s=20)
            (line,) = [line for line in said.splitlines() if "too many" in line]
            assert line.startswith("MEND  There is no certificate. 127.0.0.1:")
            assert "It is tried again at " in line and "(since " in line
            assert (await asked(port, "/w/event")).startswith("HTTP/1.1 200")
            page = await asked(authority.challenge_port, "/w/event")
            assert page.startswith("HTTP/1.1 200"), "phones find it without a port number"
            code = f"http://{NAME}:{authority.challenge_port}/p/event"
            assert code in page and f"https://{NAME}/p/event" not in page
        finally:
            assert await program.stop() == 0
        said = await doctor(tmp_path, env)
        assert "MEND  There is no certificate. " in said and "too many" in said


@pytest.mark.parametrize("host", ["192.0.2.1", "wall.local"])
async def test_a_name_that_no_authority_knows_stops_the_start(tmp_path: Path, host: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "parvis", "up", "--data", str(tmp_path / "data")),
        env={
            **os.environ, "PARVIS_TLS": "automatic", "PARVIS_PUBLIC_URL": f"https://{host}",
            "PARVIS_TLS_ACCEPT_TERMS": "1",
        },
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, said = await process.communicate()
    assert process.returncode == 2 and said.decode().count("\n") == 1
    assert "needs a public_url of https:// and a real host name" in said.decode()
    assert not (tmp_path / "data").exists()
