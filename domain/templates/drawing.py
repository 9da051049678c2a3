"""From a recipe to a graph."""

from collections.abc import Mapping
from uuid import UUID

from domain.ids import EdgeId, NodeId
from domain.templates.node_ids import marked_id
from domain.templates.recipe import Recipe
from domain.workflows.graph import Edge, Graph, GraphNode


def drawn(recipe: Recipe, *, seed: UUID, known: Mapping[str, NodeId] | None = None) -> Graph:
    """The graph that `recipe` describes, with ids that follow from `seed`; nodes that are `known` keep theirs."""
    ids = {each.key: NodeId(marked_id(seed, each.key)) for each in recipe.nodes} | dict(known or {})
    return Graph(
        nodes=tuple(
            GraphNode(
                id=ids[each.key], type=each.type, label=each.label, x=each.at[0], y=each.at[1], config=each.config
            )
            for each in recipe.nodes
        ),
        edges=tuple(
            Edge(
                id=EdgeId(marked_id(seed, f"{each.source}>{each.target}>{each.condition}")),
                source=ids[each.source],
                target=ids[each.target],
                condition=each.condition,
            )
            for each in recipe.edges
        ),
    )
