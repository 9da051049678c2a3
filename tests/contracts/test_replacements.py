"""A text that takes the place of another waits beside it: until it is searchable, the old one is found as it was."""

from datetime import timedelta

import pytest

from domain.ids import DocumentId
from domain.knowledge.document import DocumentStatus, SourceType, Stage
from tests.contracts.conftest import Keeping
from tests.contracts.desks import Desk, a_desk

OLD = {
    "title": "Bread",
    "sourceType": "api",
    "mimeType": "text/plain",
    "metadata": {"is": "old"},
    "chunkCount": 2,
}


@pytest.fixture
async def desk(store: Keeping) -> Desk:
    return await a_desk(store)


async def found(desk: Desk) -> DocumentId:
    """A document of two chunks that is searched."""
    [document_id] = await desk.brings("old", source_type=SourceType.API, mime_type="text/plain", metadata={"is": "old"})
    [claim] = await desk.claims()
    assert await desk.publishes(claim, 0, 1)
    return document_id


async def test_people_see_what_they_brought_last_and_what_is_found_until_it_is_there(desk: Desk) -> None:
    document_id = await found(desk)
    assert (await desk.shows(document_id))["replaces"] is None
    await desk.replaces(document_id, "new")
    shown = await desk.shows(document_id)
    assert (shown["title"], shown["mimeType"], shown["metadata"]) == ("New", "text/x-new", {"is": "new"})
    assert (shown["status"], shown["sourceType"], shown["chunkCount"]) == ("pending", "upload", 0)
    assert shown["replaces"] == OLD
    [claim] = await desk.claims()
    assert (claim.text, claim.title) == ("new", "New")
    assert (await desk.shows(document_id))["replaces"] == OLD
    assert await desk.publishes(claim, 0)
    shown = await desk.shows(document_id)
    assert (shown["title"], shown["mimeType"], shown["metadata"]) == ("New", "text/x-new", {"is": "new"})
    assert (shown["status"], shown["chunkCount"], shown["replaces"]) == ("ready", 1, None)
    assert (await desk.sees(document_id)).text == "new"


async def test_one_that_fails_leaves_what_is_found_and_can_be_tried_again(desk: Desk) -> None:
    document_id = await found(desk)
    await desk.replaces(document_id, "new")
    [claim] = await desk.claims()
    await desk.stages(claim, 0)
    await desk.journal.fail(claim, Stage.EMBED, "no")
    shown = await desk.shows(document_id)
    assert (shown["status"], shown["stage"], shown["error"]) == ("failed", "embed", "no")
    assert (shown["title"], shown["replaces"], await desk.chunks(document_id)) == ("New", OLD, 2)
    await desk.tries_again(document_id)
    assert (await desk.shows(document_id))["replaces"] == OLD
    [again] = await desk.claims()
    assert (again.text, again.title) == ("new", "New")
    assert await desk.publishes(again, 0)
    assert await desk.chunks(document_id) == 1


async def test_one_that_ends_its_workers_leaves_what_is_found(desk: Desk) -> None:
    document_id = await found(desk)
    await desk.replaces(document_id, "new")
    await desk.claims()
    await desk.store.expire_leases()
    assert await desk.journal.give_up(max_claims=1, reason="enough", limit=5) == 1
    shown = await desk.shows(document_id)
    assert (shown["status"], shown["error"], shown["replaces"]) == ("failed", "enough", OLD)
    assert await desk.chunks(document_id) == 2


async def test_the_last_of_several_counts(desk: Desk) -> None:
    document_id = await found(desk)
    await desk.replaces(document_id, "newer")
    await desk.claims()
    await desk.replaces(document_id, "newest")
    [newest] = await desk.claims()
    assert newest.text == "newest"
    assert (await desk.shows(document_id))["replaces"] == OLD
    await desk.replaces(document_id, "old")
    assert not await desk.publishes(newest, 0)
    [claim] = await desk.claims()
    assert claim.text == "old"
    assert await desk.publishes(claim, 0, 1, 2)
    assert (await desk.shows(document_id))["replaces"] is None


async def test_of_one_that_was_never_searchable_nothing_is_found_in_its_place(desk: Desk) -> None:
    [document_id] = await desk.brings("old")
    await desk.replaces(document_id, "new")
    shown = await desk.shows(document_id)
    assert (shown["title"], shown["replaces"]) == ("New", None)
    [claim] = await desk.claims()
    assert claim.text == "new"
    await desk.journal.fail(claim, Stage.CHUNK, "no")
    await desk.replaces(document_id, "newer")
    assert (await desk.shows(document_id))["replaces"] is None
    assert (await desk.sees(document_id)).status is DocumentStatus.PENDING


async def test_a_batch_is_measured_by_what_is_to_be_worked_off(desk: Desk) -> None:
    document_id = await found(desk)
    await desk.replaces(document_id, "x" * 100)
    await desk.brings("y" * 30)
    await desk.store.expire_leases()
    assert [len(each.text) for each in await desk.claims(size=50)] == [30]
    assert [len(each.text) for each in await desk.claims(size=50)] == [100]


async def test_a_run_is_known_to_have_brought_it(desk: Desk) -> None:
    [document_id] = await desk.brings("old", metadata={"runtimeIngestion": True})
    [claim] = await desk.claims()
    assert claim.is_from_run
    await desk.publishes(claim, 0)
    await desk.replaces(document_id, "new")
    assert [each.is_from_run for each in await desk.claims()] == [False]


async def test_waits_for_its_turn_like_any_other(desk: Desk) -> None:
    document_id = await found(desk)
    await desk.replaces(document_id, "new")
    [claim] = await desk.claims()
    await desk.journal.postpone([claim], Stage.EMBED, "away", by=timedelta(minutes=5))
    shown = await desk.shows(document_id)
    assert (shown["status"], shown["error"], shown["replaces"]) == ("pending", "away", OLD)
    await desk.store.expire_leases()
    [again] = await desk.claims()
    await desk.journal.hand_back([again])
    assert (await desk.shows(document_id))["replaces"] == OLD
