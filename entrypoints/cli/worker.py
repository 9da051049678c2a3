"""`rex worker`: work off what was accepted."""

from enum import StrEnum
from typing import Annotated

import typer

from entrypoints.cli.serving import serves
from entrypoints.parts import Part


class Queue(StrEnum):
    """What waits to be worked off."""

    RUNS = "runs"
    INGESTION = "ingestion"


_PARTS = {Queue.RUNS: Part.RUNS, Queue.INGESTION: Part.DOCUMENTS}


def worker(
    only: Annotated[
        Queue | None, typer.Option(envvar="REX_WORKER_ONLY", help="Work on one queue; by default on both.")
    ] = None,
) -> None:
    """Execute runs and ingest documents. Any number may run; SIGTERM finishes or hands back what is at work."""
    parts = Part.WORKER if only is None else _PARTS[only]
    serves(lambda _: parts, f"REX is ready: a worker on {only or 'runs and ingestion'}")
