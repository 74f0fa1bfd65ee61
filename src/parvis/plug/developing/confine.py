"""Takes away from this process what a decoder never needs: files, sockets, programs, much memory.

Limits hold everywhere; on Linux (x86-64, arm64) a system-call filter holds too: what is not on its
list is answered EPERM, so that a decoder that was taken over can compute and speak to its parent,
and nothing else.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import platform
import resource
import struct
import sys

MEMORY_BYTES = 1 << 30
CPU_S = 120
_CALLS: dict[str, tuple[int, dict[str, int]]] = {
    "x86_64": (
        0xC000003E,
        {
            "read": 0, "write": 1, "close": 3, "fstat": 5, "poll": 7, "lseek": 8, "mmap": 9,
            "mprotect": 10, "munmap": 11, "brk": 12, "rt_sigaction": 13, "rt_sigprocmask": 14,
            "rt_sigreturn": 15, "pread64": 17, "writev": 20, "sched_yield": 24, "mremap": 25,
            "madvise": 28, "getpid": 39, "exit": 60, "getrusage": 98, "sigaltstack": 131,
            "gettid": 186, "futex": 202, "sched_getaffinity": 204, "clock_gettime": 228,
            "clock_nanosleep": 230, "exit_group": 231, "tgkill": 234, "set_robust_list": 273,
            "getrandom": 318, "membarrier": 324, "rseq": 334, "clone": 56, "clone3": 435,
        },
    ),
    "aarch64": (
        0xC00000B7,
        {
            "read": 63, "write": 64, "close": 57, "fstat": 80, "ppoll": 73, "lseek": 62,
            "mmap": 222, "mprotect": 226, "munmap": 215, "brk": 214, "rt_sigaction": 134,
            "rt_sigprocmask": 135, "rt_sigreturn": 139, "pread64": 67, "writev": 66,
            "sched_yield": 124, "mremap": 216, "madvise": 233, "getpid": 172, "exit": 93,
            "getrusage": 165, "sigaltstack": 132, "gettid": 178, "futex": 98,
            "sched_getaffinity": 123, "clock_gettime": 113, "clock_nanosleep": 115,
            "exit_group": 94, "tgkill": 131, "set_robust_list": 99, "getrandom": 278,
            "membarrier": 283, "rseq": 293, "clone": 220, "clone3": 435,
        },
    ),
}  # fmt: skip
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_NUMBER_AT, _ARCH_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_CLONE_THREAD = 0x10000
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def confine() -> bool:
    """Once and for good; whether the system-call filter holds too."""
    limits = {
        resource.RLIMIT_AS: MEMORY_BYTES,
        resource.RLIMIT_CPU: CPU_S,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 3,  # the three that are open: no file and no socket can be opened
    }
    for which, most in limits.items():
        with contextlib.suppress(ValueError, OSError):  # a system may know none of that kind
            resource.setrlimit(which, (most, most))
    return sys.platform == "linux" and _filter_calls()


def _filter_calls() -> bool:
    known = _CALLS.get(platform.machine())
    if known is None:
        return False
    code = b"".join(_rules(*known))
    libc = ctypes.CDLL(None, use_errno=True)
    program = _Program(len(code) // 8, code)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0)


def _rules(arch: int, calls: dict[str, int]) -> list[bytes]:
    """The filter: another architecture dies, threads may start, processes may not."""

    def rule(code: int, value: int, then: int = 0, other: int = 0) -> bytes:
        return struct.pack("=HBBI", code, then, other, value)

    allow, refuse = rule(_RETURN, _ALLOW), rule(_RETURN, _ERRNO | errno.EPERM)
    rules = [
        rule(_LOAD, _ARCH_AT),
        rule(_EQUAL, arch, 1, 0),
        rule(_RETURN, _KILL),
        rule(_LOAD, _NUMBER_AT),
        # glibc takes ENOSYS as "ask the old way", whose flags a filter can see
        rule(_EQUAL, calls["clone3"], 0, 1),
        rule(_RETURN, _ERRNO | errno.ENOSYS),
        rule(_EQUAL, calls["clone"], 0, 4),
        rule(_LOAD, _FIRST_ARGUMENT_AT),
        rule(_ANY_BIT, _CLONE_THREAD, 0, 1),
        allow,
        refuse,
    ]
    for name, number in calls.items():
        if name not in ("clone", "clone3"):
            rules += [rule(_EQUAL, number, 0, 1), allow]
    return [*rules, refuse]
