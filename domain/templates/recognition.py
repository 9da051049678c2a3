"""Which node of a workflow is which node of the template that it was made from."""

from collections.abc import Sequence

from domain.ids import NodeId
from domain.templates.node_ids import is_marked
from domain.templates.recipe import Recipe, RecipeNode
from domain.workflows.graph import Graph, GraphNode


def recognised(recipes: Sequence[Recipe], graph: Graph) -> dict[str, NodeId]:
    """The ids that the nodes of some versions of one template have in `graph`, by key; removed ones are absent.

    Ids say it themselves. Where an editor gave new ids to all, type and label say it, equal ones in their order.
    """
    wanted = {node.key: node for recipe in reversed(recipes) for node in recipe.nodes}
    known = {key: node.id for key in wanted for node in graph.nodes if is_marked(node.id, key)}
    if known:
        return known
    for key, node in wanted.items():
        free = [each for each in graph.nodes if each.id not in known.values()]
        if (found := next((each for each in free if _looks_like(each, node)), None)) is not None:
            known[key] = found.id
    return known


def _looks_like(node: GraphNode, drawn: RecipeNode) -> bool:
    return (node.type, node.label) == (drawn.type, drawn.label)
