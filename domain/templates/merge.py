"""Three-way merge of graphs: what the template changed and what its owner changed, both kept.

`base` is what both come from, `mine` the owner's graph, `theirs` the new one of the template. What only one side
changed is taken from that side; what both changed alike is no conflict; what both changed differently is one, field
by field. Nodes go by their ids, edges by what they join. Where a node is drawn is the owner's business: a move of
theirs counts only as long as the owner moved nothing of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from domain.ids import EdgeId, NodeId
from domain.templates.merge_order import merged_order
from domain.values.equality import identity
from domain.values.json import UNDEFINED, JsonObject, MaybeJson
from domain.workflows.graph import Edge, Graph, GraphNode

WHOLE: Final = ""
"""Instead of a field, where one side changed something and the other removed it."""

Item: TypeAlias = dict[str, MaybeJson]
"""A node or an edge as a map from field to value."""


class Side(StrEnum):
    MINE = "mine"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeConflict:
    """Both sides changed the same field of a node or of an edge. UNDEFINED is not there at all.

    `id` names it in choices. `node_id` is where it is; for an edge the node that it comes from, with `target` as the
    other one.
    """

    id: str
    node_id: NodeId
    target: NodeId | None
    field: str
    base: MaybeJson
    mine: MaybeJson
    theirs: MaybeJson


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """`graph` has the chosen side of each conflict, the owner's where nothing was chosen. `unresolved` were not chosen.

    `conflicts` are all of them, in the order of the graph.
    """

    graph: Graph
    conflicts: tuple[MergeConflict, ...]
    unresolved: tuple[MergeConflict, ...]


def merge(base: Graph, mine: Graph, theirs: Graph, choices: Mapping[str, Side] | None = None) -> Merged:
    merging = _Merging(choices or {})
    nodes = merging.items(_nodes(base), _nodes(mine), _nodes(theirs))
    edges = merging.items(_edges(base), _edges(mine), _edges(theirs))
    kept = {key: each for key, each in edges.items() if each["source"] in nodes and each["target"] in nodes}
    graph = Graph(
        nodes=tuple(_node(NodeId(key), each) for key, each in nodes.items()),
        edges=tuple(_edge(each) for each in kept.values()),
    )
    unresolved = tuple(each for each in merging.conflicts if each.id not in merging.choices)
    return Merged(graph=graph, conflicts=tuple(merging.conflicts), unresolved=unresolved)


class _Merging:
    def __init__(self, choices: Mapping[str, Side]) -> None:
        self.choices = choices
        self.conflicts: list[MergeConflict] = []

    def items(self, base: Mapping[str, Item], mine: Mapping[str, Item], theirs: Mapping[str, Item]) -> dict[str, Item]:
        order = merged_order(list(base), list(mine), list(theirs))
        merged = {key: self._item(key, base.get(key), mine.get(key), theirs.get(key)) for key in order}
        return {key: item for key, item in merged.items() if item is not None}

    def _item(self, key: str, base: Item | None, mine: Item | None, theirs: Item | None) -> Item | None:
        if mine is not None and theirs is not None:
            return self._fields(key, base or {}, mine, theirs)
        if base is None:
            return theirs if mine is None else mine
        left = theirs if mine is None else mine
        if left is None or not _is_changed(base, left):
            return None
        by = Side.THEIRS if mine is None else Side.MINE
        kept = self._chosen(key, WHOLE, left, _told(base), _told(mine), _told(theirs))
        return left if kept is by else None

    def _fields(self, key: str, base: Item, mine: Item, theirs: Item) -> Item:
        merged: Item = {}
        for name in dict.fromkeys((*mine, *theirs)):
            was, my, their = base.get(name, UNDEFINED), mine.get(name, UNDEFINED), theirs.get(name, UNDEFINED)
            value = self._value(key, name, mine, was, my, their)
            if value is not UNDEFINED:
                merged[name] = value
        return merged

    def _value(self, key: str, name: str, item: Item, was: MaybeJson, mine: MaybeJson, theirs: MaybeJson) -> MaybeJson:
        if _same(mine, theirs) or _same(was, theirs) or (name in _DRAWN and not _same(was, mine)):
            return mine
        if _same(was, mine):
            return theirs
        return mine if self._chosen(key, name, item, was, mine, theirs) is Side.MINE else theirs

    def _chosen(self, key: str, name: str, item: Item, base: MaybeJson, mine: MaybeJson, theirs: MaybeJson) -> Side:
        target = item.get("target")
        conflict = MergeConflict(
            id=f"{key}.{name}" if name else key,
            node_id=NodeId(key if target is None else str(item["source"])),
            target=None if target is None else NodeId(str(target)),
            field=name,
            base=base,
            mine=mine,
            theirs=theirs,
        )
        self.conflicts.append(conflict)
        return self.choices.get(conflict.id, Side.MINE)


_DRAWN: Final = ("x", "y", "id")
"""Fields in which the owner is always right: the ids of edges are one, they say nothing."""

_CONFIG: Final = "config."


def _nodes(graph: Graph) -> dict[str, Item]:
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


def _node(node_id: NodeId, item: Item) -> GraphNode:
    config: JsonObject = {
        name.removeprefix(_CONFIG): value
        for name, value in item.items()
        if name.startswith(_CONFIG) and value is not UNDEFINED
    }
    x, y = item["x"], item["y"]
    assert isinstance(x, int | float)
    assert isinstance(y, int | float)
    return GraphNode(id=node_id, type=str(item["type"]), label=str(item["label"]), x=x, y=y, config=config)


def _edges(graph: Graph) -> dict[str, Item]:
    """By what they join; the second edge between the same nodes ends in a number, and so on."""
    found: dict[str, Item] = {}
    for edge in graph.edges:
        key, count = f"{edge.source}>{edge.target}", 1
        while key in found:
            count += 1
            key = f"{edge.source}>{edge.target}>{count}"
        found[key] = {"id": edge.id, "source": edge.source, "target": edge.target, "condition": edge.condition}
    return found


def _edge(item: Item) -> Edge:
    condition = item["condition"]
    assert condition is None or isinstance(condition, str | bool)
    return Edge(
        id=EdgeId(str(item["id"])),
        source=NodeId(str(item["source"])),
        target=NodeId(str(item["target"])),
        condition=condition,
    )


def _is_changed(base: Item, item: Item) -> bool:
    names = [name for name in {*base, *item} if name not in _DRAWN]
    return any(not _same(base.get(name, UNDEFINED), item.get(name, UNDEFINED)) for name in names)


def _same(one: MaybeJson, other: MaybeJson) -> bool:
    if one is UNDEFINED or other is UNDEFINED:
        return one is other
    return identity(one) == identity(other)


def _told(item: Item | None) -> MaybeJson:
    """A whole node or edge as a value."""
    if item is None:
        return UNDEFINED
    told: JsonObject = {name: value for name, value in item.items() if value is not UNDEFINED}
    return told
