from litestar import Controller, Response, delete, get, post, put
from litestar.params import FromPath, JSONBody

from application.knowledge.accept_document import AcceptDocument
from application.knowledge.delete_document import DeleteDocument
from application.knowledge.replace_document import ReplaceDocument
from application.knowledge.retry_document import RetryDocument
from application.ports.knowledge_reads import KnowledgeReads
from entrypoints.http.envelope import Success, SuccessWithMeta, recorded, refusals, success
from entrypoints.http.paging import PageMeta, paged
from entrypoints.http.path_ids import to_document_id
from entrypoints.http.preconditions import REPEATED, IdempotencyKey, intention, repeated
from entrypoints.http.query import CursorText, LimitTo200, PageNumber, Query
from entrypoints.http.request import RexRequest
from entrypoints.http.schemas.knowledge import (
    ChunkRecord,
    DocumentAccepted,
    DocumentRecord,
    DocumentTriedAgain,
    NewDocument,
    ReplacingDocument,
)
from entrypoints.http.schemas.workflows import Deleted
from entrypoints.http.services import Given


class DocumentController(Controller):
    path = "/api/knowledge/documents"
    tags = ("knowledge",)

    @post("/ingest", status_code=202, response_headers=[REPEATED], responses=refusals(400, 404, 409, 413, 415))
    async def ingest(
        self,
        request: RexRequest,
        data: JSONBody[NewDocument],
        accept_document: Given[AcceptDocument],
        idempotency_key: IdempotencyKey = None,
    ) -> Response[Success[DocumentAccepted]]:
        """Accept a text: it will be searchable, or have failed with a reason."""
        accepted = await accept_document(
            corpus_id=data.corpus,
            owner_id=request.user,
            wanted=data.wanted(),
            allows_duplicate=data.allow_duplicates,
            intention=intention(idempotency_key, data.meaning()),
        )
        return Response(
            success(DocumentAccepted.of(accepted.document_id, is_known=accepted.is_known)),
            headers=repeated(is_repeat=accepted.is_repeat),
        )

    @get("/{document_id:str}", responses=refusals(400, 404))
    async def show(
        self, request: RexRequest, document_id: FromPath[str], knowledge_reads: Given[KnowledgeReads]
    ) -> Success[DocumentRecord]:
        """One document: how far it has come, and why it is no further."""
        return recorded(DocumentRecord, await knowledge_reads.document(to_document_id(document_id), request.user))

    @put("/{document_id:str}", status_code=202, responses=refusals(400, 404, 409, 413, 415))
    async def replace(
        self,
        request: RexRequest,
        document_id: FromPath[str],
        data: JSONBody[ReplacingDocument],
        replace_document: Given[ReplaceDocument],
    ) -> Success[DocumentAccepted]:
        """Give a document another text. The old one is found until the new one is searchable."""
        replaced = to_document_id(document_id)
        await replace_document(
            document_id=replaced,
            actor_id=request.user,
            wanted=data.wanted(),
            allows_duplicate=data.allow_duplicates,
        )
        return success(DocumentAccepted.of(replaced))

    @delete("/{document_id:str}", status_code=200, responses=refusals(400, 404))
    async def remove(
        self, request: RexRequest, document_id: FromPath[str], delete_document: Given[DeleteDocument]
    ) -> Success[Deleted]:
        """Remove a document with all that can be found of it."""
        await delete_document(document_id=to_document_id(document_id), actor_id=request.user)
        return success(Deleted())

    @post("/{document_id:str}/retry", status_code=202, responses=refusals(400, 404))
    async def retry(
        self, request: RexRequest, document_id: FromPath[str], retry_document: Given[RetryDocument]
    ) -> Success[DocumentTriedAgain]:
        """Try a document again that failed; any other stays what it is."""
        tried = to_document_id(document_id)
        status = await retry_document(document_id=tried, actor_id=request.user)
        return success(DocumentTriedAgain(document_id=tried, status=status))

    @get("/{document_id:str}/chunks", responses=refusals(400, 404))
    async def list_chunks(
        self,
        request: RexRequest,
        document_id: FromPath[str],
        knowledge_reads: Given[KnowledgeReads],
        page: PageNumber = None,
        limit: LimitTo200 = None,
        cursor: CursorText = None,
    ) -> SuccessWithMeta[list[ChunkRecord], PageMeta]:
        """What can be found of a document, in its order."""
        query = Query()
        paging = query.paging(page, limit, cursor, usual=50, most=200)
        query.refuse()
        found = await knowledge_reads.chunks(to_document_id(document_id), request.user, paging)
        return paged(ChunkRecord, found, paging, pages_of_nothing=0)
