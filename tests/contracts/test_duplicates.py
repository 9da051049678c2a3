"""A corpus knows a text for as long as any of its documents has it."""

import asyncio
from datetime import timedelta

import pytest

from application.ports.document_repository import Kept
from domain.ids import DocumentId
from domain.knowledge.document import DocumentStatus, Stage
from domain.knowledge.errors import SameContent
from tests.contracts.conftest import Keeping
from tests.contracts.desks import Desk, a_desk
from tests.fakes.clock import NOON
from tests.make import a_document


@pytest.fixture
async def desk(store: Keeping) -> Desk:
    return await a_desk(store)


async def adds(desk: Desk, text: str, *, allows_duplicate: bool = False) -> Kept:
    """Duplicates come a second later."""
    document = a_document(desk.corpus, text, at=NOON - timedelta(seconds=0 if allows_duplicate else 1))
    async with desk.store.begin() as work:
        kept = await work.documents.add(document, allows_duplicate=allows_duplicate)
        await work.commit()
    return kept


async def with_a_duplicate(desk: Desk, text: str) -> tuple[DocumentId, DocumentId]:
    first, second = await adds(desk, text), await adds(desk, text, allows_duplicate=True)
    assert not second.is_known
    return first.document_id, second.document_id


async def test_a_text_is_known_by_its_duplicate_once_the_first_is_gone(desk: Desk) -> None:
    first, second = await with_a_duplicate(desk, "one")
    assert (await adds(desk, "one")).document_id == first
    async with desk.store.begin() as work:
        await work.documents.remove(first)
        await work.commit()
    again = await adds(desk, "one")
    assert (again.document_id, again.is_known) == (second, True)


async def test_a_text_is_known_by_its_duplicate_once_the_first_has_another(desk: Desk) -> None:
    first, second = await with_a_duplicate(desk, "one")
    await desk.replaces(first, "two")
    assert (await adds(desk, "one")).document_id == second
    assert (await adds(desk, "two")).document_id == first
    with pytest.raises(SameContent):
        await desk.replaces(first, "one")
    await desk.replaces(first, "one", allows_duplicate=True)
    assert not (await adds(desk, "two")).is_known


async def test_a_duplicate_that_failed_can_be_tried_again(desk: Desk) -> None:
    _, second = await with_a_duplicate(desk, "one")
    claims = {each.document_id: each for each in await desk.claims()}
    await desk.journal.fail(claims[second], Stage.EMBED, "no")
    await desk.tries_again(second)
    assert (await desk.sees(second)).status is DocumentStatus.PENDING
    await desk.replaces(second, "one")
    assert (await desk.sees(second)).title == "New"


async def test_many_may_get_the_same_text_at_once_where_that_is_allowed(desk: Desk) -> None:
    documents = await desk.brings(*"abcdefgh")
    await asyncio.gather(*(desk.replaces(each, "same", allows_duplicate=True) for each in documents))
    assert {(await desk.sees(each)).text for each in documents} == {"same"}
    assert (await adds(desk, "same")).is_known


async def test_of_many_that_get_the_same_text_at_once_one_does_where_that_is_not_allowed(desk: Desk) -> None:
    documents = await desk.brings(*"abcd")
    ended = await asyncio.gather(*(desk.replaces(each, "same") for each in documents), return_exceptions=True)
    assert [type(each) for each in ended if each is not None] == [SameContent] * 3
