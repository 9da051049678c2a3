"""Lets everybody else have the processor first: scripts that never end must not slow down what they run beside."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

COURTESY: Final = 5
"""A third of the weight: scripts still get on where everybody else is busy."""
_OWN_GROUP: Final = Path("/proc/self/autogroup")


def give_way() -> None:
    """Linux may share the processor out among sessions first (sched(7): the autogroup feature); then how nice a process
    is says nothing outside its own, and the session has to be nice. Only one that is ours alone may be changed.
    """
    os.nice(COURTESY)
    if os.getsid(0) == os.getpid():
        with suppress(OSError):
            _OWN_GROUP.write_text(str(COURTESY))
