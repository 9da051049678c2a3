"""Corpora and documents belong to somebody, hold a text once, and go with what they belong to."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from application.ports.knowledge_reads import CorpusFilter
from application.ports.read_models import Paging
from domain.accounts.user import User
from domain.executions.errors import ExecutionNotFound
from domain.ids import CorpusId, DocumentId, ExecutionId, UserId, WorkflowId
from domain.knowledge.chunking import Chunking, ChunkingStrategy
from domain.knowledge.corpus import Corpus
from domain.knowledge.document import Document, DocumentStatus, SourceType, Stage
from domain.knowledge.errors import CorpusNotFound, DocumentNotFound, SameContent
from domain.knowledge.scope import ScopeType
from domain.workflows.errors import WorkflowNotFound
from tests.contracts.conftest import Keeping
from tests.fakes.clock import NOON
from tests.make import a_corpus, a_document, a_user, a_workflow, an_execution

STRANGER = UserId(uuid4())


async def an_owner(store: Keeping) -> User:
    owner = a_user(f"{uuid4()}@example.com")
    async with store.begin() as work:
        await work.users.add(owner)
        await work.commit()
    return owner


async def kept(store: Keeping, *things: Corpus | Document, allows_duplicate: bool = False) -> None:
    async with store.begin() as work:
        for each in things:
            if isinstance(each, Corpus):
                await work.corpora.add(each)
            else:
                await work.documents.add(each, allows_duplicate=allows_duplicate)
        await work.commit()


async def document(store: Keeping, document_id: DocumentId, owner: User) -> Document:
    async with store.begin() as work:
        return await work.documents.get(document_id, owner.id)


def records(items: msgspec.Raw) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = msgspec.json.decode(items)
    return found


async def test_keeps_all_that_is_said_of_a_corpus(store: Keeping) -> None:
    owner = await an_owner(store)
    chunking = Chunking(strategy=ChunkingStrategy.STRUCTURE, size=500, overlap=0)
    corpus = a_corpus(owner, description="All of them", chunking=chunking, metadata={"b": 1, "a": [None]})
    await kept(store, corpus)
    async with store.begin() as work:
        assert await work.corpora.get(corpus.id, owner.id) == corpus
        renamed = replace(corpus, name="Others", updated_at=NOON + timedelta(minutes=1))
        await work.corpora.save(renamed)
        assert await work.corpora.get_to_change(corpus.id, owner.id) == renamed


async def test_hides_other_peoples_corpora_and_documents(store: Keeping) -> None:
    owner = await an_owner(store)
    corpus = a_corpus(owner)
    await kept(store, corpus, one := a_document(corpus))
    async with store.begin() as work:
        for wanted, who in ((corpus.id, STRANGER), (CorpusId(uuid4()), owner.id)):
            with pytest.raises(CorpusNotFound):
                await work.corpora.get(wanted, who)
            with pytest.raises(CorpusNotFound):
                await store.knowledge.corpus(wanted, who)
            with pytest.raises(CorpusNotFound):
                await store.knowledge.documents(wanted, who, Paging(limit=5))
            with pytest.raises(CorpusNotFound):
                await work.documents.add(replace(a_document(corpus), corpus_id=wanted, owner_id=who))
        for document_id, who in ((one.id, STRANGER), (DocumentId(uuid4()), owner.id)):
            with pytest.raises(DocumentNotFound):
                await work.documents.get(document_id, who)
            with pytest.raises(DocumentNotFound):
                await store.knowledge.document(document_id, who)
            with pytest.raises(DocumentNotFound):
                await store.knowledge.chunks(document_id, who, Paging(limit=5))
    assert records((await store.knowledge.corpora(STRANGER, CorpusFilter(), Paging(limit=5))).items) == []


async def test_a_corpus_of_what_is_not_there_is_refused(store: Keeping) -> None:
    owner = await an_owner(store)
    with pytest.raises(WorkflowNotFound):
        await kept(store, a_corpus(owner, scope=ScopeType.WORKFLOW, workflow_id=WorkflowId(uuid4())))
    with pytest.raises(ExecutionNotFound):
        await kept(store, a_corpus(owner, scope=ScopeType.EXECUTION, execution_id=ExecutionId(uuid4())))


async def test_goes_with_the_workflow_or_the_run_that_it_belongs_to(store: Keeping) -> None:
    owner = await an_owner(store)
    workflow = a_workflow(owner)
    run = an_execution(workflow)
    async with store.begin() as work:
        await work.workflows.add(workflow)
        await work.executions.add(run)
        await work.commit()
    of_workflow = a_corpus(owner, scope=ScopeType.WORKFLOW, workflow_id=workflow.id)
    of_run = a_corpus(owner, scope=ScopeType.EXECUTION, execution_id=run.id)
    await kept(store, of_workflow, of_run, one := a_document(of_run))
    async with store.begin() as work:
        await work.executions.remove(run.id)
        await work.commit()
    with pytest.raises(DocumentNotFound):
        await document(store, one.id, owner)
    async with store.begin() as work:
        await work.corpora.get(of_workflow.id, owner.id)
        await work.workflows.remove(workflow)
        await work.commit()
    async with store.begin() as work:
        with pytest.raises(CorpusNotFound):
            await work.corpora.get(of_workflow.id, owner.id)


async def test_runs_share_one_corpus_for_each_place(store: Keeping) -> None:
    owner = await an_owner(store)
    workflow = a_workflow(owner)
    by_hand = a_corpus(owner)
    async with store.begin() as work:
        await work.workflows.add(workflow)
        await work.corpora.add(by_hand)
        first = await work.corpora.add_for_runs(a_corpus(owner))
        assert first != by_hand.id
        assert await work.corpora.add_for_runs(a_corpus(owner)) == first
        of_workflow = a_corpus(owner, scope=ScopeType.WORKFLOW, workflow_id=workflow.id)
        await work.corpora.add(of_workflow)
        assert await work.corpora.add_for_runs(replace(of_workflow, id=CorpusId(uuid4()))) == of_workflow.id
        await work.commit()


async def test_keeps_all_that_is_said_of_a_document(store: Keeping) -> None:
    owner = await an_owner(store)
    corpus = a_corpus(owner)
    one = a_document(
        corpus, "Rye \N{BREAD}", source_type=SourceType.API, mime_type="text/plain", metadata={"page": 3, "a": {}}
    )
    await kept(store, corpus, one)
    assert await document(store, one.id, owner) == one
    shown = msgspec.json.decode(await store.knowledge.document(one.id, owner.id))
    assert shown == {
        "id": str(one.id),
        "corpusId": str(corpus.id),
        "userId": str(owner.id),
        "sourceType": "api",
        "title": "Bread",
        "mimeType": "text/plain",
        "status": "pending",
        "stage": "extract",
        "progress": {"done": 0, "total": None},
        "chunkCount": 0,
        "contentSha256": one.content_hash.hex(),
        "error": None,
        "metadata": {"page": 3, "a": {}},
        "replaces": None,
        "createdAt": "2026-01-01T12:00:00.000Z",
        "updatedAt": "2026-01-01T12:00:00.000Z",
    }


async def test_holds_a_text_once_unless_a_duplicate_is_meant(store: Keeping) -> None:
    owner = await an_owner(store)
    corpus, other = a_corpus(owner), a_corpus(owner)
    await kept(store, corpus, other, first := a_document(corpus))
    async with store.begin() as work:
        again = await work.documents.add(a_document(corpus, title="Another title"))
        assert (again.document_id, again.is_known, again.status) == (first.id, True, DocumentStatus.PENDING)
        elsewhere = await work.documents.add(a_document(other))
        assert not elsewhere.is_known
        twin = a_document(corpus, at=NOON + timedelta(hours=1))
        meant = await work.documents.add(twin, allows_duplicate=True)
        assert (meant.document_id, meant.is_known) == (twin.id, False)
        assert (await work.documents.add(a_document(corpus))).document_id == first.id
        await work.commit()


async def test_a_document_cannot_take_the_text_of_another_unless_a_duplicate_is_meant(store: Keeping) -> None:
    owner = await an_owner(store)
    corpus = a_corpus(owner)
    await kept(store, corpus, a_document(corpus, "Taken"), mine := a_document(corpus, "Mine"))
    taken = mine.rewritten(title="T", text="Taken", mime_type=None, metadata={}, at=NOON + timedelta(hours=1))
    async with store.begin() as work:
        with pytest.raises(SameContent):
            await work.documents.save(taken)
    async with store.begin() as work:
        await work.documents.save(taken, allows_duplicate=True)
        await work.commit()
    assert await document(store, mine.id, owner) == taken
    async with store.begin() as work:
        same_again = taken.rewritten(title="T", text="Mine", mime_type=None, metadata={}, at=NOON)
        await work.documents.save(same_again)
        await work.documents.save(same_again)
        await work.commit()


async def test_lists_corpora_by_what_they_belong_to(store: Keeping) -> None:
    owner = await an_owner(store)
    workflow = a_workflow(owner)
    async with store.begin() as work:
        await work.workflows.add(workflow)
        await work.commit()
    theirs = a_corpus(owner, scope=ScopeType.WORKFLOW, workflow_id=workflow.id, at=NOON + timedelta(minutes=1))
    tied = a_corpus(owner, workflow_id=workflow.id)
    await kept(store, theirs, tied, a_corpus(owner, at=NOON - timedelta(minutes=1)))
    for chosen, count in (
        (CorpusFilter(), 3),
        (CorpusFilter(scope_type="workflow"), 1),
        (CorpusFilter(workflow_id=workflow.id), 2),
        (CorpusFilter(scope_type="user", workflow_id=workflow.id), 1),
        (CorpusFilter(execution_id=uuid4()), 0),
    ):
        page = await store.knowledge.corpora(owner.id, chosen, Paging(limit=10))
        assert (len(records(page.items)), page.total) == (count, count)
    listed = records((await store.knowledge.corpora(owner.id, CorpusFilter(), Paging(limit=2))).items)
    assert [each["id"] for each in listed] == [str(theirs.id), str(tied.id)]
    assert listed[0]["chunking"] == {"strategy": "windows", "size": 1200, "overlap": 200}


async def test_a_corpus_is_ready_when_nothing_of_it_waits_whatever_failed(store: Keeping) -> None:
    owner = await an_owner(store)
    corpus = a_corpus(owner)
    await kept(store, corpus)

    async def shown() -> tuple[str, dict[str, int]]:
        record = msgspec.json.decode(await store.knowledge.corpus(corpus.id, owner.id))
        return record["status"], {status: count for status, count in record["documentCounts"].items() if count}

    assert await shown() == ("ready", {})
    await kept(store, a_document(corpus))
    assert await shown() == ("ingesting", {"pending": 1})
    [claim] = await store.ingestion.claim_these("a", await store.ingestion.waiting(limit=5), lease=timedelta(hours=1))
    assert await shown() == ("ingesting", {"processing": 1})
    await store.ingestion.fail(claim, Stage.EMBED, "no")
    assert await shown() == ("ready", {"failed": 1})
