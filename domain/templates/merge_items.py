"""Nodes and edges as maps from field to value, which is how graphs are compared."""

from typing import Final, TypeAlias

from domain.ids import EdgeId, NodeId
from domain.values.equality import identity
from domain.values.json import UNDEFINED, JsonObject, MaybeJson
from domain.workflows.graph import Edge, Graph, GraphNode

Item: TypeAlias = dict[str, MaybeJson]
"""A node or an edge as a map from field to value."""

DRAWN: Final = ("x", "y", "id")
"""Fields in which the owner is always right: the ids of edges are one, they say nothing."""

_CONFIG: Final = "config."


def nodes_of(graph: Graph) -> dict[str, Item]:
    return {
        node.id: {
            "type": node.type,
            "label": node.label,
            "x": node.x,
            "y": node.y,
            **{f"{_CONFIG}{name}": value for name, value in node.config.items()},
        }
        for node in graph.nodes
    }


def node_from(node_id: NodeId, item: Item) -> GraphNode:
    config: JsonObject = {
        name.removeprefix(_CONFIG): value
        for name, value in item.items()
        if name.startswith(_CONFIG) and value is not UNDEFINED
    }
    x, y = item["x"], item["y"]
    assert isinstance(x, int | float)
    assert isinstance(y, int | float)
    return GraphNode(id=node_id, type=str(item["type"]), label=str(item["label"]), x=x, y=y, config=config)


def edges_of(graph: Graph) -> dict[str, Item]:
    """By what they join; the second edge between the same nodes ends in a number, and so on."""
    found: dict[str, Item] = {}
    for edge in graph.edges:
        key, count = f"{edge.source}>{edge.target}", 1
        while key in found:
            count += 1
            key = f"{edge.source}>{edge.target}>{count}"
        found[key] = {"id": edge.id, "source": edge.source, "target": edge.target, "condition": edge.condition}
    return found


def edge_from(item: Item) -> Edge:
    condition = item["condition"]
    assert condition is None or isinstance(condition, str | bool)
    return Edge(
        id=EdgeId(str(item["id"])),
        source=NodeId(str(item["source"])),
        target=NodeId(str(item["target"])),
        condition=condition,
    )


def is_changed(base: Item, item: Item) -> bool:
    names = [name for name in {*base, *item} if name not in DRAWN]
    return any(not is_same(base.get(name, UNDEFINED), item.get(name, UNDEFINED)) for name in names)


def is_same(one: MaybeJson, other: MaybeJson) -> bool:
    if one is UNDEFINED or other is UNDEFINED:
        return one is other
    return identity(one) == identity(other)


def told(item: Item | None) -> MaybeJson:
    """A whole node or edge as a value."""
    if item is None:
        return UNDEFINED
    fields: JsonObject = {name: value for name, value in item.items() if value is not UNDEFINED}
    return fields
