"""Looks something up before a node, from a raw `retrieval` object."""

from typing import Any

from application.nodes.config_reader import ConfigReader
from application.nodes.node import NodeContext, NodeFailed
from application.retrieval.read_retrieval import RetrievalPlan, read_retrieval
from application.retrieval.retrieve_before import Retrieved, retrieve_before
from domain.executions.retrieval import RetrievalEvent
from domain.values.json import Json, JsonObject
from tests.unit.application.nodes.running import a_context


def plan_of(config: Json) -> RetrievalPlan:
    """The config must be without faults."""
    fields = ConfigReader({"retrieval": config})
    plan = read_retrieval(fields)
    assert not fields.faults, fields.faults
    assert plan is not None
    return plan


def faults_of(config: Json) -> list[tuple[str, str]]:
    """What is wrong, as (path, code)."""
    fields = ConfigReader({"retrieval": config})
    read_retrieval(fields)
    return [(".".join(map(str, fault.path)), fault.code) for fault in fields.faults]


async def retrieved(config: Json, received: JsonObject | None = None, **parts: Any) -> Retrieved:
    """`parts` are of the node's context."""
    seen: NodeContext = a_context(**parts)
    return await retrieve_before(plan_of(config), received or {}, seen)


async def failure(config: Json, received: JsonObject | None = None, **parts: Any) -> NodeFailed:
    try:
        found = await retrieved(config, received, **parts)
    except NodeFailed as failed:
        return failed
    raise AssertionError(found.value)


def told(events: tuple[RetrievalEvent, ...]) -> list[tuple[str, str, str, bool | None]]:
    """Who asked what, and what became of it."""
    return [(each.retriever_key, each.query, each.status.value, each.selected) for each in events]


def branches(*queries: str, **more: Json) -> JsonObject:
    """Retrievers a, b, c … with these queries, each failing nothing."""
    retrievers: list[Json] = [{"key": "abcdefgh"[at], "query": query} for at, query in enumerate(queries)]
    return {"retrievers": retrievers, **more}


def chunks(found: Retrieved) -> list[int]:
    matches: Any = found.value["matches"]
    return [match["chunkIndex"] for match in matches]
