from litestar import Controller, post
from litestar.params import JSONBody

from application.assistant.ask_assistant import AskAssistant
from domain.access_tokens.access_token import Scope
from entrypoints.http.admission import NEEDS
from entrypoints.http.envelope import Success, refusals, success
from entrypoints.http.request import RexRequest
from entrypoints.http.schemas.assistant import AssistantQuestion, AssistantReply
from entrypoints.http.services import Given


class AssistantController(Controller):
    path = "/api/chat"
    tags = ("assistant",)

    @post(status_code=200, opt={NEEDS: Scope.RUN}, responses=refusals(400, 413, 415, 500))
    async def ask(
        self, request: RexRequest, data: JSONBody[AssistantQuestion], ask_assistant: Given[AskAssistant]
    ) -> Success[AssistantReply]:
        """Ask about the graph that is open in the editor, of the caller's own model provider."""
        answer = await ask_assistant(
            actor_id=request.user, question=data.message, picture=data.picture(), history=data.earlier()
        )
        return success(AssistantReply.of(answer))
