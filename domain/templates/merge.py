"""Three-way merge of graphs: what the template changed and what its owner changed, both kept.

`base` is what both come from, `mine` the owner's graph, `theirs` the new one of the template. What only one side
changed is taken from that side; what both changed alike is no conflict; what both changed differently is one, field
by field. Nodes go by their ids, edges by what they join. A node that one side removed and the other changed, or joined
anything to, is a conflict as a whole; its edges share its fate. Where a node is drawn is the owner's business: a move
of theirs counts only as long as the owner moved nothing of it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.errors import Fault
from domain.ids import NodeId
from domain.templates.merge_items import (
    DRAWN,
    Item,
    edge_from,
    edges_of,
    is_changed,
    is_same,
    node_from,
    nodes_of,
    told,
)
from domain.templates.merge_order import merged_order
from domain.templates.merge_wiring import lost_edges, new_roots, rejoined, with_own_ids, with_those_of_removed
from domain.values.json import UNDEFINED, MaybeJson
from domain.workflows.graph import Graph

WHOLE: Final = ""
"""Instead of a field, where one side changed something and the other removed it."""


class Side(StrEnum):
    MINE = "mine"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeConflict:
    """Both sides changed the same field of a node or of an edge. UNDEFINED is not there at all.

    `id` names it in choices. `node_id` is where it is; for an edge the node that it comes from, with `target` as the
    other one. A node that the owner removed has the id that it would come back with. `label` is the node's.
    """

    id: str
    node_id: NodeId
    label: str
    target: NodeId | None
    field: str
    base: MaybeJson
    mine: MaybeJson
    theirs: MaybeJson


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """`graph` has the chosen side of each conflict, the owner's where nothing was chosen. `unresolved` were not chosen.

    `conflicts` are all of them, in the order of the graph. `loose_ends` are places of `graph` where the chosen sides
    leave something unconnected that was connected: somebody should look at them.
    """

    graph: Graph
    conflicts: tuple[MergeConflict, ...]
    unresolved: tuple[MergeConflict, ...]
    loose_ends: tuple[Fault, ...]


def merge(base: Graph, mine: Graph, theirs: Graph, choices: Mapping[str, Side] | None = None) -> Merged:
    was, my, their = edges_of(base), edges_of(mine), edges_of(theirs)
    merging = _Merging(
        choices or {},
        joined={Side.MINE: rejoined(was, my), Side.THEIRS: rejoined(was, their)},
        labels={node.id: node.label for graph in (base, theirs, mine) for node in graph.nodes},
    )
    nodes = merging.items(nodes_of(base), nodes_of(mine), nodes_of(theirs))
    edges = merging.items(was, with_those_of_removed(was, my, mine), with_those_of_removed(was, their, theirs))
    kept = {key: each for key, each in edges.items() if each["source"] in nodes and each["target"] in nodes}
    graph = Graph(
        nodes=tuple(node_from(NodeId(key), each) for key, each in nodes.items()),
        edges=tuple(edge_from(each) for each in with_own_ids(kept, my)),
    )
    lost = [each for key, each in edges.items() if key not in kept and is_changed(was.get(key, {}), each)]
    return Merged(
        graph=graph,
        conflicts=tuple(merging.conflicts),
        unresolved=tuple(each for each in merging.conflicts if each.id not in merging.choices),
        loose_ends=(*lost_edges(lost, graph, (mine, theirs)), *new_roots(graph, mine, theirs)),
    )


class _Merging:
    """`joined` are the nodes that each side joined something to, `labels` what nodes are called, the owner's first."""

    def __init__(
        self, choices: Mapping[str, Side], joined: Mapping[Side, Collection[str]], labels: Mapping[NodeId, str]
    ) -> None:
        self.choices = choices
        self.joined = joined
        self.labels = labels
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
        left, by = (theirs, Side.THEIRS) if mine is None else (mine, Side.MINE)
        if left is None or not (is_changed(base, left) or key in self.joined[by]):
            return None
        kept = self._chosen(key, WHOLE, left, told(base), told(mine), told(theirs))
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
        if is_same(mine, theirs) or is_same(was, theirs) or (name in DRAWN and not is_same(was, mine)):
            return mine
        if is_same(was, mine):
            return theirs
        return mine if self._chosen(key, name, item, was, mine, theirs) is Side.MINE else theirs

    def _chosen(self, key: str, name: str, item: Item, base: MaybeJson, mine: MaybeJson, theirs: MaybeJson) -> Side:
        target = item.get("target")
        node_id = NodeId(key if target is None else str(item["source"]))
        conflict = MergeConflict(
            id=f"{key}.{name}" if name else key,
            node_id=node_id,
            label=self.labels[node_id],
            target=None if target is None else NodeId(str(target)),
            field=name,
            base=base,
            mine=mine,
            theirs=theirs,
        )
        self.conflicts.append(conflict)
        return self.choices.get(conflict.id, Side.MINE)
