"""Runs one node as the engine would: from a raw config and an input, to an output or to faults."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from application.models.ask_model import AskModel
from application.nodes.config_reader import ConfigReader
from application.nodes.node import Node, NodeContext, NodeOutput
from application.ports.script_sandbox import ScriptSandbox
from application.ports.workflow_memory import WorkflowMemory
from domain.executions.context import Control, RetrievalBudget
from domain.executions.durable_memory import DurableWrite, MemoryOperation
from domain.ids import ExecutionId, NodeId, UserId, WorkflowId
from domain.values.json import Json, JsonObject, as_object
from tests.fakes.ask_model import asking
from tests.fakes.clock import FakeClock
from tests.fakes.http_fetcher import FakeHttpFetcher
from tests.fakes.knowledge import FakeKnowledge
from tests.fakes.language_model import FakeLanguageModel
from tests.fakes.script_sandbox import FakeScriptSandbox
from tests.fakes.store import FakeStore
from tests.fakes.workflow_memory import FakeWorkflowMemory, remember

NOW = datetime(2026, 11, 22, 22, 10, 35, 620_000, tzinfo=UTC)
NOW_TEXT = "2026-11-22T22:10:35.620Z"
EXECUTION_ID = ExecutionId(UUID("018f0000-0000-7000-8000-000000000001"))
WORKFLOW_ID = WorkflowId(UUID("018f0000-0000-7000-8000-000000000002"))
OWNER_ID = UserId(UUID("018f0000-0000-7000-8000-000000000003"))


@dataclass(frozen=True, slots=True)
class KeptLog:
    """Keeps what is written, as (level, message, details)."""

    lines: list[tuple[str, str, JsonObject]] = field(default_factory=list)

    def write(self, level: str, message: str, **details: Json) -> None:
        self.lines.append((level, message, details))


class RequiredKeysOnly:
    """A schema validator that understands booleans and `required`."""

    def faults(self, schema: JsonObject | bool, value: Json) -> list[str]:
        if isinstance(schema, bool):
            return [] if schema else ["(root): is not allowed here"]
        required = schema.get("required")
        wanted = required if isinstance(required, list) else []
        return [f"(root): '{key}' is a required property" for key in wanted if key not in as_object(value)]


def remembering(memory: JsonObject) -> FakeWorkflowMemory:
    """A workflow whose earlier runs left this behind."""
    store = FakeStore(FakeClock())
    writes = [DurableWrite.of(key, MemoryOperation.SET, value, previous=None) for key, value in memory.items()]
    remember(store.rows, WORKFLOW_ID, writes, at=NOW)
    return FakeWorkflowMemory(store)


async def run(
    kind: type[Node],
    config: JsonObject | None = None,
    received: JsonObject | None = None,
    *,
    memory: JsonObject | None = None,
    control: Control | None = None,
    outputs: dict[str, JsonObject] | None = None,
    round: int = 1,
    log: KeptLog | None = None,
    scripts: ScriptSandbox | None = None,
    fetcher: FakeHttpFetcher | None = None,
    workflow_memory: WorkflowMemory | None = None,
    ask_model: AskModel | None = None,
    attempt: int = 1,
    context: NodeContext | None = None,
) -> NodeOutput:
    """The output of one attempt. The config must be without faults; a NodeFailed goes through."""
    fields = ConfigReader(config or {})
    node = kind.configured(fields)
    assert not fields.faults, fields.faults
    seen = context or a_context(
        memory=memory or {},
        control=control or Control(),
        outputs={NodeId(node_id): output for node_id, output in (outputs or {}).items()},
        round=round,
        attempt=attempt,
        log=log or KeptLog(),
        scripts=scripts or FakeScriptSandbox(),
        fetcher=fetcher or FakeHttpFetcher(),
        workflow_memory=workflow_memory or remembering({}),
        ask_model=ask_model or asking(FakeLanguageModel()),
    )
    return await node.run(received or {}, seen)


def a_context(**parts: Any) -> NodeContext:
    """What a node sees of its run; a test names only what it is about."""
    knowledge = FakeKnowledge()
    usual: dict[str, Any] = {
        "memory": {},
        "control": Control(),
        "retrieval": RetrievalBudget(),
        "clock": FakeClock(NOW),
        "log": KeptLog(),
        "scripts": FakeScriptSandbox(),
        "fetcher": FakeHttpFetcher(),
        "workflow_memory": remembering({}),
        "search": knowledge,
        "ingestion": knowledge,
        "ask_model": asking(FakeLanguageModel()),
    }
    return NodeContext(
        execution_id=EXECUTION_ID,
        workflow_id=WORKFLOW_ID,
        owner_id=OWNER_ID,
        node_id=NodeId("node"),
        now=NOW,
        schemas=RequiredKeysOnly(),
        **usual | parts,
    )


def faults(kind: type[Node], config: JsonObject) -> list[tuple[str, str]]:
    """What is wrong with a config, as (field, code)."""
    fields = ConfigReader(config)
    kind.configured(fields)
    return [(".".join(map(str, fault.path)), fault.code) for fault in fields.faults]
