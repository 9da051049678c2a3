"""What can be drawn: for editors, and for people who write graphs by hand."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from application.nodes.config_outline import config_schema
from application.nodes.node import Node
from domain.values.json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeTypeDescription:
    type: str
    category: str
    description: str
    config_schema: JsonObject


def describe_node_types(catalogue: Mapping[str, type[Node]]) -> Sequence[NodeTypeDescription]:
    """In the order of the catalogue. The first line of a type's file says what it does, and is shown as it is."""
    return [
        NodeTypeDescription(
            type=name,
            category=kind.category,
            description=(sys.modules[kind.__module__].__doc__ or "").partition("\n")[0],
            config_schema=config_schema(kind),
        )
        for name, kind in catalogue.items()
    ]
