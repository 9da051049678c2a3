"""Domain values as the JSON documents in rows, and back."""

from collections.abc import Sequence
from typing import Any

import msgspec

from adapters.postgres.texts import deeply_well_formed
from domain.ids import EdgeId, NodeId
from domain.values.json import Json, JsonObject
from domain.workflows.graph import Edge, Graph, GraphNode


def encoded(value: object) -> str:
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(deeply_well_formed(value)).decode()


def decoded(document: str | bytes | msgspec.Raw) -> Any:
    return msgspec.json.decode(document)


def nodes_document(nodes: Sequence[GraphNode]) -> str:
    return encoded(
        [
            {
                "id": node.id,
                "type": node.type,
                "label": node.label,
                "position": {"x": node.x, "y": node.y},
                "config": node.config,
            }
            for node in nodes
        ]
    )


def edges_document(edges: Sequence[Edge]) -> str:
    return encoded([_edge(edge) for edge in edges])


def _edge(edge: Edge) -> JsonObject:
    drawn: dict[str, Json] = {"id": edge.id, "source": edge.source, "target": edge.target}
    return drawn if edge.condition is None else {**drawn, "condition": edge.condition}


def graph_from(nodes: str | msgspec.Raw, edges: str | msgspec.Raw) -> Graph:
    return Graph(
        nodes=tuple(
            GraphNode(
                id=NodeId(node["id"]),
                type=node["type"],
                label=node["label"],
                x=node["position"]["x"],
                y=node["position"]["y"],
                config=node["config"],
            )
            for node in decoded(nodes)
        ),
        edges=tuple(
            Edge(
                id=EdgeId(edge["id"]),
                source=NodeId(edge["source"]),
                target=NodeId(edge["target"]),
                condition=edge.get("condition"),
            )
            for edge in decoded(edges)
        ),
    )
