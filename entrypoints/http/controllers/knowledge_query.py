from litestar import Controller, post
from litestar.params import JSONBody
from msgspec import UNSET, UnsetType

from application.ports.knowledge import KnowledgeExplanations, KnowledgeSearch
from domain.access_tokens.access_token import Scope
from entrypoints.http.admission import NEEDS
from entrypoints.http.envelope import Success, refusals, success
from entrypoints.http.request import RexRequest
from entrypoints.http.schemas.knowledge_query import (
    KnowledgeAnswer,
    KnowledgeQuestion,
    MatchRecord,
    SearchExplanationRecord,
)
from entrypoints.http.services import Given


class KnowledgeQueryController(Controller):
    path = "/api/knowledge/query"
    tags = ("knowledge",)

    @post(status_code=200, opt={NEEDS: Scope.READ}, responses=refusals(400, 413, 415))
    async def ask(
        self,
        request: RexRequest,
        data: JSONBody[KnowledgeQuestion],
        knowledge_search: Given[KnowledgeSearch],
        knowledge_explanations: Given[KnowledgeExplanations],
    ) -> Success[KnowledgeAnswer]:
        """Search the caller's ready documents by meaning and words, best first; a larger `topK` reorders nothing."""
        wanted = data.wanted(request.user)
        matches = [MatchRecord.of(match) for match in await knowledge_search.search(wanted)]
        explained: SearchExplanationRecord | UnsetType = UNSET
        if data.wants_explanation:
            explained = SearchExplanationRecord.of(await knowledge_explanations.explain(wanted, data.asked_about()))
        return success(KnowledgeAnswer(query=data.query, matches=matches, explanation=explained))
