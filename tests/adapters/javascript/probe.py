"""Confines itself like an engine, then tries whatever should not work and says as JSON how that went.

With an argument it is that user from the beginning.
"""

import ctypes
import json
import mmap
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable

from adapters.javascript.confinement import MEMORY_BYTES, confine


def tried(what: Callable[[], object]) -> str:
    try:
        return f"worked: {what()}"
    except MemoryError:
        return "MemoryError"
    except OSError as refused:
        return type(refused).__name__ if refused.errno is None else str(refused.errno)
    except RuntimeError as refused:
        return str(refused)


def thread() -> str:
    one = threading.Thread(target=lambda: None)
    one.start()
    one.join()
    return "thread"


def main() -> None:
    if len(sys.argv) > 1:
        os.setgroups([])
        os.setgid(int(sys.argv[1]))
        os.setuid(int(sys.argv[1]))
    parent = os.getppid()
    freed = sys.stdin.fileno()
    confine(parent)
    os.close(freed)  # so that it is the filter that refuses, and not the lack of a free number
    results = {
        "read a file": tried(lambda: os.open("/etc/passwd", os.O_RDONLY)),
        "write a file": tried(lambda: os.open("/tmp/rex-probe", os.O_WRONLY | os.O_CREAT)),  # noqa: S108
        "delete a file": tried(lambda: os.unlink("/tmp/rex-no-such-file")),  # noqa: S108
        "make a socket": tried(socket.socket),
        "make a pair of sockets": tried(socket.socketpair),
        "fork": tried(os.fork),
        "execute": tried(lambda: os.execv("/bin/true", ["true"])),  # noqa: S606
        "signal": tried(lambda: os.kill(parent, signal.SIGCONT)),
        "become root": tried(lambda: os.setuid(0)),
        "eat memory": tried(lambda: len(mmap.mmap(-1, MEMORY_BYTES, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))),
        "trace": str(ctypes.CDLL(None).ptrace(16, parent, 0, 0)),
        "start a thread": tried(thread),
        "user": str(os.getuid()),
    }
    os.write(1, json.dumps(results).encode())
    os._exit(0)


main()
