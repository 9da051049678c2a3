"""Types of nodes on the wire."""

from typing import Any

from msgspec import Struct

from application.nodes.describe_node_types import NodeTypeDescription


class NodeTypeRecord(Struct, rename="camel", kw_only=True):
    """`configSchema` is JSON Schema, Draft 2020-12."""

    type: str
    category: str
    description: str
    config_schema: dict[str, Any]

    @classmethod
    def of(cls, described: NodeTypeDescription) -> "NodeTypeRecord":
        return cls(
            type=described.type,
            category=described.category,
            description=described.description,
            config_schema=described.config_schema,
        )
