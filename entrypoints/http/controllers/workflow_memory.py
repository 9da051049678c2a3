from litestar import Controller, delete, get, put
from litestar.params import FromPath, JSONBody

from application.workflows.clear_memory import ClearMemory
from application.workflows.set_memory import SetMemory
from application.workflows.show_memory import ShowMemory
from entrypoints.http.envelope import Success, refusals, success
from entrypoints.http.path_ids import to_workflow_id
from entrypoints.http.request import RexRequest
from entrypoints.http.schemas.workflow_memory import Cleared, MemoryEntryOrder, MemoryEntryRecord
from entrypoints.http.services import Given


class WorkflowMemoryController(Controller):
    """What the runs of a workflow remember beyond their own end."""

    path = "/api/workflows/{workflow_id:str}/memory"
    tags = ("workflows",)

    @get(responses=refusals(400, 404))
    async def show(
        self, request: RexRequest, workflow_id: FromPath[str], show_memory: Given[ShowMemory]
    ) -> Success[list[MemoryEntryRecord]]:
        """All that memory nodes with the scope `workflow` keep, by key: at most 100 values of 64 KiB."""
        entries = await show_memory(workflow_id=to_workflow_id(workflow_id), actor_id=request.user)
        return success([MemoryEntryRecord.of(entry) for entry in entries])

    @put(status_code=200, responses=refusals(400, 404, 409, 413, 415))
    async def set(
        self,
        request: RexRequest,
        workflow_id: FromPath[str],
        data: JSONBody[MemoryEntryOrder],
        set_memory: Given[SetMemory],
    ) -> Success[MemoryEntryRecord]:
        """Have it remember a value under a key, as if a run had left it; such as the retriever that it prefers."""
        entry = await set_memory(
            workflow_id=to_workflow_id(workflow_id), actor_id=request.user, key=data.key.strip(), value=data.value
        )
        return success(MemoryEntryRecord.of(entry))

    @delete(status_code=200, responses=refusals(400, 404))
    async def clear(
        self, request: RexRequest, workflow_id: FromPath[str], clear_memory: Given[ClearMemory]
    ) -> Success[Cleared]:
        """Forget all of it. Runs that go on may write again."""
        return success(
            Cleared(cleared=await clear_memory(workflow_id=to_workflow_id(workflow_id), actor_id=request.user))
        )
