"""Workflows that run by themselves, seen from outside."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from entrypoints.container import running_postgres_url
from tests.e2e.drawings import chain, node
from tests.e2e.person import Person
from tests.live import LiveRex, eventually

ALMOST_A_MINUTE_AGO = """
UPDATE schedules SET since = since - interval '59 seconds', next_fire_at = next_fire_at - interval '59 seconds'
WHERE interval_ms IS NOT NULL
"""


@pytest.fixture(scope="module")
def rex() -> Iterator[LiveRex]:
    with LiveRex.fresh() as rex:
        yield rex


def scheduled(ada: Person, **config: Any) -> str:
    workflow = ada.draws(chain(node("clock", "schedule-trigger", **config), node("end", "output")))
    assert ada.asks("PATCH", f"/api/workflows/{workflow}", {"status": "active"}).is_success
    return workflow


def schedule_of(ada: Person, workflow: str) -> dict[str, Any]:
    (found,) = ada.asks("GET", f"/api/workflows/{workflow}/schedules").json()["data"]
    return dict(found)


def fired(ada: Person, workflow: str) -> list[dict[str, Any]]:
    return [tick for tick in schedule_of(ada, workflow)["ticks"] if tick["outcome"] == "fired"]


def test_cron_runs_a_workflow_by_itself_until_it_is_paused_or_switched_off(rex: LiveRex) -> None:
    ada = Person(rex.url)
    workflow = scheduled(ada, cron="* * * * * *")
    eventually(lambda: len(fired(ada, workflow)) >= 2, within=10, what="two ticks")
    tick = fired(ada, workflow)[-1]
    record = ada.follows(tick["executionId"])
    assert record["status"] == "completed"
    assert record["triggerPayload"] == {"_trigger": "schedule", "_scheduledAt": tick["fireAt"]}
    assert [step["nodeType"] for step in record["steps"]] == ["schedule-trigger", "output"]
    schedule = schedule_of(ada, workflow)["id"]
    paused = rex.cli("workflow", "pause", workflow, schedule, "--as", ada.email, "-o", "json")
    assert json.loads(paused.stdout)["state"] == "paused", paused.stderr
    eventually(lambda: schedule_of(ada, workflow)["ticks"][0]["outcome"] == "paused", within=10, what="a paused tick")
    shown = rex.cli("workflow", "schedules", workflow, "--as", ada.email)
    assert "The schedule was paused." in shown.stdout
    assert (
        ada.asks("POST", f"/api/workflows/{workflow}/schedules/{schedule}/resume").json()["data"]["state"] == "active"
    )
    eventually(lambda: schedule_of(ada, workflow)["ticks"][0]["outcome"] == "fired", within=10, what="a tick again")
    ada.asks("PATCH", f"/api/workflows/{workflow}", {"status": "inactive"})
    assert schedule_of(ada, workflow)["nextFireAt"] is None


async def test_an_interval_runs_a_workflow_once_it_has_passed(rex: LiveRex) -> None:
    ada = Person(rex.url)
    workflow = scheduled(ada, intervalMs="60000", cron="")
    assert fired(ada, workflow) == []
    url = running_postgres_url(rex.data_dir)
    assert url is not None
    connection = await asyncpg.connect(url)
    await connection.execute(ALMOST_A_MINUTE_AGO)
    await connection.close()

    def look() -> None:
        eventually(lambda: len(fired(ada, workflow)) == 1, within=10, what="the tick after a minute")

    await asyncio.to_thread(look)
    assert ada.follows(fired(ada, workflow)[0]["executionId"])["status"] == "completed"


def test_a_process_that_is_told_not_to_leaves_firing_to_others() -> None:
    with LiveRex.fresh(REX_SCHEDULER="false") as rex:
        ada = Person(rex.url)
        workflow = scheduled(ada, cron="* * * * * *")
        due = schedule_of(ada, workflow)["nextFireAt"]
        run = ada.follows(ada.starts(workflow))
        eventually(lambda: schedule_of(ada, workflow)["upcoming"][0] > due, within=10, what="the time of the tick")
        assert run["status"] == "completed"
        assert (schedule_of(ada, workflow)["nextFireAt"], fired(ada, workflow)) == (due, [])
        rex.stop()
        rex.set(REX_SCHEDULER="true")
        rex.start()
        eventually(lambda: len(fired(ada, workflow)) >= 1, within=10, what="a tick")
