"""Becomes a PostgreSQL program that runs without privileges and does not outlive the process that asked for it.

Run as `python -I -S launch.py PARENT_PID UID GID LOG MOST_LOG_BYTES PROGRAM ARGUMENT...`; standard library only,
because it starts with the rights of whoever runs REX and before anything of REX could be imported.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def give_up_root(uid: int, gid: int) -> None:
    if os.geteuid() == 0:
        os.setgroups([gid])
        os.setgid(gid)
        os.setuid(uid)
    os.umask(0o077)
    os.chdir("/")


def die_with(parent: int) -> None:
    """Ask for SIGINT, a fast and clean shutdown, when the parent dies. Linux only; changing the user undoes it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        sys.exit("the parent died before it could be watched")


def write_to(log: str, most_bytes: int) -> None:
    """Opened only now, with the rights of the log's owner, who could have put anything there."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    if os.fstat(descriptor).st_size > most_bytes:
        os.ftruncate(descriptor, 0)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)


def main(parent: str, uid: str, gid: str, log: str, most_bytes: str, program: str, *arguments: str) -> None:
    os.setsid()  # Ctrl-C in the terminal is for REX, which has to drain before its database goes
    give_up_root(int(uid), int(gid))
    die_with(int(parent))
    write_to(log, int(most_bytes))
    os.execv(program, [program, *arguments])  # noqa: S606 - a path and arguments that REX made


if __name__ == "__main__":
    main(*sys.argv[1:])
