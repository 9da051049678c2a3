from litestar import Controller, get, post
from litestar.params import FromPath

from application.executions.stop_execution import StopExecution
from application.ports.read_models import ExecutionReads
from entrypoints.http.envelope import Success, recorded, refusals, success
from entrypoints.http.path_ids import to_execution_id
from entrypoints.http.request import RexRequest
from entrypoints.http.schemas.executions import ExecutionDetail, ExecutionStopped
from entrypoints.http.services import Given


class ExecutionController(Controller):
    path = "/api/executions"
    tags = ("executions",)

    @get("/{execution_id:str}", responses=refusals(400, 401, 404))
    async def show(
        self, execution_id: FromPath[str], request: RexRequest, execution_reads: Given[ExecutionReads]
    ) -> Success[ExecutionDetail]:
        """One run with everything that it left behind so far."""
        return recorded(ExecutionDetail, await execution_reads.detail(to_execution_id(execution_id), request.user))

    @post("/{execution_id:str}/stop", status_code=202, responses=refusals(400, 401, 404))
    async def stop(
        self, execution_id: FromPath[str], request: RexRequest, stop_execution: Given[StopExecution]
    ) -> Success[ExecutionStopped]:
        """Stop a run; one that is over stays what it is."""
        stopped = to_execution_id(execution_id)
        status = await stop_execution(execution_id=stopped, actor_id=request.user)
        return success(ExecutionStopped(execution_id=stopped, status=status))
