"""What goes wrong, one after the other in an order of chance, each of it at least once."""

import asyncio
import random
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from redis import Redis

from tests.e2e.faults.load import Promises
from tests.e2e.faults.town import Town, cut_connections
from tests.live import LiveRex

Disaster: TypeAlias = Callable[[], None]

CALM_SECONDS = 1.0
ENOUGH_ANSWERS = 5
PATIENCE_SECONDS = 60.0


@dataclass
class Disasters:
    """`outages` are the times without Redis, while all else was well; `calm` are those right before, with Redis."""

    town: Town
    chance: random.Random
    promises: Promises
    without_redis: float
    calm: list[tuple[float, float]] = field(default_factory=list)
    outages: list[tuple[float, float]] = field(default_factory=list)
    happened: list[str] = field(default_factory=list)

    def strike(self, seconds: float) -> None:
        """All of them, and again for as long as there is time."""
        until = time.monotonic() + seconds
        while not self.happened or time.monotonic() < until:
            for disaster in self.chance.sample(self.all, len(self.all)):
                time.sleep(self.chance.uniform(0.1, 0.6))
                disaster()
                self.happened.append(disaster.__name__)

    @property
    def all(self) -> Sequence[Disaster]:
        return [
            self.kill_a_worker,
            self.freeze_a_worker,
            self.kill_an_api,
            self.kill_the_scheduler,
            self.stop_redis,
            self.flush_redis,
            self.cut_connections_to_redis,
            self.restart_postgres,
            self.cut_connections_to_postgres,
        ]

    def kill_a_worker(self) -> None:
        _killed(self.chance.choice(self.town.processes[2:4]))

    def freeze_a_worker(self) -> None:
        """For longer than its lease: others take over, and it wakes up in the belief that it still works on it."""
        worker = self.chance.choice(self.town.processes[2:4])
        worker.signal(signal.SIGSTOP)
        time.sleep(3)
        worker.signal(signal.SIGCONT)

    def kill_an_api(self) -> None:
        _killed(self.chance.choice(self.town.apis))

    def kill_the_scheduler(self) -> None:
        _killed(self.town.processes[4])

    def stop_redis(self) -> None:
        """And back again, empty."""
        self.town.calms_down()
        self.calm.append(self._while_runs_are_accepted(time.monotonic(), CALM_SECONDS))
        begun = time.monotonic()
        self.town.redis.stop()
        self.outages.append(self._while_runs_are_accepted(begun, self.without_redis))
        self.town.redis.restart()

    def _while_runs_are_accepted(self, begun: float, seconds: float) -> tuple[float, float]:
        """For so long, and until there are enough to judge by; from when to when that was."""
        time.sleep(seconds)
        while len(self.promises.took_within(begun, time.monotonic())) < ENOUGH_ANSWERS:
            assert time.monotonic() < begun + PATIENCE_SECONDS, "no runs are accepted"
            time.sleep(0.1)
        return begun, time.monotonic()

    def flush_redis(self) -> None:
        self.town.redis.flush()

    def cut_connections_to_redis(self) -> None:
        with Redis.from_url(self.town.redis.url) as redis:
            redis.client_kill_filter(_type="normal", skipme=True)

    def restart_postgres(self) -> None:
        self.town.restarts_postgres()
        time.sleep(0.5)
        self.town.calms_down()

    def cut_connections_to_postgres(self) -> None:
        assert asyncio.run(cut_connections(self.town.database_url)) > 0


def _killed(process: LiveRex) -> None:
    """It is begun again at once and gets ready meanwhile."""
    process.kill()
    process.begin()
