"""Searches go by what a document said when its chunks were made."""

from collections.abc import Sequence

import pytest

from adapters.embeddings.at_hand import EmbeddersAtHand
from adapters.embeddings.lexical import LexicalEmbedder
from adapters.postgres.database import Database
from adapters.postgres.hybrid_ranking import HybridRanker
from adapters.postgres.knowledge_search import PostgresKnowledgeSearch
from application.ports.knowledge import Search, SearchMode
from domain.knowledge.conditions import Comparison, Condition
from domain.knowledge.document import Stage
from domain.knowledge.match import Match
from tests.contracts.conftest import postgres
from tests.contracts.desks import Desk, a_desk
from tests.contracts.libraries import ANALYZER

STRINGS = "SELECT count(*) AS wrong FROM knowledge_documents WHERE jsonb_typeof(attributes) <> 'object'"


@pytest.fixture
async def desk(database: Database) -> Desk:
    return await a_desk(postgres(database))


async def found(desk: Desk, database: Database, value: str) -> Sequence[Match]:
    search = PostgresKnowledgeSearch(HybridRanker(database, ANALYZER, EmbeddersAtHand(LexicalEmbedder(ANALYZER))))
    where = [Condition(("is",), Comparison.EQUALS, [value])]
    wanted = Search(owner_id=desk.owner.id, query="chunk", top_k=9, mode=SearchMode.LEXICAL, where=where)
    return (await search.search(wanted)).matches


async def test_what_is_said_of_a_text_is_searched_together_with_it(desk: Desk, database: Database) -> None:
    [document_id] = await desk.brings("old", metadata={"is": "old"})
    [claim] = await desk.claims()
    await desk.publishes(claim, 0)
    await desk.replaces(document_id, "new")
    [match] = await found(desk, database, "old")
    assert (match.title, match.metadata["is"]) == ("Bread", "old")
    assert await found(desk, database, "new") == []
    [claim] = await desk.claims()
    await desk.journal.fail(claim, Stage.EMBED, "no")
    assert [each.title for each in await found(desk, database, "old")] == ["Bread"]
    await desk.tries_again(document_id)
    [claim] = await desk.claims()
    await desk.publishes(claim, 0)
    [match] = await found(desk, database, "new")
    assert (match.title, match.metadata["is"]) == ("New", "new")
    assert await found(desk, database, "old") == []


async def test_filters_match_what_was_replaced_before_it_was_searchable_or_tried_again(
    desk: Desk, database: Database
) -> None:
    replaced, tried_again = await desk.brings("one", "two", metadata={"is": "old"})
    await desk.replaces(replaced, "new")
    claims = {each.document_id: each for each in await desk.claims()}
    await desk.publishes(claims[replaced], 0)
    await desk.journal.fail(claims[tried_again], Stage.EMBED, "no")
    await desk.tries_again(tried_again)
    [claim] = await desk.claims()
    await desk.publishes(claim, 0)
    assert [each.document_id for each in await found(desk, database, "new")] == [replaced]
    assert [each.document_id for each in await found(desk, database, "old")] == [tried_again]
    row = await database.row(STRINGS)
    assert row is not None
    assert row["wrong"] == 0
