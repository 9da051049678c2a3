"""What a node type is."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar, Protocol, Self

from application.models.ask_model import AskModel
from application.nodes.config_reader import ConfigReader
from application.ports.clock import Clock
from application.ports.http_fetcher import HttpFetcher
from application.ports.knowledge import KnowledgeIngestion, KnowledgeSearch
from application.ports.schema_validator import SchemaValidator
from application.ports.script_sandbox import ScriptSandbox
from application.ports.workflow_memory import WorkflowMemory
from domain.executions.context import ContextPatch, Control, RetrievalBudget
from domain.executions.durable_memory import DurableWrite
from domain.executions.progress import OUTPUTS_KEY
from domain.executions.retrieval import RetrievalEvent
from domain.executions.retry import RetryDirective
from domain.ids import ExecutionId, NodeId, UserId, WorkflowId
from domain.values.json import Json, JsonObject


class NodeFailed(Exception):
    """A node could not do its work; the text is what the step records. Retry policies apply.

    `retrievals` are what it looked up before it failed, `patch` what that cost the run.
    """

    def __init__(
        self, text: str, *, retrievals: tuple[RetrievalEvent, ...] = (), patch: ContextPatch | None = None
    ) -> None:
        super().__init__(text)
        self.retrievals = retrievals
        self.patch = patch


class NodeMisconfigured(Exception):
    """A node's config turned out wrong only when it was used; the text says how. Trying again would not help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeOutput:
    """What a node hands on.

    `data` is what children receive. `produced` is the part that the node itself made: edges are judged by it, so
    that flags which merely travelled through do not decide. `durable` is kept with the step, or not at all.
    """

    data: JsonObject
    produced: JsonObject
    patch: ContextPatch | None = None
    retry: RetryDirective | None = None
    retrievals: tuple[RetrievalEvent, ...] = ()
    durable: tuple[DurableWrite, ...] = ()

    def without(self, key: str) -> "NodeOutput":
        """Not handing `key` on."""
        if key not in self.data:
            return self
        data = {name: value for name, value in self.data.items() if name != key}
        produced = {name: value for name, value in self.produced.items() if name != key}
        return replace(self, data=data, produced=data if self.produced is self.data else produced)

    @classmethod
    def of(cls, data: JsonObject, *, patch: ContextPatch | None = None) -> "NodeOutput":
        """Replace the input."""
        return cls(data=data, produced=data, patch=patch)

    @classmethod
    def adding(
        cls,
        received: JsonObject,
        own: JsonObject,
        *,
        patch: ContextPatch | None = None,
        retry: RetryDirective | None = None,
        durable: tuple[DurableWrite, ...] = (),
        retrievals: tuple[RetrievalEvent, ...] = (),
    ) -> "NodeOutput":
        """Pass the input on with `own` keys on top."""
        return cls(
            data={**received, **own},
            produced=own,
            patch=patch,
            retry=retry,
            durable=durable,
            retrievals=retrievals,
        )


class RunLog(Protocol):
    """Where a workflow's own log lines go. Must not fail and must not block."""

    def write(self, level: str, message: str, **details: Json) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeContext:
    """What a node may know of its run. Nodes change nothing in place: they return patches.

    `outputs` are what the nodes of earlier waves handed on, by their ids. The input has all parents' keys in one
    object, where a later parent's hide an earlier one's; here nothing is hidden. `round` counts from 1 how often the
    node runs because what it made before was rejected, `attempt` all attempts at it, in whichever round.
    """

    execution_id: ExecutionId
    workflow_id: WorkflowId
    owner_id: UserId
    node_id: NodeId
    round: int = 1
    attempt: int = 1
    memory: Mapping[str, Json]
    control: Control
    retrieval: RetrievalBudget
    now: datetime
    outputs: Mapping[NodeId, JsonObject] = field(default_factory=dict, repr=False)
    clock: Clock = field(repr=False)
    log: RunLog = field(repr=False)
    schemas: SchemaValidator = field(repr=False)
    scripts: ScriptSandbox = field(repr=False)
    fetcher: HttpFetcher = field(repr=False)
    workflow_memory: WorkflowMemory = field(repr=False)
    search: KnowledgeSearch = field(repr=False)
    ingestion: KnowledgeIngestion = field(repr=False)
    ask_model: AskModel = field(repr=False)

    def outputs_by_id(self) -> JsonObject:
        return {str(node_id): output for node_id, output in self.outputs.items()}

    def readable(self, received: JsonObject) -> JsonObject:
        """What paths and placeholders lead into: the input, and below `_nodes` every output by its node's id."""
        return {**received, OUTPUTS_KEY: self.outputs_by_id()}


class Node(Protocol):
    """One node with its config read. The class is the type; an instance lives for one step.

    `category` is where an editor offers it: trigger, action, logic or output. `is_independent` says that it neither
    looks at nor changes what the run remembers, counts or spends: then it may run beside others of its wave.
    """

    type: ClassVar[str]
    category: ClassVar[str]
    is_independent: ClassVar[bool]

    @classmethod
    def configured(cls, fields: ConfigReader) -> Self:
        """Read the config. Faults are collected by `fields`; the instance is only used when there are none."""

    async def run(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        """Do the work once. Raise NodeFailed when it cannot be done. `received` must not be changed.

        Raise NodeMisconfigured for a fault of the config that reading it could not find.
        """
