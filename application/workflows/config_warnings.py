"""What is unfinished in a graph that may be saved all the same."""

from collections.abc import Mapping
from dataclasses import dataclass

from application.nodes.config_reader import ConfigReader
from application.nodes.node import Node
from application.ports.cron_calendar import CronCalendar
from application.retrieval.read_retrieval import read_retrieval
from application.schedules.read_triggers import schedule_warnings
from application.workflows.retry_warnings import most_retries, retry_warnings
from domain.errors import Fault
from domain.workflows.graph import Graph, GraphNode


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigWarnings:
    """Everything that would fail a run once it reaches the node, that would keep it from starting by itself, or that
    would not be done as it is configured; each with its path in the graph."""

    catalogue: Mapping[str, type[Node]]
    calendar: CronCalendar

    def __call__(self, graph: Graph) -> list[Fault]:
        most = most_retries(graph.nodes)
        of_nodes = [
            Fault(("nodes", at, *fault.path), fault.code, fault.message)
            for at, node in enumerate(graph.nodes)
            for fault in dict.fromkeys((*_node_warnings(node, self.catalogue), *_retry_warnings(node, most)))
        ]
        return [*of_nodes, *schedule_warnings(graph, self.calendar)]


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
