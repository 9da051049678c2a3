"""A template's graph before anybody owns it: nodes have names instead of ids."""

from dataclasses import dataclass
from itertools import pairwise

from domain.values.json import JsonObject
from domain.workflows.graph import EdgeCondition


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeNode:
    """`key` is what it is called within its template, in all versions: a new version may rename or move it, but what
    keeps its key is the same node. `at` is where it is drawn."""

    key: str
    type: str
    label: str
    at: tuple[int, int]
    config: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeEdge:
    source: str
    target: str
    condition: EdgeCondition = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Edges go by the keys of nodes."""

    nodes: tuple[RecipeNode, ...]
    edges: tuple[RecipeEdge, ...]


def chain(*nodes: RecipeNode) -> Recipe:
    """One after the other."""
    return branching(*nodes, edges=tuple(edge(one.key, next.key) for one, next in pairwise(nodes)))


def branching(*nodes: RecipeNode, edges: tuple[RecipeEdge, ...]) -> Recipe:
    return Recipe(nodes=nodes, edges=edges)


def edge(source: str, target: str, when: EdgeCondition = None) -> RecipeEdge:
    return RecipeEdge(source=source, target=target, condition=when)
