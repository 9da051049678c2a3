"""A change that makes searches rank worse does not pass."""

import pytest

from adapters.postgres.database import Database
from application.ports.knowledge import SearchMode
from tests.contracts.libraries import Library, postgres_library
from tests.retrieval.judged import LANGUAGES, Shelf, ndcg, own_collection, recall, shelved

COLLECTION = own_collection()


@pytest.fixture
def library(database: Database) -> Library:
    return postgres_library(database)


@pytest.fixture
async def shelf(library: Library) -> Shelf:
    return await shelved(library, COLLECTION)


async def test_ranks_at_least_as_well_as_before(shelf: Shelf) -> None:
    assert await shelf.ndcg(COLLECTION) >= 0.97
    assert await shelf.ndcg(COLLECTION, SearchMode.LEXICAL) >= 0.955
    assert await shelf.ndcg(COLLECTION, SearchMode.DENSE) >= 0.88
    for language in LANGUAGES:
        assert await shelf.ndcg(COLLECTION.in_language(language)) >= 0.94, language


@pytest.mark.parametrize("language", LANGUAGES)
async def test_ranks_well_where_there_is_one_language_alone(library: Library, language: str) -> None:
    """What says nothing in some language may say much in this one."""
    judged = COLLECTION.alone(language)
    alone = await shelved(library, judged)
    hybrid, dense, lexical = [await alone.ndcg(judged, mode) for mode in SearchMode]
    assert min(hybrid, lexical) >= 0.96
    assert hybrid >= 0.95 * max(dense, lexical)


async def test_both_legs_together_lose_nothing_to_the_better_one(shelf: Shelf) -> None:
    for language in LANGUAGES:
        judged = COLLECTION.in_language(language)
        hybrid, dense, lexical = [await shelf.ndcg(judged, mode) for mode in SearchMode]
        assert hybrid >= 0.95 * max(dense, lexical), language


def test_measures_what_it_says() -> None:
    assert ndcg(["a", "x"], {"a"}) == 1
    assert ndcg(["x", "a"], {"a"}) == pytest.approx(0.6309, abs=1e-4)
    assert ndcg(["x"] * 10 + ["a"], {"a"}) == 0
    assert ndcg(["b", "a"], {"a", "b"}) == 1
    assert recall(["b", "x"], {"a", "b"}) == 0.5
    assert recall(["x"] * 10 + ["a"], {"a"}) == 0


def test_every_judgement_is_about_a_document_that_is_there() -> None:
    assert all(set(query.relevant) <= set(COLLECTION.documents) for query in COLLECTION.queries)
