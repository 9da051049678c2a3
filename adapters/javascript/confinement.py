"""Takes from this process whatever a script has no business with.

Afterwards it has the memory it was granted and the one socket it was born with, and can open, start or signal nothing.
Linux enforces all of it; on other systems there are the limits that those have.
"""

import ctypes
import os
import resource
import sys
from contextlib import suppress
from typing import Final

from adapters.javascript.system_calls import refuse_system_calls

MEMORY_BYTES: Final = 640 << 20
_MOST_DESCRIPTORS: Final = 64
_MOST_THREADS: Final = 16
_OWN_UIDS: Final = range(61_184, 65_520)
"""Between what systemd and distributions give away and `nobody`: a user who owns nothing, not even processes."""

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_DUMPABLE: Final = 4
_PR_SET_NO_NEW_PRIVS: Final = 38
_SIGKILL: Final = 9


def confine(parent: int) -> None:
    """Raise OSError when root cannot stop being root, or Linux refuses a restriction."""
    is_root = os.geteuid() == 0
    if is_root:
        _become_nobody()
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_DATA, MEMORY_BYTES)
    _use_up_descriptors()
    if sys.platform != "linux":
        _limit(resource.RLIMIT_NPROC, 0)
        return
    if is_root:
        # Counts the threads of a user, so it says something only for a user of its own.
        _limit(resource.RLIMIT_NPROC, _MOST_THREADS)
    for option, value in ((_PR_SET_PDEATHSIG, _SIGKILL), (_PR_SET_DUMPABLE, 0), (_PR_SET_NO_NEW_PRIVS, 1)):
        _control(option, value)
    if os.getppid() != parent:
        sys.exit("the parent died before it could be watched")
    refuse_system_calls()


def _become_nobody() -> None:
    uid = _OWN_UIDS[os.getpid() % len(_OWN_UIDS)]
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)


def _limit(what: int, most: int) -> None:
    with suppress(ValueError, OSError):
        resource.setrlimit(what, (most, most))


def _use_up_descriptors() -> None:
    """A limit alone leaves the free numbers below it; without a free one no file and no socket can be opened."""
    _limit(resource.RLIMIT_NOFILE, _MOST_DESCRIPTORS)
    with suppress(OSError):
        while True:
            os.dup(1)


def _control(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option})")
