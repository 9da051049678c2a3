"""What is kept is found: by its owner, where it belongs, once, and the best first."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import isfinite
from uuid import uuid4

import pytest

from adapters.embeddings.at_hand import EmbeddersAtHand
from adapters.embeddings.hashing import HashEmbedder
from adapters.embeddings.lexical import LexicalEmbedder
from adapters.language.snowball_analyzer import SnowballAnalyzer
from adapters.postgres.chunk_index import PostgresChunkIndex
from adapters.postgres.database import Database
from adapters.postgres.dense_voice import DenseVoice
from adapters.postgres.embedding_spaces import EmbeddingSpaces
from adapters.postgres.hybrid_ranking import HybridRanker
from adapters.postgres.ingestion_journal import PostgresIngestionJournal
from adapters.postgres.knowledge_search import PostgresKnowledgeSearch
from adapters.postgres.settling import Settling
from adapters.postgres.unit_of_work import PostgresUnitOfWork
from adapters.system.system_clock import SystemClock
from adapters.system.uuid7_ids import Uuid7Ids
from application.knowledge.ingest_by_space import IngestBySpace
from application.knowledge.ingest_documents import IngestDocuments
from application.knowledge.ingest_texts import IngestTexts
from application.ports.embedders import Embedders
from application.ports.knowledge import (
    Ingested,
    Ingestion,
    KnowledgeIngestion,
    KnowledgeSearch,
    NewText,
    Search,
    SearchMode,
)
from domain.ids import CorpusId, ExecutionId, UserId, WorkflowId
from domain.knowledge.errors import CorpusNotFound, CorpusOutOfScope
from domain.knowledge.match import Match
from domain.knowledge.scope import EVERYWHERE, Scope, ScopeType
from tests.fakes.in_memory_knowledge import InMemoryKnowledge
from tests.make import a_user, a_workflow, an_execution
from tests.unit.application.engine.stage import Pages

BREAD = NewText(title="Bread", text="Sourdough bread rises overnight in a cool kitchen.")
FERRY = NewText(title="Ferry", text="The ferry to the island leaves at seven in the morning.")
TAXES = NewText(title="Taxes", text="Invoices are taxed in the quarter in which they are paid.")

VOICES = {HashEmbedder().space: DenseVoice(weight=0.0, tells_unrelated=False)}


@dataclass(frozen=True)
class Shelf:
    """One owner's knowledge, seen from one run of one workflow."""

    search: KnowledgeSearch
    ingestion: KnowledgeIngestion
    owner_id: UserId
    workflow_id: WorkflowId
    execution_id: ExecutionId

    async def keep(self, *texts: NewText, scope: Scope = EVERYWHERE) -> Sequence[Ingested]:
        return await self.ingestion.ingest(
            Ingestion(
                owner_id=self.owner_id,
                workflow_id=self.workflow_id,
                execution_id=self.execution_id,
                scope=scope,
                texts=texts,
            )
        )

    async def find(
        self, query: str, *, top_k: int = 8, scope: Scope = EVERYWHERE, mode: SearchMode = SearchMode.HYBRID
    ) -> Sequence[Match]:
        wanted = Search(owner_id=self.owner_id, query=query, top_k=top_k, scope=scope, mode=mode)
        return (await self.search.search(wanted)).matches

    async def titles(self, query: str, *, scope: Scope = EVERYWHERE, top_k: int = 8) -> list[str]:
        return [match.title for match in await self.find(query, scope=scope, top_k=top_k)]

    def of(self, other: UserId) -> "Shelf":
        return Shelf(self.search, self.ingestion, other, WorkflowId(uuid4()), ExecutionId(uuid4()))


@pytest.fixture(params=["fake", "postgres"])
async def shelf(request: pytest.FixtureRequest, database: Database) -> Shelf:
    if request.param == "postgres":
        return await postgres_shelf(database)
    knowledge = InMemoryKnowledge()
    return Shelf(knowledge, knowledge, UserId(uuid4()), WorkflowId(uuid4()), ExecutionId(uuid4()))


async def postgres_shelf(database: Database, embedders: Embedders | None = None) -> Shelf:
    """`embedders` are those of the process that serves it."""
    owner = a_user()
    workflow = a_workflow(owner)
    run = an_execution(workflow)
    async with PostgresUnitOfWork(database) as work:
        await work.users.add(owner)
        await work.workflows.add(workflow)
        await work.executions.add(run)
        await work.commit()
    served = served_by(database, embedders or EmbeddersAtHand(LexicalEmbedder(SnowballAnalyzer())))
    return served(owner.id, workflow.id, run.id)


def served_by(database: Database, embedders: Embedders) -> Callable[[UserId, WorkflowId, ExecutionId], Shelf]:
    analyzer = SnowballAnalyzer()
    journal = PostgresIngestionJournal(database)
    ingest_documents = IngestBySpace(
        spaces=EmbeddingSpaces(database),
        embedders=embedders,
        ingest_with=lambda embedder: IngestDocuments(
            journal=journal,
            index=PostgresChunkIndex(database, analyzer, Settling(database)),
            embedder=embedder,
            ids=Uuid7Ids(),
            clock=SystemClock(),
            log=Pages(),
        ),
    )
    ingestion = IngestTexts(
        begin=lambda: PostgresUnitOfWork(database),
        journal=journal,
        ingest_documents=ingest_documents,
        clock=SystemClock(),
        ids=Uuid7Ids(),
        worker="a",
    )
    search = PostgresKnowledgeSearch(HybridRanker(database, analyzer, embedders, voices=VOICES))
    return partial(Shelf, search, ingestion)


def workflow_scope(shelf: Shelf) -> Scope:
    return Scope(type=ScopeType.WORKFLOW, workflow_id=shelf.workflow_id)


def execution_scope(shelf: Shelf) -> Scope:
    return Scope(type=ScopeType.EXECUTION, execution_id=shelf.execution_id)


async def test_reports_each_text_in_order_and_finds_it_at_once(shelf: Shelf) -> None:
    kept = await shelf.keep(BREAD, FERRY)
    assert [(each.title, each.status, each.chunk_count, each.is_known, each.error) for each in kept] == [
        ("Bread", "ready", 1, False, None),
        ("Ferry", "ready", 1, False, None),
    ]
    assert len({each.document_id for each in kept}) == 2
    [best, *_] = await shelf.find("when does the ferry leave")
    assert (best.document_id, best.corpus_id) == (kept[1].document_id, kept[1].corpus_id)
    assert (best.content, best.chunk_index) == (FERRY.text, 0)


@pytest.mark.parametrize("mode", SearchMode)
async def test_every_mode_puts_what_shares_the_words_of_the_query_first(shelf: Shelf, mode: SearchMode) -> None:
    await shelf.keep(BREAD, FERRY, TAXES)
    assert (await shelf.find("sourdough in the kitchen", mode=mode))[0].title == "Bread"


async def test_scores_are_finite_and_fall(shelf: Shelf) -> None:
    await shelf.keep(BREAD, FERRY, TAXES)
    scores = [match.score for match in await shelf.find("bread in the morning is taxed")]
    assert scores == sorted(scores, reverse=True)
    assert all(map(isfinite, scores))
    assert len(scores) > 1


async def test_asking_for_more_never_reorders_what_comes_first(shelf: Shelf) -> None:
    await shelf.keep(
        *(NewText(title=str(each), text=f"Note {each} about bread and rye {each % 3}") for each in range(9))
    )
    many = [match.chunk_id for match in await shelf.find("rye bread 2", top_k=9)]
    assert [match.chunk_id for match in await shelf.find("rye bread 2", top_k=4)] == many[:4]
    assert len(many) == 9


async def test_long_texts_are_found_in_pieces_with_their_place(shelf: Shelf) -> None:
    words = " ".join(f"word{each}" for each in range(400))
    [kept] = await shelf.keep(NewText(title="Long", text=f"{words} needle {words}"))
    assert kept.chunk_count > 3
    [best, *_] = await shelf.find("needle")
    assert "needle" in best.content
    assert 0 < best.chunk_index < kept.chunk_count - 1
    assert len(best.content) < len(words)


async def test_hands_back_title_source_and_metadata(shelf: Shelf) -> None:
    await shelf.keep(NewText(title="Tide", text="The tide is high", source_type="api", metadata={"page": 3}))
    [match] = await shelf.find("tide")
    assert (match.title, match.source_type) == ("Tide", "api")
    assert match.metadata.get("page") == 3


async def test_the_same_content_again_is_the_document_that_is_there(shelf: Shelf) -> None:
    [first] = await shelf.keep(BREAD)
    [again] = await shelf.keep(BREAD)
    assert (again.document_id, again.corpus_id, again.is_known, again.status) == (
        first.document_id,
        first.corpus_id,
        True,
        "ready",
    )
    assert await shelf.titles("bread") == ["Bread"]


async def test_a_text_that_cannot_be_kept_does_not_keep_the_others_from_it(shelf: Shelf) -> None:
    kept = await shelf.keep(BREAD, NewText(title="Empty", text=" \u200a "), FERRY)
    assert [each.status for each in kept] == ["ready", "failed", "ready"]
    assert [each.error is None for each in kept] == [True, False, True]
    assert set(await shelf.titles("bread ferry")) == {"Bread", "Ferry"}


async def test_without_a_scope_a_workflow_has_a_corpus_of_its_own(shelf: Shelf) -> None:
    [kept] = await shelf.keep(BREAD)
    [again] = await shelf.keep(FERRY)
    assert kept.corpus_id == again.corpus_id
    assert set(await shelf.titles("bread ferry", scope=workflow_scope(shelf))) == {"Bread", "Ferry"}
    other = Scope(type=ScopeType.WORKFLOW, workflow_id=WorkflowId(uuid4()))
    assert await shelf.titles("bread", scope=other) == []


async def test_scopes_have_a_corpus_each_and_are_searched_apart_or_together(shelf: Shelf) -> None:
    user = Scope(type=ScopeType.USER)
    scopes = [(BREAD, workflow_scope(shelf)), (FERRY, execution_scope(shelf)), (TAXES, user)]
    corpora = {(await shelf.keep(text, scope=scope))[0].corpus_id for text, scope in scopes}
    assert len(corpora) == 3
    query = "bread ferry invoices"
    for text, scope in scopes:
        assert await shelf.titles(query, scope=scope) == [text.title]
    assert set(await shelf.titles(query)) == {"Bread", "Ferry", "Taxes"}


async def test_a_corpus_that_is_named_gets_and_gives(shelf: Shelf) -> None:
    [kept] = await shelf.keep(BREAD)
    named = Scope(corpus_id=kept.corpus_id)
    [other] = await shelf.keep(FERRY, scope=named)
    assert other.corpus_id == kept.corpus_id
    await shelf.keep(TAXES, scope=execution_scope(shelf))
    assert set(await shelf.titles("bread ferry invoices", scope=named)) == {"Bread", "Ferry"}
    both = Scope(corpus_id=kept.corpus_id, type=ScopeType.USER)
    assert await shelf.titles("bread", scope=both) == []


async def test_a_corpus_of_something_else_than_the_scope_names_takes_nothing_in(shelf: Shelf) -> None:
    """What it took in would not be found with the same scope."""
    [of_user] = await shelf.keep(BREAD, scope=Scope(type=ScopeType.USER))
    [of_workflow] = await shelf.keep(BREAD, scope=workflow_scope(shelf))
    elsewhere = Scope(type=ScopeType.WORKFLOW, workflow_id=WorkflowId(uuid4()))
    for scope in (
        replace(workflow_scope(shelf), corpus_id=of_user.corpus_id),
        replace(execution_scope(shelf), corpus_id=of_workflow.corpus_id),
        replace(elsewhere, corpus_id=of_workflow.corpus_id),
    ):
        with pytest.raises(CorpusOutOfScope):
            await shelf.keep(FERRY, scope=scope)
    for scope in (
        replace(workflow_scope(shelf), corpus_id=of_workflow.corpus_id),
        Scope(type=ScopeType.USER, corpus_id=of_workflow.corpus_id),
    ):
        [kept] = await shelf.keep(FERRY, scope=scope)
        assert kept.corpus_id == of_workflow.corpus_id


async def test_other_peoples_knowledge_does_not_exist(shelf: Shelf) -> None:
    [kept] = await shelf.keep(BREAD)
    stranger = shelf.of(UserId(uuid4()))
    named = Scope(corpus_id=kept.corpus_id)
    assert await stranger.titles("bread") == []
    assert await stranger.titles("bread", scope=named) == []
    for scope in (named, Scope(corpus_id=CorpusId(uuid4()))):
        with pytest.raises(CorpusNotFound):
            await stranger.keep(FERRY, scope=scope)


async def test_nothing_is_found_where_nothing_is(shelf: Shelf) -> None:
    assert await shelf.titles("bread") == []
    await shelf.keep(BREAD)
    assert await shelf.titles("bread", scope=Scope(corpus_id=CorpusId(uuid4()))) == []


@pytest.mark.parametrize("query", ["", " ", "?!", "\ud800", "%_\\'\"", "x" * 100_000], ids=str.__len__)
async def test_takes_any_text_for_a_query(shelf: Shelf, query: str) -> None:
    await shelf.keep(BREAD)
    assert len(await shelf.find(query)) <= 1


async def test_many_may_search_and_keep_at_once(shelf: Shelf) -> None:
    kept = await asyncio.gather(*(shelf.keep(BREAD) for _ in range(5)))
    assert len({each.document_id for [each] in kept}) == 1
    found = await asyncio.gather(*(shelf.titles("bread") for _ in range(10)))
    assert found == [["Bread"]] * 10
