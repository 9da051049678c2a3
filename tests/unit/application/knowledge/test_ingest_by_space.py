"""Documents get the embedder of their corpus, whichever is set."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from adapters.embeddings.at_hand import EmbeddersAtHand
from application.knowledge.ingest_by_space import IngestBySpace
from domain.errors import Unavailable
from domain.ids import DocumentId
from domain.knowledge.embedding_space import EmbeddingSpace
from domain.knowledge.errors import EmbeddingUnavailable
from tests.unit.application.knowledge.desk import Desk, FakeEmbedder

OLD = EmbeddingSpace("widths", 1)


class Sorting:
    """A desk whose documents are of corpora in the space of `desk.embedder`, in an old one, and in none."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.old = FakeEmbedder(desk.clock, space=OLD)
        self.ingest = IngestBySpace(
            spaces=desk.index,
            embedders=EmbeddersAtHand(desk.embedder, [self.old]),
            ingest_with=lambda embedder: replace(desk.ingest, embedder=embedder),
        )

    async def brings(self, text: str, space: EmbeddingSpace | None) -> DocumentId:
        [document] = await self.desk.brings(text)
        if space is not None:
            self.desk.index.spaces[self.desk.sees(document).corpus_id] = space
        return document

    async def works_off(self, documents: Sequence[DocumentId]) -> list[str]:
        await self.ingest(await self.desk.claims())
        return self.desk.statuses(documents)


@pytest.fixture
def sorting() -> Sorting:
    return Sorting(Desk())


async def test_each_corpus_has_its_embedder_and_a_new_one_the_usual(sorting: Sorting) -> None:
    usual = sorting.desk.embedder
    given = [("old", OLD), ("usual", usual.space), ("new", None)]
    documents = [await sorting.brings(text, space) for text, space in given]
    assert await sorting.works_off(documents) == ["ready"] * 3
    assert sorting.old.calls == [["old"]]
    assert [text for call in usual.calls for text in call] == ["usual", "new"]


async def test_an_embedder_that_is_away_holds_up_its_own_corpora_only(sorting: Sorting) -> None:
    documents = [await sorting.brings("old", OLD), await sorting.brings("usual", None)]
    sorting.old.raising[""] = EmbeddingUnavailable("no connection")
    assert await sorting.works_off(documents) == ["pending", "ready"]
    assert sorting.desk.sees(documents[0]).error == "no connection"


async def test_documents_wait_for_an_embedder_that_is_not_at_hand(sorting: Sorting) -> None:
    documents = [await sorting.brings("lost", EmbeddingSpace("lost", 3)), await sorting.brings("usual", None)]
    assert await sorting.works_off(documents) == ["pending", "ready"]
    assert '"lost" of 3 is at hand' in (sorting.desk.sees(documents[0]).error or "")


@pytest.mark.parametrize("length", [1, 300])
async def test_what_was_made_for_a_corpus_that_has_moved_meanwhile_is_made_again(length: int) -> None:
    sorting = Sorting(Desk(portion=2))
    document = await sorting.brings("word " * (length * 100), None)
    corpus = sorting.desk.sees(document).corpus_id

    def moves(texts: Sequence[str]) -> None:
        sorting.desk.index.spaces[corpus] = OLD

    sorting.desk.embedder.before = moves
    assert await sorting.works_off([document]) == ["pending"]
    assert sorting.desk.sees(document).claims == 0
    assert await sorting.works_off([document]) == ["ready"]
    assert sum(map(len, sorting.old.calls)) == len(sorting.desk.row(document).published)


async def test_a_store_that_is_away_is_told_to_whoever_asked(sorting: Sorting) -> None:
    await sorting.brings("one", None)
    sorting.desk.index.poison, sorting.desk.index.defect = "one", Unavailable("The database does not answer")
    with pytest.raises(Unavailable, match="does not answer"):
        await sorting.ingest(await sorting.desk.claims())
