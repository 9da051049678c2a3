"""What becomes of edges when nodes go, stay or come back in a merge."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final
from uuid import NAMESPACE_OID, uuid5

from domain.errors import Fault
from domain.ids import NodeId
from domain.templates.merge_items import Item, is_changed
from domain.templates.merge_order import merged_order
from domain.workflows.graph import Graph

LOST_EDGE: Final = "lost_edge"
NEW_ROOT: Final = "new_root"


def rejoined(base: Mapping[str, Item], side: Mapping[str, Item]) -> set[str]:
    """The nodes at the ends of edges that a side added or changed."""
    touched = [each for key, each in side.items() if is_changed(base.get(key, {}), each)]
    return {str(each[end]) for each in touched for end in ("source", "target")}


def with_those_of_removed(base: Mapping[str, Item], edges: Mapping[str, Item], side: Graph) -> dict[str, Item]:
    """Edges of a side, and at their places those that it has no more only because it removed a node at an end: they go
    if that node goes, and come back if it does."""
    there = {node.id for node in side.nodes}
    gone = {
        key: each for key, each in base.items() if key not in edges and not {each["source"], each["target"]} <= there
    }
    order = merged_order([], list(edges), [key for key in base if key in edges or key in gone])
    return {key: edges[key] if key in edges else gone[key] for key in order}


def with_own_ids(edges: Mapping[str, Item], mine: Mapping[str, Item]) -> Iterator[Item]:
    """Edges that are not the owner's give way where the owner uses their id for another edge."""
    taken = {each["id"] for key, each in edges.items() if key in mine}
    for key, each in edges.items():
        is_clash = key not in mine and each["id"] in taken
        yield {**each, "id": str(uuid5(NAMESPACE_OID, f"{each['id']}/{key}"))} if is_clash else each


def lost_edges(lost: Sequence[Item], merged: Graph, sides: Iterable[Graph]) -> Iterator[Fault]:
    """One for each end of `lost` that is still there."""
    labels = {node.id: node.label for side in sides for node in side.nodes}
    at = {node.id: position for position, node in enumerate(merged.nodes)}
    for each in lost:
        source, target = NodeId(str(each["source"])), NodeId(str(each["target"]))
        message = f'The edge from "{labels[source]}" to "{labels[target]}" is gone with one of them'
        for end in (source, target):
            if end in at:
                yield Fault(("nodes", at[end]), LOST_EDGE, message)


def new_roots(merged: Graph, mine: Graph, theirs: Graph) -> Iterator[Fault]:
    """Nodes that nothing leads to, though something did where they come from: they would begin by themselves."""
    led_to, led_to_mine, led_to_theirs = ({edge.target for edge in each.edges} for each in (merged, mine, theirs))
    owned = {node.id for node in mine.nodes}
    for at, node in enumerate(merged.nodes):
        was_led_to = node.id in (led_to_mine if node.id in owned else led_to_theirs)
        if was_led_to and node.id not in led_to:
            yield Fault(("nodes", at), NEW_ROOT, f'Nothing leads to "{node.label}" any more, so it begins by itself')
