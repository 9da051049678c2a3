"""A process that serves until it is told to stop, and what it says when it cannot."""

import sys
from collections.abc import Callable

import uvloop

from entrypoints.cli import loading
from entrypoints.cli.exit_codes import ExitCode
from entrypoints.cli.output import err, say
from entrypoints.cli.session import guarded
from entrypoints.parts import Part
from entrypoints.settings import Settings, read_settings
from entrypoints.stopping import ends_at_once_when_told


def serves(parts: Callable[[Settings], Part], ready: str) -> None:
    """`ready` is the one line on standard output that scripts wait for; `{url}` in it is where the API is."""
    guarded(lambda: _serve(parts, ready))


def _serve(parts: Callable[[Settings], Part], ready: str) -> None:
    ends_at_once_when_told()
    from entrypoints.container import configure_logs
    from entrypoints.system import CannotListen, PartDied, serve

    loading.is_done()
    settings = read_settings()
    configure_logs(settings.log_level)

    def announce(url: str) -> None:
        print(ready.format(url=url), flush=True)  # noqa: T201 - the one line that scripts wait for

    try:
        uvloop.run(serve(settings, parts(settings), say=say, ready=announce))
    except CannotListen as refusal:
        err.print(f"Error: {refusal}", style="red", markup=False)
        sys.exit(ExitCode.REFUSED_TO_START)
    except PartDied as death:
        err.print(f"Error: stopped because a part of REX died: {death}", style="red", markup=False)
        sys.exit(ExitCode.UNEXPECTED)
