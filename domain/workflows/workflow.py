"""A named graph that somebody owns."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain.ids import UserId, WorkflowId
from domain.values.json import JsonObject
from domain.workflows.errors import BrokenGraph, WorkflowIsNewer
from domain.workflows.graph import Graph
from domain.workflows.graph_rules import structural_faults

MAX_NAME_LENGTH = 255
MAX_DESCRIPTION_LENGTH = 2048


class WorkflowStatus(StrEnum):
    ACTIVE = "active"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateOrigin:
    """Which template a workflow was made from, and with which parameters."""

    template_id: str
    version: int
    params: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """Frozen: a change is a new value, so a half-applied change cannot exist.

    `version` counts drawings: it grows with each new graph, not with a new name or status.
    `revision` counts saves: it grows with each change at all, and is what optimistic locking compares.
    """

    id: WorkflowId
    owner_id: UserId
    name: str
    description: str = ""
    status: WorkflowStatus = WorkflowStatus.INACTIVE
    graph: Graph
    version: int = 1
    revision: int = 1
    origin: TemplateOrigin | None = None
    created_at: datetime
    updated_at: datetime

    def expect(self, revisions: Collection[int] | None) -> None:
        """Raise WorkflowIsNewer when it is at none of the revisions that a caller means; None means any."""
        if revisions is not None and self.revision not in revisions:
            raise WorkflowIsNewer

    def redrawn(self, graph: Graph, *, known_types: Collection[str]) -> "Workflow":
        """The same workflow with another graph. Raise BrokenGraph with every structural fault."""
        refuse_broken(graph, known_types=known_types)
        return replace(self, graph=graph, version=self.version + 1)

    def saved(self, *, at: datetime) -> "Workflow":
        """The value to store after any change, or after a save that changed nothing: time and revision move on."""
        return replace(self, revision=self.revision + 1, updated_at=at)


def refuse_broken(graph: Graph, *, known_types: Collection[str]) -> None:
    if faults := structural_faults(graph, known_types):
        raise BrokenGraph(faults)
