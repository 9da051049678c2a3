"""What is unfinished in a graph that may be saved all the same."""

from collections.abc import Mapping

from application.nodes.config_reader import ConfigReader
from application.nodes.node import Node
from application.retrieval.read_retrieval import read_retrieval
from application.workflows.retry_warnings import most_retries, retry_warnings
from domain.errors import Fault
from domain.workflows.graph import Graph, GraphNode


def config_warnings(graph: Graph, catalogue: Mapping[str, type[Node]]) -> list[Fault]:
    """Everything that would fail a run once it reaches the node, or that would not be done as it is configured; each
    with its path in the graph."""
    most = most_retries(graph.nodes)
    return [
        Fault(("nodes", at, *fault.path), fault.code, fault.message)
        for at, node in enumerate(graph.nodes)
        for fault in dict.fromkeys((*_node_warnings(node, catalogue), *_retry_warnings(node, most)))
    ]


def _node_warnings(node: GraphNode, catalogue: Mapping[str, type[Node]]) -> list[Fault]:
    kind = catalogue.get(node.type)
    if kind is None:
        return [Fault(("type",), "not_runnable", f'Nodes of type "{node.type}" cannot run in this version')]
    fields = ConfigReader(node.config)
    kind.configured(fields)
    read_retrieval(fields)
    return [Fault(("config", *fault.path), fault.code, fault.message) for fault in fields.faults]


def _retry_warnings(node: GraphNode, most: int) -> list[Fault]:
    return [Fault(("config", *fault.path), fault.code, fault.message) for fault in retry_warnings(node.config, most)]
