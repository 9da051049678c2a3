"""What a run knows while it runs: five sections, patched by nodes, recorded in snapshots."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from domain.ids import NodeId
from domain.values.json import Json, JsonObject, as_object
from domain.values.timestamps import moment, timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """Counters and bounds of a run as a whole; they bind every node, whatever its own retry policy allows."""

    loop_count: int = 0
    retry_count: int = 0
    max_loops: int = 20
    max_retries: int = 3
    terminate: bool = False

    def exceeded(self) -> str | None:
        """The limit that is broken, in words, or None."""
        if self.retry_count > self.max_retries:
            return f"Execution retry limit exceeded ({self.retry_count}/{self.max_retries})"
        if self.loop_count > self.max_loops:
            return f"Execution loop limit exceeded ({self.loop_count}/{self.max_loops})"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalBudget:
    """What a run has spent on retrieval, and what it may spend. Durations in milliseconds."""

    total_requests: int = 0
    total_successes: int = 0
    total_empties: int = 0
    total_failures: int = 0
    total_duration_ms: int = 0
    max_requests: int = 64
    max_failures: int = 32
    max_duration_ms: int = 120_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    started_at: datetime
    updated_at: datetime
    active_node_id: NodeId | None = None
    last_completed_node_id: NodeId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextPatch:
    """Changes to some sections. Values replace values of the same key; other keys stay."""

    memory: JsonObject = field(default_factory=dict)
    knowledge: JsonObject = field(default_factory=dict)
    control: Control | None = None
    retrieval: RetrievalBudget | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One state of a run's knowledge. `version` starts at 1 and grows with every patch."""

    version: int = 1
    memory: JsonObject
    knowledge: JsonObject = field(default_factory=dict)
    control: Control = Control()
    retrieval: RetrievalBudget = RetrievalBudget()
    runtime: Runtime

    @classmethod
    def opening(cls, payload: JsonObject, budget: RetrievalBudget, *, at: datetime) -> "Context":
        return cls(memory={"triggerPayload": payload}, retrieval=budget, runtime=Runtime(started_at=at, updated_at=at))

    def patched(self, patch: ContextPatch, *, at: datetime) -> "Context":
        return replace(
            self,
            version=self.version + 1,
            memory={**self.memory, **patch.memory},
            knowledge={**self.knowledge, **patch.knowledge},
            control=patch.control or self.control,
            retrieval=patch.retrieval or self.retrieval,
            runtime=replace(self.runtime, updated_at=at),
        )

    def controlled(self, control: Control, *, at: datetime) -> "Context":
        return self.patched(ContextPatch(control=control), at=at)

    def halted(self, *, at: datetime) -> "Context":
        return self.controlled(replace(self.control, terminate=True), at=at)

    def working_on(self, node_id: NodeId, *, at: datetime) -> "Context":
        runtime = replace(self.runtime, active_node_id=node_id, updated_at=at)
        return replace(self, version=self.version + 1, runtime=runtime)

    def done_with(self, node_id: NodeId, *, at: datetime) -> "Context":
        runtime = replace(self.runtime, active_node_id=None, last_completed_node_id=node_id, updated_at=at)
        return replace(self, version=self.version + 1, runtime=runtime)


_COUNTERS: Final = {
    "loopCount": "loop_count",
    "retryCount": "retry_count",
    "maxLoops": "max_loops",
    "maxRetries": "max_retries",
}
_RETRIEVAL: Final = {
    "totalRequests": "total_requests",
    "totalSuccesses": "total_successes",
    "totalEmpties": "total_empties",
    "totalFailures": "total_failures",
    "totalDurationMs": "total_duration_ms",
    "maxRequests": "max_requests",
    "maxFailures": "max_failures",
    "maxDurationMs": "max_duration_ms",
}


def context_as_json(context: Context) -> JsonObject:
    """The shape in which snapshots and checkpoints keep a context."""
    runtime = context.runtime
    return {
        "version": context.version,
        "memory": context.memory,
        "knowledge": context.knowledge,
        "control": control_as_json(context.control),
        "retrieval": {name: getattr(context.retrieval, slot) for name, slot in _RETRIEVAL.items()},
        "runtime": {
            "startedAt": timestamp(runtime.started_at),
            "updatedAt": timestamp(runtime.updated_at),
            "activeNodeId": runtime.active_node_id,
            "lastCompletedNodeId": runtime.last_completed_node_id,
        },
    }


def control_as_json(control: Control) -> JsonObject:
    counters: JsonObject = {name: getattr(control, slot) for name, slot in _COUNTERS.items()}
    return {**counters, "terminate": control.terminate}


def context_from_json(state: JsonObject) -> Context:
    """The inverse of `context_as_json`, for states that it wrote."""
    runtime = as_object(state["runtime"])
    return Context(
        version=int(str(state["version"])),
        memory=as_object(state["memory"]),
        knowledge=as_object(state["knowledge"]),
        control=_control_from(as_object(state["control"])),
        retrieval=RetrievalBudget(**_slots(as_object(state["retrieval"]), _RETRIEVAL)),
        runtime=Runtime(
            started_at=moment(str(runtime["startedAt"])),
            updated_at=moment(str(runtime["updatedAt"])),
            active_node_id=_node_id(runtime["activeNodeId"]),
            last_completed_node_id=_node_id(runtime["lastCompletedNodeId"]),
        ),
    )


def _control_from(section: JsonObject) -> Control:
    counters = _slots(section, _COUNTERS)
    return Control(
        loop_count=counters["loop_count"],
        retry_count=counters["retry_count"],
        max_loops=counters["max_loops"],
        max_retries=counters["max_retries"],
        terminate=section["terminate"] is True,
    )


def _slots(section: JsonObject, names: Mapping[str, str]) -> dict[str, int]:
    return {slot: int(str(section[name])) for name, slot in names.items()}


def _node_id(value: Json) -> NodeId | None:
    return None if value is None else NodeId(str(value))
