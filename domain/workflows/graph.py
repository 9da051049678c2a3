"""Nodes and edges as values."""

from dataclasses import dataclass
from typing import TypeAlias

from domain.ids import EdgeId, NodeId
from domain.values.json import JsonObject

EdgeCondition: TypeAlias = str | bool | None
"""What must hold for an edge to be taken; None is always. How it is read: `domain.executions.routing`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphNode:
    """One box of the drawing. `config` is what the editor stored: free of rules here, read by the node's type."""

    id: NodeId
    type: str
    label: str
    x: int | float
    y: int | float
    config: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    id: EdgeId
    source: NodeId
    target: NodeId
    condition: EdgeCondition = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """The order of nodes and of edges is part of the meaning: it decides execution order and who overwrites whom."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[Edge, ...] = ()
