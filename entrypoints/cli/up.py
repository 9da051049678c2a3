"""`rex up`: serve everything from this process."""

import sys

import uvloop

from entrypoints.cli.exit_codes import ExitCode
from entrypoints.cli.output import err, say
from entrypoints.cli.session import guarded
from entrypoints.container import configure_logs
from entrypoints.settings import read_settings
from entrypoints.system import CannotListen, PartDied, serve


def up() -> None:
    """Serve API, worker and clockwork until Ctrl-C or SIGTERM."""
    guarded(_serve)


def _serve() -> None:
    settings = read_settings()
    configure_logs(settings.log_level)
    try:
        uvloop.run(serve(settings, say=say, ready=_announce))
    except CannotListen as refusal:
        err.print(f"Error: {refusal}", style="red", markup=False)
        sys.exit(ExitCode.REFUSED_TO_START)
    except PartDied as death:
        err.print(f"Error: stopped because a part of REX died: {death}", style="red", markup=False)
        sys.exit(ExitCode.UNEXPECTED)


def _announce(url: str) -> None:
    print(f"REX is ready at {url}", flush=True)  # noqa: T201 - the one line that scripts wait for
