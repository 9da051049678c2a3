"""Stopping when a signal says so, within a bounded time, whatever else does not answer any more."""

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

Say = Callable[[str], None]

AFTER_PATIENCE_SECONDS: Final = 5.0
"""What is still waited for by then, is not waited for any longer."""

LAST_SECONDS: Final = 5.0
"""Until the process ends as it is."""

PRIVATE_DATABASE_SECONDS: Final = 60.0
"""A database that is ours is shut down at the end, which has bounds of its own."""

STOPS: Final = (signal.SIGINT, signal.SIGTERM)


@dataclass(kw_only=True)
class Stopping:
    """`patience` is for work to be finished. Five seconds after it all that `give_up_on` knows is cut off, and five
    seconds later the process ends: what was not handed back is taken over when its lease runs out."""

    say: Say
    patience_seconds: float
    holds_database: bool
    give_up_on: list[Callable[[], None]] = field(default_factory=list)
    has_begun: bool = False

    def begins(self) -> None:
        self.has_begun = True
        cut_off = self.patience_seconds + AFTER_PATIENCE_SECONDS
        asyncio.get_running_loop().call_later(cut_off, self._cut_off)
        last = cut_off + LAST_SECONDS + (PRIVATE_DATABASE_SECONDS if self.holds_database else 0)
        ending = threading.Timer(last, self._end)  # also when the loop itself does not come to an end
        ending.daemon = True
        ending.start()

    def _cut_off(self) -> None:
        if self.give_up_on:
            self.say("Some of what REX works with does not answer: it is not waited for any longer")
        for each in self.give_up_on:
            each()

    def _end(self) -> None:
        self.say("Ended with something left undone: others take it over when its lease runs out")
        os._exit(0)


@contextlib.contextmanager
def stopped_by_signals(task: "asyncio.Task[Any]", stopping: Stopping) -> Iterator[None]:
    """SIGINT or SIGTERM ends the block by cancelling `task`; a second one does not wait any longer."""
    loop = asyncio.get_running_loop()

    def stop(number: int) -> None:
        if stopping.has_begun:
            os._exit(128 + number)
        stopping.begins()
        if number == signal.SIGINT:
            stopping.say("Stopping; press Ctrl-C again to stop at once")
        task.cancel()

    for each in STOPS:
        loop.add_signal_handler(each, stop, each)
    try:
        yield
    except asyncio.CancelledError:
        if not stopping.has_begun:
            raise
        task.uncancel()
    finally:
        for each in STOPS:
            loop.remove_signal_handler(each)


def ends_at_once_when_told() -> None:
    """Until REX serves there is nothing to finish: SIGTERM is obeyed on the spot, and is no failure."""
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
