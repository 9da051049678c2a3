"""Has the Linux kernel refuse the system calls by which a process reaches beyond itself.

A filter in the classic Berkeley packet filter (Linux: Documentation/userspace-api/seccomp_filter.rst). It names what
is refused and not what is allowed: what V8, Python and libc need differs between their versions. On machines other
than x86-64 and ARM64 nothing is refused.
"""

import ctypes
import errno
import platform
import struct
from dataclasses import dataclass
from typing import Final

_PR_SET_SECCOMP: Final = 22
_SECCOMP_MODE_FILTER: Final = 2

_LOAD: Final = 0x20
_EQUAL: Final = 0x15
_AT_LEAST: Final = 0x35
_AND: Final = 0x54
_RETURN: Final = 0x06

_NUMBER_AT: Final = 0
_ARCHITECTURE_AT: Final = 4
_FIRST_ARGUMENT_AT: Final = 16

_ALLOW: Final = 0x7FFF0000
_KILL: Final = 0x80000000
_REFUSE: Final = 0x00050000

_X32_CALLS: Final = 0x40000000
_CLONE_THREAD: Final = 0x00010000
_CLONE3: Final = 435
_NEWEST_COMMON: Final = frozenset({424, 425, 426, 427, 428, 429, 430, 431, 432, 433, 434, 437, 438, 442, 443, 451})
"""One number on all machines: pidfds, io_uring, the new mount calls, openat2, mount_setattr and the like."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Machine:
    architecture: int
    clone: int
    refused: frozenset[int]


_MACHINES: Final = {
    "x86_64": _Machine(
        architecture=0xC000003E,
        clone=56,
        refused=frozenset(
            # files: open, creat, link, unlink, rename, mkdir, chmod, chown, truncate and their relatives
            {2, 76, 82, 83, 84, 85, 86, 87, 88, 90, 92, 94, 132, 133, 161, 165, 166, 257, 258, 259, 260, 261}
            | {263, 264, 265, 266, 268, 280, 304, 316, 319}
            # sockets: socket, connect, accept, sendmsg, bind, listen, socketpair; by sendto event loops wake themselves
            | {41, 42, 43, 46, 49, 50, 53, 288, 307}
            # processes: fork, vfork, execve, kill, ptrace, execveat, tkill, foreign memory, unshare, setns
            | {57, 58, 59, 62, 101, 129, 200, 272, 297, 308, 310, 311, 312, 322}
            # the kernel: shared memory, semaphores, message queues, keys, perf events, bpf, userfaultfd, modules
            | {29, 30, 64, 68, 69, 175, 240, 248, 249, 250, 298, 313, 321, 323}
        ),
    ),
    "aarch64": _Machine(
        architecture=0xC00000B7,
        clone=220,
        refused=frozenset(
            {33, 34, 35, 36, 37, 38, 39, 40, 45, 51, 52, 53, 54, 55, 56, 88, 264, 265, 276, 279}
            | {198, 199, 200, 201, 202, 203, 211, 242, 269}
            | {97, 117, 129, 130, 138, 221, 240, 268, 270, 271, 272, 281}
            | {105, 180, 186, 187, 190, 194, 196, 217, 218, 219, 241, 273, 280, 282}
        ),
    ),
}


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def refuse_system_calls() -> None:
    """For all threads that begin from now on and for this one. PR_SET_NO_NEW_PRIVS must be set. Raise OSError."""
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return
    instructions = _filter(machine)
    program = _Program(len(instructions) // 8, instructions)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_SECCOMP)")


def _filter(machine: _Machine) -> bytes:
    """Jumps are counted in instructions from the next one: first where the test holds, then where it does not."""
    steps = [
        _step(_LOAD, _ARCHITECTURE_AT),
        _step(_EQUAL, machine.architecture, 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER_AT),
        _step(_AT_LEAST, _X32_CALLS, 0, 1),
        _step(_RETURN, _KILL),
        # libc falls back to clone, the flags of which can be seen from here
        _step(_EQUAL, _CLONE3, 0, 1),
        _step(_RETURN, _REFUSE | errno.ENOSYS),
    ]
    for number in sorted(machine.refused | _NEWEST_COMMON):
        steps += [_step(_EQUAL, number, 0, 1), _step(_RETURN, _REFUSE | errno.EPERM)]
    steps += [
        _step(_EQUAL, machine.clone, 0, 4),
        _step(_LOAD, _FIRST_ARGUMENT_AT),
        _step(_AND, _CLONE_THREAD),
        _step(_EQUAL, _CLONE_THREAD, 1, 0),
        _step(_RETURN, _REFUSE | errno.EPERM),
        _step(_RETURN, _ALLOW),
    ]
    return b"".join(steps)


def _step(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_so, if_not, value)
