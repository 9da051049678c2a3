"""What the engine needs around it when nothing real is there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any

import msgspec

from application.engine.run_execution import RunExecution
from application.nodes.catalogue import CATALOGUE
from application.nodes.node import Node
from application.ports.knowledge import KnowledgeSearch
from application.ports.run_journal import Claim
from domain.accounts.user import User
from domain.executions.context import RetrievalBudget
from domain.executions.execution import Execution
from domain.executions.limits import RunLimits
from domain.values.json import Json, JsonObject
from domain.workflows.graph import Edge, EdgeCondition, Graph, GraphNode
from tests.fakes.ask_model import asking
from tests.fakes.clock import FakeClock
from tests.fakes.http_fetcher import FakeHttpFetcher
from tests.fakes.knowledge import FakeKnowledge
from tests.fakes.language_model import FakeLanguageModel
from tests.fakes.read_models import FakeExecutionReads
from tests.fakes.run_journal import FakeRunJournal
from tests.fakes.script_sandbox import FakeScriptSandbox
from tests.fakes.store import FakeStore
from tests.fakes.workflow_memory import FakeWorkflowMemory
from tests.make import a_node, a_user, a_workflow, an_edge, an_execution

LEASE = timedelta(seconds=15)


@dataclass
class Pages:
    """A log that can be read."""

    lines: list[tuple[str, str, JsonObject]] = field(default_factory=list)

    def write(self, level: str, message: str, **details: Json) -> None:
        self.lines.append((level, message, details))


class NoSchemas:
    """Finds nothing wrong with anything."""

    def faults(self, schema: JsonObject | bool, value: Json) -> list[str]:
        return []


@dataclass
class Stage:
    """A store with one user, and the engine on it."""

    clock: FakeClock = field(default_factory=FakeClock)
    log: Pages = field(default_factory=Pages)
    scripts: FakeScriptSandbox = field(default_factory=FakeScriptSandbox)
    web: FakeHttpFetcher = field(default_factory=FakeHttpFetcher)
    knowledge: FakeKnowledge = field(default_factory=FakeKnowledge)
    model: FakeLanguageModel = field(default_factory=FakeLanguageModel)
    search: KnowledgeSearch | None = None
    budget: RetrievalBudget = field(default_factory=RetrievalBudget)
    catalogue: Mapping[str, type[Node]] = field(default_factory=lambda: CATALOGUE)
    limits: RunLimits = field(default_factory=RunLimits)

    def __post_init__(self) -> None:
        self.store = FakeStore(self.clock)
        self.journal = FakeRunJournal(self.store)
        self.owner: User = a_user()
        self.store.rows.users[self.owner.id] = self.owner

    @property
    def engine(self) -> RunExecution:
        return RunExecution(
            journal=self.journal,
            catalogue=self.catalogue,
            schemas=NoSchemas(),
            scripts=self.scripts,
            fetcher=self.web,
            memory=FakeWorkflowMemory(self.store),
            search=self.search or self.knowledge,
            ingestion=self.knowledge,
            ask_model=asking(self.model),
            clock=self.clock,
            log=self.log,
            budget=self.budget,
            limits=self.limits,
        )

    def accept(self, graph: Graph, payload: JsonObject | None = None) -> Execution:
        workflow = a_workflow(self.owner, graph=graph)
        run = an_execution(workflow, payload)
        self.store.rows.workflows[workflow.id] = workflow
        self.store.rows.executions[run.id] = run
        return run

    async def claim(self, worker: str = "w1") -> Claim:
        claim = await self.journal.claim(worker, lease=LEASE, max_claims=9)
        assert claim is not None
        return claim

    async def ran(self, graph: Graph, payload: JsonObject | None = None) -> "Record":
        """The whole record of one run."""
        run = self.accept(graph, payload)
        await self.engine(await self.claim())
        return await self.record_of(run)

    async def record_of(self, run: Execution) -> "Record":
        reads = FakeExecutionReads(self.store)
        return Record(msgspec.json.decode(await reads.detail(run.id, self.owner.id)))


@dataclass(frozen=True)
class Record:
    """A run as people see it."""

    whole: dict[str, Any]

    @property
    def status(self) -> tuple[str, str | None]:
        return self.whole["status"], self.whole["errorMessage"]

    @property
    def statuses(self) -> dict[str, str]:
        return {step["nodeId"]: step["status"] for step in self.whole["steps"]}

    def step(self, node: str) -> dict[str, Any]:
        found: dict[str, Any] = next(step for step in self.whole["steps"] if step["nodeId"] == node)
        return found

    def output(self, node: str) -> dict[str, Any]:
        """What the node handed on, without the bookkeeping of its attempts."""
        return {key: value for key, value in self.step(node)["output"].items() if key not in BOOKKEEPING}

    @property
    def snapshots(self) -> list[dict[str, Any]]:
        """Oldest first."""
        shown: list[dict[str, Any]] = self.whole["contextSnapshots"][::-1]
        return shown

    @property
    def state(self) -> dict[str, Any]:
        """The context at the end."""
        state: dict[str, Any] = self.snapshots[-1]["state"]
        return state


BOOKKEEPING = ("_attempts", "_attemptCount", "_retryOutcome")


def node(name: str, type: str = "output", **config: Any) -> GraphNode:
    return a_node(name, type, config)


def drawn(*nodes: GraphNode, edges: tuple[Edge, ...] | None = None) -> Graph:
    """Nodes in a chain, unless edges are given."""
    chain = tuple(an_edge(one.id, other.id) for one, other in pairwise(nodes))
    return Graph(nodes=nodes, edges=chain if edges is None else edges)


def when(source: str, target: str, condition: EdgeCondition = None) -> Edge:
    return an_edge(source, target, condition)
