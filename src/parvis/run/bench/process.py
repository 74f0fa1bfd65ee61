"""Servers and load generators as processes: built, pinned, started, measured, ended."""

from __future__ import annotations

import contextlib
import functools
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from parvis.core.errors import Later

KIT = Path(__file__).parent / "kit"
START_S = 60.0
STOP_S = 20.0
SERVER, CLIENT = 0, 1


class Absent(Exception):
    """A peer or a tool is not here; the text is the reason, for the row."""


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="parvis-bench-")


@functools.cache
def built(program: str) -> Path:
    """The kit's C program, compiled. Raises `Absent`."""
    compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise Absent("there is no C compiler (cc) here")
    if sys.platform != "linux":
        raise Absent("the load generator needs Linux (epoll)")
    made = Path(_folder().name) / program
    source = str(KIT / f"{program}.c")
    done = subprocess.run(
        [compiler, "-O2", "-w", "-o", str(made), source], capture_output=True, check=False
    )
    if done.returncode:
        raise Absent(f"{program}.c does not compile here")
    return made


def allow_many_files() -> None:
    """As many open sockets as the system lets us have."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def pin(pid: int, role: int) -> None:
    """Servers on one core, clients on another, where there are two."""
    if not hasattr(os, "sched_setaffinity"):
        return
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) > 1:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(pid, {cores[role]})


def free_port() -> int:
    """A port that nobody has right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(
    command: Sequence[str], port: int, environ: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A server on the server's core, from when its port answers until the block ends."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            list(command), stdout=log, stderr=log, env={**os.environ, **(environ or {})}
        )
        try:
            pin(process.pid, SERVER)
            _await_port(process, port)
            yield process
        except Later as failed:
            log.seek(0)
            tail = log.read().decode(errors="replace").strip().splitlines()[-1:]
            raise Later(f"{failed} {' '.join(tail)}".strip()) from None
        finally:
            end(process)


def _await_port(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise Later("A server of the bench ended at once.")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.5):
            return
        time.sleep(0.05)
    raise Later("A server of the bench does not answer.")


def end(process: subprocess.Popen[bytes]) -> float:
    """Ask it to stop and wait; the seconds it took."""
    began = time.monotonic()
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return time.monotonic() - began


def cpu_s(pid: int) -> float:
    """CPU seconds that a process used so far, all its threads. Raises `Absent`."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        raise Absent("CPU time is read from /proc, which is not here") from None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mib(pid: int) -> float:
    """Resident memory. Raises `Absent`."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except FileNotFoundError:
        raise Absent("memory is read from /proc, which is not here") from None
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024
