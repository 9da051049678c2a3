from collections.abc import Mapping

from litestar import Controller, get

from application.nodes.describe_node_types import describe_node_types
from application.nodes.node import Node
from entrypoints.http.envelope import Success, refusals, success
from entrypoints.http.schemas.node_types import NodeTypeRecord
from entrypoints.http.services import Given


class NodeTypeController(Controller):
    path = "/api/node-types"
    tags = ("workflows",)

    @get(responses=refusals(400))
    async def list_all(self, catalogue: Given[Mapping[str, type[Node]]]) -> Success[list[NodeTypeRecord]]:
        """Every type of node that can run, with the JSON Schema of its config."""
        return success([NodeTypeRecord.of(each) for each in describe_node_types(catalogue)])
