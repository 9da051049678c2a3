"""Adds documents from its input to the knowledge of the workflow's owner."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from application.nodes.config_reader import ConfigReader
from application.nodes.incoming_documents import IncomingDocuments, SourceType, Unusable, short_title, text_in
from application.nodes.node import NodeContext, NodeFailed, NodeOutput
from application.ports.knowledge import Ingested, Ingestion, NewText
from application.retrieval.scoping import effective_scope, read_scope
from domain.errors import DomainError
from domain.executions.context import ContextPatch
from domain.knowledge.document_limits import text_refusal
from domain.knowledge.scope import Scope
from domain.values.coercion import trimmed
from domain.values.interpolation import interpolate_blanking
from domain.values.json import UNDEFINED, Json, JsonObject
from domain.values.path import walk
from domain.values.timestamps import timestamp

ACTIVE_CORPUS: Final = "knowledge.activeCorpusId"
"""Where the run remembers the corpus that it filled last."""

_READY: Final = "ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeIngest:
    """Takes a list of documents; where there is no usable one, a single document, by path or else by template.

    What became of each document is told. The node fails when there were documents and none could be kept, or when
    there were none although `is_required`. Without a scope documents go to the workflow's own corpus.
    """

    type: ClassVar[str] = "knowledge-ingest"
    category: ClassVar[str] = "action"
    is_independent: ClassVar[bool] = False

    documents_path: str
    content_path: str
    content_template: str
    title_path: str
    title_template: str
    title: str
    source_type: SourceType
    scope: Scope
    is_required: bool
    output_key: str

    @classmethod
    def configured(cls, fields: ConfigReader) -> Self:
        node = cls(
            documents_path=fields.text("documentsPath").strip(),
            content_path=fields.text("contentPath").strip(),
            content_template=fields.text("contentTemplate"),
            title_path=fields.text("titlePath").strip(),
            title_template=fields.text("titleTemplate"),
            title=fields.text("title", default="Runtime Document"),
            source_type=fields.choice("sourceType", SourceType, default=SourceType.INLINE),
            scope=read_scope(fields, suffix="Scope"),
            is_required=fields.flag("required", default=False),
            output_key=fields.text("outputKey", default="_knowledgeIngestion").strip(),
        )
        if node.is_required and not (node.documents_path or node.content_path or node.content_template):
            wanted = '"documentsPath", "contentPath" or "contentTemplate"'
            fields.fault("documentsPath", "required", f'Either {wanted} is required where "required" is on')
        return node

    async def run(self, received: JsonObject, context: NodeContext) -> NodeOutput:
        data = context.readable(received)
        title = self._title(data)
        listed = list(IncomingDocuments(path=self.documents_path, title=title, source_type=self.source_type).read(data))
        unusable = [each for each in listed if isinstance(each, Unusable)]
        texts = [each for each in listed if isinstance(each, NewText)] or self._single(data, title)
        if not texts:
            return self._nothing(self._why_nothing(unusable, data), unusable, received, context)
        kept = await self._keep(texts, context)
        ready = [each for each in kept if each.status == _READY]
        if not ready:
            raise NodeFailed(f"None of {len(kept)} documents could be kept: {kept[0].error}")
        told: JsonObject = {
            "ingestedCount": len(ready),
            "corpusId": str(ready[0].corpus_id),
            "documents": [_told(each) for each in kept],
            **_told_unusable(unusable),
            "ingestedAt": timestamp(context.now),
        }
        patch = ContextPatch(memory={ACTIVE_CORPUS: str(ready[0].corpus_id)})
        return NodeOutput.adding(received, {self.output_key: told}, patch=patch)

    def _title(self, data: JsonObject) -> str:
        """The path wins over the template, and that over the fixed title."""
        found = walk(data, self.title_path) if self.title_path else None
        by_path = "" if found is UNDEFINED else text_in(found)
        return short_title(by_path or trimmed(interpolate_blanking(self.title_template, data)) or self.title)

    def _single(self, data: JsonObject, title: str) -> list[NewText]:
        found = walk(data, self.content_path) if self.content_path else None
        by_path = "" if found is UNDEFINED else text_in(found)
        text = by_path or trimmed(interpolate_blanking(self.content_template, data))
        if (too_long := text_refusal(text)) is not None:
            raise NodeFailed(f"The document could not be kept: {too_long}")
        return [NewText(title=title, text=text, source_type=self.source_type.value)] if text else []

    async def _keep(self, texts: Sequence[NewText], context: NodeContext) -> Sequence[Ingested]:
        ingestion = Ingestion(
            owner_id=context.owner_id,
            workflow_id=context.workflow_id,
            execution_id=context.execution_id,
            scope=effective_scope(self.scope, workflow_id=context.workflow_id, execution_id=context.execution_id),
            texts=texts,
        )
        try:
            return await context.ingestion.ingest(ingestion)
        except DomainError as refused:
            raise NodeFailed(f"Documents could not be kept: {refused}") from refused

    def _why_nothing(self, unusable: Sequence[Unusable], data: JsonObject) -> str:
        if unusable:
            return f"None of {len(unusable)} documents has a text"
        found = walk(data, self.documents_path) if self.documents_path else None
        is_list = found is UNDEFINED or found is None or isinstance(found, list)
        return "The input holds no documents" if is_list else f'"{self.documents_path}" is not a list of documents'

    def _nothing(
        self, reason: str, unusable: Sequence[Unusable], received: JsonObject, context: NodeContext
    ) -> NodeOutput:
        too_much = next((each.reason for each in unusable if each.is_too_much), None)
        if too_much is not None:
            raise NodeFailed(f"None of {len(unusable)} documents could be kept: {too_much}")
        if self.is_required:
            raise NodeFailed(reason)
        told: JsonObject = {
            "skipped": True,
            "reason": reason,
            "ingestedCount": 0,
            **_told_unusable(unusable),
            "ingestedAt": timestamp(context.now),
        }
        return NodeOutput.adding(received, {self.output_key: told})


def _told(kept: Ingested) -> JsonObject:
    known: JsonObject = {"isKnown": True} if kept.is_known else {}
    failed: JsonObject = {} if kept.error is None else {"error": kept.error}
    return {
        "corpusId": str(kept.corpus_id),
        "documentId": str(kept.document_id),
        "chunkCount": kept.chunk_count,
        "status": kept.status,
        "title": kept.title,
        **known,
        **failed,
    }


def _told_unusable(unusable: Sequence[Unusable]) -> JsonObject:
    """Only where there were any."""
    told: list[Json] = [each.described() for each in unusable]
    return {"unusable": told} if told else {}
