from typing import Annotated, TypeAlias

from litestar import Controller, delete, get, patch, post
from litestar.params import FromPath, JSONBody

from application.knowledge.change_corpus import ChangeCorpus
from application.knowledge.create_corpus import CreateCorpus
from application.knowledge.delete_corpus import DeleteCorpus
from application.ports.knowledge_reads import CorpusFilter, KnowledgeReads
from domain.knowledge.scope import ScopeType
from entrypoints.http.envelope import Success, SuccessWithMeta, recorded, refusals, success
from entrypoints.http.paging import PageMeta, paged
from entrypoints.http.path_ids import to_corpus_id
from entrypoints.http.query import CursorText, LimitTo100, PageNumber, Query, Sent, choice, read_paging, uuid
from entrypoints.http.request import RexRequest
from entrypoints.http.schemas.knowledge import (
    ChangedCorpus,
    CorpusDetail,
    CorpusMade,
    CorpusRecord,
    DocumentRecord,
    NewCorpus,
)
from entrypoints.http.schemas.workflows import Deleted
from entrypoints.http.services import Given

ScopeText: TypeAlias = Annotated[Sent, choice("scopeType", ScopeType, "Only corpora of this scope.")]
WorkflowText: TypeAlias = Annotated[Sent, uuid("workflowId", "Only corpora that name this workflow.")]
ExecutionText: TypeAlias = Annotated[Sent, uuid("executionId", "Only corpora that name this run.")]


class CorpusController(Controller):
    path = "/api/knowledge/corpora"
    tags = ("knowledge",)

    @post(status_code=201, responses=refusals(400, 404, 413, 415))
    async def create(
        self, request: RexRequest, data: JSONBody[NewCorpus], create_corpus: Given[CreateCorpus]
    ) -> Success[CorpusMade]:
        """Begin a corpus, for all that the caller does, for one workflow or for one run."""
        return success(CorpusMade(id=await create_corpus(owner_id=request.user, wanted=data.wanted())))

    @get(responses=refusals(400))
    async def list_mine(
        self,
        request: RexRequest,
        knowledge_reads: Given[KnowledgeReads],
        scope_type: ScopeText = None,
        workflow_id: WorkflowText = None,
        execution_id: ExecutionText = None,
        page: PageNumber = None,
        limit: LimitTo100 = None,
        cursor: CursorText = None,
    ) -> SuccessWithMeta[list[CorpusRecord], PageMeta]:
        """The caller's corpora, latest change first."""
        query = Query()
        chosen = CorpusFilter(
            scope_type=query.choice("scopeType", scope_type, ScopeType),
            workflow_id=query.uuid("workflowId", workflow_id),
            execution_id=query.uuid("executionId", execution_id),
        )
        paging = query.paging(page, limit, cursor)
        query.refuse()
        found = await knowledge_reads.corpora(request.user, chosen, paging)
        return paged(CorpusRecord, found, paging, pages_of_nothing=0)

    @get("/{corpus_id:str}", responses=refusals(400, 404))
    async def show(
        self, request: RexRequest, corpus_id: FromPath[str], knowledge_reads: Given[KnowledgeReads]
    ) -> Success[CorpusDetail]:
        """One corpus, and how its documents fare."""
        return recorded(CorpusDetail, await knowledge_reads.corpus(to_corpus_id(corpus_id), request.user))

    @patch("/{corpus_id:str}", responses=refusals(400, 404, 413, 415))
    async def change(
        self,
        request: RexRequest,
        corpus_id: FromPath[str],
        data: JSONBody[ChangedCorpus],
        change_corpus: Given[ChangeCorpus],
        knowledge_reads: Given[KnowledgeReads],
    ) -> Success[CorpusDetail]:
        """Rename a corpus, describe it anew, or have documents to come cut in another way."""
        changed = to_corpus_id(corpus_id)
        await change_corpus(corpus_id=changed, actor_id=request.user, changes=data.changes())
        return recorded(CorpusDetail, await knowledge_reads.corpus(changed, request.user))

    @delete("/{corpus_id:str}", status_code=200, responses=refusals(400, 404))
    async def remove(
        self, request: RexRequest, corpus_id: FromPath[str], delete_corpus: Given[DeleteCorpus]
    ) -> Success[Deleted]:
        """Remove a corpus with all its documents."""
        await delete_corpus(corpus_id=to_corpus_id(corpus_id), actor_id=request.user)
        return success(Deleted())

    @get("/{corpus_id:str}/documents", responses=refusals(400, 404))
    async def list_documents(
        self,
        request: RexRequest,
        corpus_id: FromPath[str],
        knowledge_reads: Given[KnowledgeReads],
        page: PageNumber = None,
        limit: LimitTo100 = None,
        cursor: CursorText = None,
    ) -> SuccessWithMeta[list[DocumentRecord], PageMeta]:
        """The documents of a corpus, latest change first."""
        paging = read_paging(page, limit, cursor)
        found = await knowledge_reads.documents(to_corpus_id(corpus_id), request.user, paging)
        return paged(DocumentRecord, found, paging, pages_of_nothing=0)
