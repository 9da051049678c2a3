from litestar import Controller, post
from litestar.params import JSONBody

from application.ports.knowledge import KnowledgeExplanations, KnowledgeSearch
from domain.access_tokens.access_token import Scope
from entrypoints.http.admission import NEEDS
from entrypoints.http.envelope import Success, refusals, success
from entrypoints.http.request import RexRequest
from entrypoints.http.schemas.knowledge_query import KnowledgeAnswer, KnowledgeQuestion
from entrypoints.http.services import Given


class KnowledgeQueryController(Controller):
    path = "/api/knowledge/query"
    tags = ("knowledge",)

    @post(status_code=200, opt={NEEDS: Scope.READ}, responses=refusals(400, 409, 413, 415))
    async def ask(
        self,
        request: RexRequest,
        data: JSONBody[KnowledgeQuestion],
        knowledge_search: Given[KnowledgeSearch],
        knowledge_explanations: Given[KnowledgeExplanations],
    ) -> Success[KnowledgeAnswer]:
        """Search the caller's ready documents by meaning and words, best first; a larger `topK` reorders nothing."""
        wanted = data.wanted(request.user)
        if data.wants_explanation:
            explanation = await knowledge_explanations.explain(wanted, data.asked_about())
            return success(KnowledgeAnswer.of(data.query, explanation.findings, explanation))
        return success(KnowledgeAnswer.of(data.query, await knowledge_search.search(wanted)))
