"""People and systems who ask for things, and remember what they were promised."""

import math
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.e2e.drawings import chain, node
from tests.e2e.faults.town import Town
from tests.e2e.person import Person

COUNTS = 3
PATIENCE_SECONDS = 60
LONG = " ".join(f"word{each % 997}" for each in range(9000))


@dataclass
class Promises:
    """What was answered with 202, by the number that whoever asked had given it."""

    runs: dict[int, str] = field(default_factory=dict)
    insisted: dict[int, str] = field(default_factory=dict)
    webhooks: dict[int, str] = field(default_factory=dict)
    documents: dict[int, str] = field(default_factory=dict)
    stopped: dict[str, bool] = field(default_factory=dict)
    """Runs that somebody wanted to stop, and whether the answer was that they are canceled."""

    took: list[tuple[float, float]] = field(default_factory=list)
    """When a run was asked for that was accepted, and how long the answer took."""

    def took_within(self, since: float, until: float, *, given_by: float = math.inf) -> list[float]:
        """The seconds of each answer that was asked for in between."""
        return [
            seconds for begun, seconds in tuple(self.took) if since <= begun <= until and begun + seconds <= given_by
        ]

    @property
    def executions(self) -> set[str]:
        return {*self.runs.values(), *self.insisted.values(), *self.webhooks.values()}


class Load:
    """Everybody asks at their own pace until the block ends. An answer that got lost is no promise."""

    def __init__(self, town: Town, chance: random.Random) -> None:
        self.town = town
        self.promises = Promises()
        self._chance = chance
        self._is_over = threading.Event()
        self._failures: list[BaseException] = []
        ada = self.ada()
        self.by_hand = ada.draws(counting(town, node("start", "manual-trigger")))
        self.by_webhook = ada.draws(counting(town, node("hook", "webhook-trigger")))
        self.by_clock = ada.draws(chain(node("clock", "schedule-trigger", cron="* * * * * *"), node("end", "output")))
        self.corpus: str = ada.asks("POST", "/api/knowledge/corpora", {"name": "Notes"}).json()["data"]["id"]
        for each in (self.by_webhook, self.by_clock):
            assert ada.asks("PATCH", f"/api/workflows/{each}", {"status": "active"}).is_success

    def ada(self) -> Person:
        return Person(self.town.apis[0].url)

    @contextmanager
    def asking(self) -> Iterator[None]:
        askers = [
            threading.Thread(target=self._asks, args=(what, pause, self.ada(), self._chance.random()))
            for what, pause in (
                (self._starts, 0.3),
                (self._insists, 0.6),
                (self._calls_a_webhook, 0.4),
                (self._brings_a_document, 0.5),
            )
        ]
        for asker in askers:
            asker.start()
        try:
            yield
        finally:
            self._is_over.set()
            for asker in askers:
                asker.join()
        if self._failures:
            raise self._failures[0]

    def _asks(self, what: Callable[[Person, int], None], pause: float, person: Person, seed: float) -> None:
        chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
        number = 0
        try:
            while not self._is_over.wait(chance.uniform(0, 2 * pause)):
                person.url = self.town.somewhere(chance)
                with suppress(httpx.HTTPError):
                    what(person, number)
                number += 1
        except BaseException as failure:
            self._failures.append(failure)

    def _starts(self, person: Person, number: int) -> None:
        if promised := self._executes(person, {"payload": {"number": number}}):
            self.promises.runs[number] = run = promised["executionId"]
            if number % 5 == 4:
                self._stops(person, run)

    def _executes(self, person: Person, body: dict[str, Any], **headers: str) -> dict[str, str] | None:
        begun = time.monotonic()
        promised = _promised(person.asks("POST", f"/api/workflows/{self.by_hand}/execute", body, **headers))
        if promised:
            self.promises.took.append((begun, time.monotonic() - begun))
        return promised

    def _stops(self, person: Person, run: str) -> None:
        self.promises.stopped[run] = False
        answer = person.asks("POST", f"/api/executions/{run}/stop")
        self.promises.stopped[run] = answer.is_success and answer.json()["data"]["status"] == "canceled"

    def _insists(self, person: Person, number: int) -> None:
        """Ask with a name for what is meant, again and again until it is promised."""
        body = {"payload": {"insisted": number}}
        begun = time.monotonic()
        while number not in self.promises.insisted:
            assert time.monotonic() - begun < PATIENCE_SECONDS, "nobody answers any more"
            person.url = self.town.apis[number % 2].url
            with suppress(httpx.HTTPError):
                if promised := self._executes(person, body, idempotency_key=f"intention-{number}"):
                    self.promises.insisted[number] = promised["executionId"]
                    return
            time.sleep(0.2)

    def _calls_a_webhook(self, person: Person, number: int) -> None:
        if promised := _promised(person.asks("POST", f"/api/webhooks/{self.by_webhook}", {"number": number})):
            self.promises.webhooks[number] = promised["executionId"]

    def _brings_a_document(self, person: Person, number: int) -> None:
        text = f"{number} {LONG}" if number % 4 == 0 else f"Note {number} about rye."
        body = {"corpusId": self.corpus, "title": f"{number}", "contentText": text}
        if promised := _promised(person.asks("POST", "/api/knowledge/documents/ingest", body)):
            self.promises.documents[number] = promised["documentId"]


def counting(town: Town, trigger: dict[str, Any]) -> dict[str, Any]:
    """Calls out and counts in turns: after it ran once through, the memory key `count` equals `COUNTS`."""
    links = [trigger]
    for at in range(COUNTS):
        links.append(node(f"call {at}", "http-request", method="POST", url=town.outside.url("/after/150")))
        links.append(node(f"count {at}", "memory-write", memoryKey="count", operation="increment"))
    return chain(*links, node("end", "output"))


def _promised(answer: httpx.Response) -> dict[str, str] | None:
    """None for a refusal that says that something is away for now; anything else is a defect."""
    if answer.status_code == 202:
        data: dict[str, str] = answer.json()["data"]
        return data
    assert answer.status_code in (502, 503, 504), f"{answer.status_code}: {answer.text}"
    return None
