"""A document has one worker at a time, and only that one writes about it."""

from datetime import timedelta
from uuid import uuid4

import msgspec
import pytest

from application.ports.read_models import Paging
from domain.ids import DocumentId
from domain.knowledge.document import DocumentStatus, Stage
from tests.contracts.conftest import Keeping
from tests.contracts.desks import LEASE, Desk, a_desk
from tests.fakes.clock import NOON

PENDING, PROCESSING, READY, FAILED = DocumentStatus


@pytest.fixture
async def desk(store: Keeping) -> Desk:
    return await a_desk(store)


async def test_gives_what_waited_longest_first_and_all_that_working_on_it_takes(desk: Desk) -> None:
    first, second, third = await desk.brings("one", "two", "three")
    claims = await desk.claims(documents=2)
    assert [each.document_id for each in claims] == [first, second]
    assert (claims[0].text, claims[0].title, claims[0].epoch, claims[0].is_from_run) == ("one", "Bread", 1, False)
    assert (claims[0].corpus_id, claims[0].owner_id) == (desk.corpus.id, desk.owner.id)
    assert claims[0].chunking == desk.corpus.chunking
    assert [each.document_id for each in await desk.claims()] == [third]
    assert await desk.claims() == []
    assert (await desk.sees(first)).status is PROCESSING


async def test_a_batch_is_bounded_in_bytes_but_never_empty(desk: Desk) -> None:
    await desk.brings("x" * 100, "y" * 30, "z" * 30, "w")
    assert [len(each.text) for each in await desk.claims(size=50)] == [100]
    assert [len(each.text) for each in await desk.claims(size=60)] == [30, 30]


async def test_what_a_worker_left_comes_alone_and_not_for_ever(desk: Desk) -> None:
    documents = await desk.brings("one", "two")
    await desk.claims()
    assert await desk.left_behind() is None
    await desk.store.expire_leases()
    assert set(await desk.journal.waiting(limit=5)) == set(documents)
    assert await desk.claims() == []
    again = [await desk.left_behind(), await desk.left_behind()]
    assert [each.document_id for each in again if each] == documents
    assert await desk.left_behind() is None
    await desk.store.expire_leases()
    assert await desk.left_behind(max_claims=2) is None
    assert await desk.journal.give_up(max_claims=3, reason="enough", limit=5) == 0
    assert await desk.journal.give_up(max_claims=2, reason="enough", limit=5) == 2
    given_up = await desk.sees(documents[0])
    assert (given_up.status, given_up.error) == (FAILED, "enough")


async def test_whoever_lost_a_document_writes_nothing(desk: Desk) -> None:
    [document_id] = await desk.brings("one")
    [old] = await desk.claims()
    await desk.store.expire_leases()
    new = await desk.left_behind()
    assert new is not None
    before = await desk.sees(document_id)
    await desk.journal.note([old], Stage.INDEX, chunks=[7])
    await desk.journal.fail(old, Stage.EMBED, "too late")
    await desk.journal.postpone([old], Stage.EMBED, "too late", by=LEASE)
    await desk.journal.hand_back([old])
    assert await desk.journal.renew([old, new], lease=LEASE) == {document_id}
    assert not await desk.stages(old, 0)
    assert not await desk.publishes(old, 0)
    assert await desk.sees(document_id) == before
    assert await desk.publishes(new, 0)
    await desk.journal.fail(new, Stage.EMBED, "over")
    assert (await desk.sees(document_id)).status is READY


async def test_what_is_handed_back_waits_behind_the_others_and_does_not_count(desk: Desk) -> None:
    first, second = await desk.brings("one", "two")
    [claim] = await desk.claims(documents=1)
    await desk.journal.hand_back([claim])
    handed_back = await desk.sees(first)
    assert (handed_back.status, handed_back.claims, handed_back.epoch) == (PENDING, 0, 2)
    assert [each.document_id for each in await desk.claims()] == [second, first]


async def test_what_is_postponed_waits_and_says_why(desk: Desk) -> None:
    [document_id] = await desk.brings("one")
    [claim] = await desk.claims()
    await desk.journal.postpone([claim], Stage.EMBED, "no embedder", by=timedelta(minutes=5))
    waiting = await desk.sees(document_id)
    assert (waiting.status, waiting.stage, waiting.error, waiting.claims) == (PENDING, Stage.EMBED, "no embedder", 0)
    assert await desk.claims() == []
    assert await desk.journal.waiting(limit=5) == []
    await desk.store.expire_leases()
    [again] = await desk.claims()
    assert (again.document_id, again.postponed) == (document_id, 1)
    assert (await desk.sees(document_id)).error is None


async def test_these_can_be_claimed_ahead_of_their_time(desk: Desk) -> None:
    first, second = await desk.brings("one", "two")
    [claim] = await desk.claims(documents=1)
    await desk.journal.postpone([claim], Stage.EMBED, "later", by=LEASE)
    claims = await desk.journal.claim_these("c", [first, DocumentId(uuid4())], lease=LEASE)
    assert [each.document_id for each in claims] == [first]
    assert await desk.journal.claim_these("d", [first], lease=LEASE) == []
    assert [each.document_id for each in await desk.claims()] == [second]


async def test_shows_how_far_a_document_has_come(desk: Desk) -> None:
    [document_id] = await desk.brings("one")
    assert (await desk.shows(document_id))["stage"] == "extract"
    [claim] = await desk.claims()
    assert (await desk.shows(document_id))["stage"] == "extract"
    await desk.journal.note([claim], Stage.CHUNK)
    shown = await desk.shows(document_id)
    assert (shown["stage"], shown["progress"]) == ("chunk", {"done": 0, "total": None})
    await desk.journal.note([claim], Stage.EMBED, chunks=[3])
    assert await desk.stages(claim, 0, 1)
    shown = msgspec.json.decode(await desk.store.knowledge.document(document_id, desk.owner.id))
    assert (shown["stage"], shown["progress"], shown["chunkCount"]) == ("embed", {"done": 2, "total": 3}, 0)
    assert (await desk.journal.outcomes([document_id]))[document_id].chunk_count == 0
    await desk.journal.note([claim], Stage.INDEX)
    shown = await desk.shows(document_id)
    assert (shown["stage"], shown["progress"], shown["chunkCount"]) == ("index", {"done": 3, "total": 3}, 0)
    assert await desk.publishes(claim, 2)
    outcome = (await desk.journal.outcomes([document_id, DocumentId(uuid4())]))[document_id]
    assert (outcome.status, outcome.chunk_count, outcome.error) == (READY, 3, None)


async def test_nothing_of_a_document_that_failed_is_left(desk: Desk) -> None:
    [document_id] = await desk.brings("one")
    [claim] = await desk.claims()
    await desk.stages(claim, 0)
    await desk.journal.fail(claim, Stage.EMBED, "x" * 5000)
    failed = await desk.sees(document_id)
    assert (failed.status, failed.stage, failed.error) == (FAILED, Stage.EMBED, "x" * 4096)
    async with desk.store.begin() as work:
        await work.documents.save(failed.tried_again(at=NOON))
        await work.commit()
    [again] = await desk.claims()
    assert await desk.publishes(again, 1)
    page = await desk.store.knowledge.chunks(document_id, desk.owner.id, Paging(limit=5))
    assert page.total == 1


async def test_a_corpus_changes_with_what_becomes_of_its_documents(desk: Desk) -> None:
    documents = await desk.brings("one", "two")
    claims = {each.document_id: each for each in await desk.claims()}
    before = await desk.changed_last()
    await desk.publishes(claims[documents[0]], 0)
    ready = await desk.changed_last()
    assert ready > before
    await desk.was_left_alone()
    before = await desk.changed_last()
    await desk.journal.fail(claims[documents[1]], Stage.EMBED, "no")
    assert await desk.changed_last() > before


async def test_a_new_text_frees_a_document_and_the_old_one_is_found_until_it_is_replaced(desk: Desk) -> None:
    [document_id] = await desk.brings("one")
    [claim] = await desk.claims()
    await desk.publishes(claim, 0, 1)
    old = await desk.sees(document_id)
    async with desk.store.begin() as work:
        await work.documents.save(old.rewritten(title="New", text="two", mime_type=None, metadata={}, at=NOON))
        await work.commit()
    [again] = await desk.claims()
    assert (again.text, again.title) == ("two", "New")
    await desk.stages(again, 0)
    page = await desk.store.knowledge.chunks(document_id, desk.owner.id, Paging(limit=5))
    assert page.total == 2
    assert await desk.publishes(again)
    page = await desk.store.knowledge.chunks(document_id, desk.owner.id, Paging(limit=5))
    assert page.total == 1


async def test_all_leases_can_be_ended_at_once(desk: Desk) -> None:
    [document_id] = await desk.brings("one")
    await desk.claims()
    assert await desk.journal.abandon_leases() == 1
    left = await desk.left_behind()
    assert left is not None
    assert left.document_id == document_id
