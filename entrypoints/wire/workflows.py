"""Workflows and their graphs on the wire."""

from collections.abc import Sequence
from typing import Annotated, Any, TypeAlias
from uuid import UUID

from litestar.params import KwargDefinition
from msgspec import UNSET, Meta, Struct, UnsetType, field

from application.workflows.change_workflow import WorkflowChanges
from domain.ids import EdgeId, NodeId
from domain.values.timestamps import timestamp
from domain.workflows.graph import Edge as GraphEdge
from domain.workflows.graph import Graph, GraphNode
from domain.workflows.workflow import Workflow, WorkflowStatus
from entrypoints.wire.texts import NodeText, SomeText, UuidText, WorkflowDescription, WorkflowName

Number: TypeAlias = Annotated[int | float, KwargDefinition(schema_extra={"oneOf": None, "type": "number"})]
"""Kept as it was sent, 1 or 1.0; described as what both are."""


Condition: TypeAlias = Annotated[
    SomeText | bool | UnsetType,
    KwargDefinition(schema_extra={"oneOf": [{"type": "string", "minLength": 1}, {"type": "boolean"}]}),
]


class Position(Struct, kw_only=True):
    x: Number
    y: Number


class Node(Struct, kw_only=True):
    """`config` belongs to the node's type; what is unfinished in it is a warning, not an error."""

    id: UuidText
    type: NodeText
    label: NodeText
    position: Position
    config: dict[str, Any]

    def to_domain(self) -> GraphNode:
        return GraphNode(
            id=NodeId(self.id.lower()),
            type=self.type,
            label=self.label.strip(),
            x=self.position.x,
            y=self.position.y,
            config=self.config,
        )

    @classmethod
    def of(cls, node: GraphNode) -> "Node":
        position = Position(x=node.x, y=node.y)
        return cls(id=node.id, type=node.type, label=node.label, position=position, config=node.config)


class Edge(Struct, kw_only=True):
    """Taken always when it has no `condition`."""

    id: UuidText
    source: UuidText
    target: UuidText
    condition: Condition = UNSET

    def to_domain(self) -> GraphEdge:
        return GraphEdge(
            id=EdgeId(self.id.lower()),
            source=NodeId(self.source.lower()),
            target=NodeId(self.target.lower()),
            condition=None if self.condition is UNSET else self.condition,
        )

    @classmethod
    def of(cls, edge: GraphEdge) -> "Edge":
        condition = UNSET if edge.condition is None else edge.condition
        return cls(id=edge.id, source=edge.source, target=edge.target, condition=condition)


class Drawing(Struct, kw_only=True):
    """A graph without a name."""

    nodes: Annotated[list[Node], Meta(min_length=1)]
    edges: list[Edge] = field(default_factory=list)

    def drawing(self) -> Graph:
        return Graph(nodes=_nodes(self.nodes), edges=_edges(self.edges))


class NewWorkflow(Struct, kw_only=True):
    name: WorkflowName
    description: WorkflowDescription = ""
    nodes: Annotated[list[Node], Meta(min_length=1)]
    edges: list[Edge] = field(default_factory=list)

    def drawing(self) -> Graph:
        return Graph(nodes=_nodes(self.nodes), edges=_edges(self.edges))


class ChangedWorkflow(Struct, kw_only=True):
    """What is absent stays as it is; `nodes` and `edges` are replaced as a whole, each on its own."""

    name: WorkflowName | UnsetType = UNSET
    description: WorkflowDescription | UnsetType = UNSET
    status: WorkflowStatus | UnsetType = UNSET
    nodes: Annotated[list[Node], Meta(min_length=1)] | UnsetType = UNSET
    edges: list[Edge] | UnsetType = UNSET

    def changes(self) -> WorkflowChanges:
        return WorkflowChanges(
            name=None if self.name is UNSET else self.name,
            description=None if self.description is UNSET else self.description,
            status=None if self.status is UNSET else self.status,
            nodes=None if self.nodes is UNSET else _nodes(self.nodes),
            edges=None if self.edges is UNSET else _edges(self.edges),
        )


def _nodes(nodes: Sequence[Node]) -> tuple[GraphNode, ...]:
    return tuple(node.to_domain() for node in nodes)


def _edges(edges: Sequence[Edge]) -> tuple[GraphEdge, ...]:
    return tuple(edge.to_domain() for edge in edges)


class WorkflowRecord(Struct, rename="camel", kw_only=True):
    id: UUID
    user_id: UUID
    name: str
    description: str
    status: WorkflowStatus
    nodes: list[Node]
    edges: list[Edge]
    version: int
    source_template_id: str | None
    source_template_version: int | None
    source_template_params: dict[str, Any] | None
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, workflow: Workflow) -> "WorkflowRecord":
        origin = workflow.origin
        return cls(
            id=workflow.id,
            user_id=workflow.owner_id,
            name=workflow.name,
            description=workflow.description,
            status=workflow.status,
            nodes=[Node.of(node) for node in workflow.graph.nodes],
            edges=[Edge.of(edge) for edge in workflow.graph.edges],
            version=workflow.version,
            source_template_id=origin.template_id if origin else None,
            source_template_version=origin.version if origin else None,
            source_template_params=origin.params if origin else None,
            created_at=timestamp(workflow.created_at),
            updated_at=timestamp(workflow.updated_at),
        )
