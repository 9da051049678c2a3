"""Documents are accepted once, tried again, replaced and removed."""

import pytest

from application.knowledge.accept_document import NewDocument
from application.knowledge.delete_document import DeleteDocument
from application.knowledge.replace_document import ReplaceDocument
from application.knowledge.retry_document import RetryDocument
from application.ports.job_queue import DocumentReady
from domain.errors import Invalid, NotFound
from domain.idempotency.errors import IdempotencyKeyReused
from domain.idempotency.idempotency_key import Intention
from domain.ids import CorpusId, UserId, WorkflowId
from domain.knowledge.corpus import Corpus
from domain.knowledge.document import DocumentStatus
from domain.knowledge.errors import CorpusNotFound, EmbeddingRefused, SameContent
from domain.knowledge.scope import ScopeType
from tests.make import a_corpus, a_user
from tests.unit.application.knowledge.desk import Desk


async def test_rings_for_what_is_accepted() -> None:
    desk = Desk()
    [document_id] = await desk.brings("one")
    assert desk.queue.rings == [DocumentReady(document_id)]
    assert (desk.sees(document_id).status, desk.sees(document_id).title) == (DocumentStatus.PENDING, "Bread")


async def test_names_the_document_that_holds_the_same_text() -> None:
    desk = Desk()
    corpus = await desk.collects()
    first = await desk.accepts(corpus, "one")
    again = await desk.accepts(corpus, "one")
    assert (again.document_id, again.is_known) == (first.document_id, True)
    meant = await desk.accepts(corpus, "one", allows_duplicate=True)
    assert meant.document_id != first.document_id
    assert len(desk.store.rows.documents) == 2


async def test_the_same_text_again_tries_again_what_had_failed() -> None:
    desk = Desk()
    corpus = await desk.collects()
    accepted = await desk.accepts(corpus, "one")
    desk.embedder.raising["one"] = EmbeddingRefused("no")
    await desk.ingest(await desk.claims())
    assert desk.statuses([accepted.document_id]) == ["failed"]
    desk.embedder.raising.clear()
    assert (await desk.accepts(corpus, "one")).is_known
    await desk.ingest(await desk.claims())
    assert desk.statuses([accepted.document_id]) == ["ready"]


async def test_accepts_one_document_for_one_intention() -> None:
    desk = Desk()
    corpus, intention = await desk.collects(), Intention.of("k", b"one")
    first = await desk.accepts(corpus, "one", intention=intention, allows_duplicate=True)
    again = await desk.accepts(corpus, "one", intention=intention, allows_duplicate=True)
    assert (again.document_id, again.is_repeat) == (first.document_id, True)
    assert len(desk.store.rows.documents) == len(desk.queue.rings) == 1
    with pytest.raises(IdempotencyKeyReused):
        await desk.accepts(corpus, "two", intention=Intention.of("k", b"two"))


async def test_a_repeated_intention_gets_the_document_that_held_the_text_before() -> None:
    desk = Desk()
    corpus, intention = await desk.collects(), Intention.of("k", b"one")
    there = await desk.accepts(corpus, "one")
    first = await desk.accepts(corpus, "one", intention=intention)
    again = await desk.accepts(corpus, "one", intention=intention)
    assert (first.document_id, first.is_known, first.is_repeat) == (there.document_id, True, False)
    assert (again.document_id, again.is_known, again.is_repeat) == (there.document_id, True, True)


async def test_refuses_documents_for_a_corpus_that_is_not_the_callers() -> None:
    desk = Desk()
    stranger = a_user("grace@example.com")
    theirs = a_corpus(stranger)
    desk.store.rows.corpora[theirs.id] = theirs
    for corpus_id in (theirs.id, CorpusId(stranger.id)):
        with pytest.raises(CorpusNotFound):
            await desk.accepts(corpus_id, "one")
    assert desk.queue.rings == []


async def test_tries_again_only_what_failed() -> None:
    desk = Desk()
    failed, ready = await desk.brings("poison", "fine")
    desk.embedder.raising["poison"] = EmbeddingRefused("no")
    await desk.ingest(await desk.claims())
    retry = RetryDocument(begin=desk.store.begin, queue=desk.queue, clock=desk.clock)
    desk.queue.rings.clear()
    assert await retry(document_id=failed, actor_id=desk.owner.id) is DocumentStatus.PENDING
    assert await retry(document_id=ready, actor_id=desk.owner.id) is DocumentStatus.READY
    assert desk.queue.rings == [DocumentReady(failed)]
    assert desk.sees(failed).error is None
    with pytest.raises(NotFound):
        await retry(document_id=failed, actor_id=UserId(failed))


async def test_tries_a_duplicate_again_although_another_has_the_same_text() -> None:
    desk = Desk()
    corpus = await desk.collects()
    await desk.accepts(corpus, "one")
    twin = (await desk.accepts(corpus, "one", allows_duplicate=True)).document_id
    desk.embedder.raising["one"] = EmbeddingRefused("no")
    await desk.ingest(await desk.claims())
    retry = RetryDocument(begin=desk.store.begin, queue=desk.queue, clock=desk.clock)
    assert await retry(document_id=twin, actor_id=desk.owner.id) is DocumentStatus.PENDING


async def test_a_replaced_text_is_found_until_the_new_one_is_there() -> None:
    desk = Desk()
    corpus = await desk.collects()
    document_id = (await desk.accepts(corpus, "old")).document_id
    await desk.accepts(corpus, "taken")
    await desk.ingest(await desk.claims())
    replace = ReplaceDocument(begin=desk.store.begin, queue=desk.queue, clock=desk.clock)

    async def say(text: str) -> None:
        wanted = NewDocument(title="T", text=text, metadata={})
        await replace(document_id=document_id, actor_id=desk.owner.id, wanted=wanted)

    with pytest.raises(SameContent):
        await say("taken")
    await say("new")
    assert [chunk.text for chunk in desk.row(document_id).published.values()] == ["old"]
    await desk.ingest(await desk.claims())
    assert [chunk.text for chunk in desk.row(document_id).published.values()] == ["new"]


async def test_removes_a_document_that_is_being_worked_on() -> None:
    desk = Desk()
    [document_id] = await desk.brings("one")
    claims = await desk.claims()
    delete = DeleteDocument(begin=desk.store.begin)
    await delete(document_id=document_id, actor_id=desk.owner.id)
    await desk.ingest(claims)
    assert desk.store.rows.documents == {}
    with pytest.raises(NotFound):
        await delete(document_id=document_id, actor_id=desk.owner.id)


@pytest.mark.parametrize(
    ("scope", "missing"), [(ScopeType.WORKFLOW, "workflowId"), (ScopeType.EXECUTION, "executionId")]
)
def test_a_corpus_says_what_it_belongs_to(scope: ScopeType, missing: str) -> None:
    owner = a_user()
    a_corpus(owner, workflow_id=WorkflowId(owner.id)).expect_a_place()
    corpus: Corpus = a_corpus(owner, scope=scope)
    with pytest.raises(Invalid) as refused:
        corpus.expect_a_place()
    assert [fault.path for fault in refused.value.faults] == [(missing,)]
