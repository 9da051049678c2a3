"""Corpora stay with the embedder that made their vectors, and are searched as far as it is there."""

from collections.abc import Sequence

import pytest

from adapters.embeddings.at_hand import EmbeddersAtHand
from adapters.postgres.database import Database
from application.ports.embedders import Embedders
from application.ports.knowledge import Search, SearchMode
from domain.errors import Unavailable
from domain.knowledge.embedding_space import EmbeddingSpace
from domain.knowledge.errors import EmbeddingRefused, EmbeddingUnavailable
from domain.knowledge.findings import Findings
from tests.contracts.libraries import EMBEDDER, Library, Reader, fake_library, postgres_library


class Animals:
    """Foxes are one way, owls the opposite one, and everything else is square to both."""

    space = EmbeddingSpace("animals", 2)

    def __init__(self) -> None:
        self.failure: Exception | None = None

    async def embed_documents(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        return [self._vector(text) for text in texts]

    async def embed_query(self, text: str) -> Sequence[float]:
        if self.failure is not None:
            raise self.failure
        return self._vector(text)

    def _vector(self, text: str) -> Sequence[float]:
        return [1.0, 0.0] if "fox" in text else [-1.0, 0.0] if "owl" in text else [0.0, 1.0]


ANIMALS = Animals()


@pytest.fixture(params=["fake", "postgres"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def library_of(kind: str, database: Database, embedders: Embedders) -> Library:
    return fake_library(embedders) if kind == "fake" else postgres_library(database, embedders=embedders)


@pytest.fixture
def library(kind: str, database: Database) -> Library:
    return library_of(kind, database, EmbeddersAtHand(EMBEDDER, [ANIMALS]))


async def filled(library: Library) -> Reader:
    """Two corpora in two spaces."""
    reader = await library.reader()
    await reader.read("a red fox", "a wolf that is grey", title="-")
    await reader.corpus()
    await reader.read("a fox in the henhouse", "an owl", "a badger", title="-", embedder=ANIMALS)
    return reader


async def asked(library: Library, reader: Reader, query: str, mode: SearchMode) -> Findings:
    return await library.knowledge.search(Search(owner_id=reader.id, query=query, top_k=50, mode=mode))


async def test_every_corpus_is_searched_in_its_own_space(library: Library) -> None:
    reader = await filled(library)
    found = await reader.found("a red fox", mode=SearchMode.DENSE)
    nearest = {each.content: each.components["dense"] for each in found}
    assert [nearest[each].rank for each in ("a red fox", "a fox in the henhouse")] == [1, 1]
    assert nearest["a fox in the henhouse"].score == pytest.approx(1.0)
    assert {each.content for each in found[:2]} == {"a red fox", "a fox in the henhouse"}
    both = await asked(library, reader, "a red fox", SearchMode.HYBRID)
    assert {each.content for each in both.matches[:2]} == {"a red fox", "a fox in the henhouse"}
    assert 0.5 < both.matches[0].score <= 1
    assert not both.warnings


async def test_what_has_nothing_to_do_with_the_query_is_not_found_by_meaning(library: Library) -> None:
    reader = await filled(library)
    for mode in (SearchMode.DENSE, SearchMode.HYBRID):
        found = {each.content for each in await reader.found("fox", mode=mode)}
        assert found >= {"a red fox", "a fox in the henhouse"}
        assert not found & {"an owl", "a badger"}


async def test_what_words_find_needs_no_nearness(library: Library) -> None:
    reader = await filled(library)
    found = {each.content: each for each in await reader.found("fox badger", mode=SearchMode.HYBRID)}
    assert set(found["a badger"].components) == {"lexical"}


@pytest.mark.parametrize("mode", [SearchMode.HYBRID, SearchMode.LEXICAL])
async def test_without_the_embedder_of_a_corpus_its_words_are_searched(
    kind: str, database: Database, mode: SearchMode
) -> None:
    library = library_of(kind, database, EmbeddersAtHand(EMBEDDER))
    reader = await filled(library)
    found = await asked(library, reader, "fox", mode)
    assert {each.content for each in found.matches} >= {"a red fox", "a fox in the henhouse"}
    assert [f'"{ANIMALS.space.name}"' in each for each in found.warnings] == [True] * (mode is SearchMode.HYBRID)


async def test_without_the_embedder_of_a_corpus_its_meaning_cannot_be_searched(kind: str, database: Database) -> None:
    library = library_of(kind, database, EmbeddersAtHand(EMBEDDER))
    reader = await filled(library)
    with pytest.raises(EmbeddingUnavailable, match='"animals" of 2'):
        await asked(library, reader, "fox", SearchMode.DENSE)


@pytest.mark.parametrize("failure", [EmbeddingUnavailable("no connection"), EmbeddingRefused("wrong key")])
async def test_an_embedder_that_gives_no_answer_leaves_the_words(
    kind: str, database: Database, failure: Exception
) -> None:
    down = Animals()
    library = library_of(kind, database, EmbeddersAtHand(EMBEDDER, [down]))
    reader = await filled(library)
    down.failure = failure
    found = await asked(library, reader, "fox", SearchMode.HYBRID)
    assert {each.content for each in found.matches} >= {"a red fox", "a fox in the henhouse"}
    [warning] = found.warnings
    assert str(failure) in warning
    with pytest.raises(type(failure)):
        await asked(library, reader, "fox", SearchMode.DENSE)
    down.failure = None
    assert not (await asked(library, reader, "fox", SearchMode.HYBRID)).warnings


async def test_a_corpus_that_has_no_vectors_yet_needs_no_embedder(kind: str, database: Database) -> None:
    down = Animals()
    down.failure = Unavailable("no connection")
    reader = await library_of(kind, database, EmbeddersAtHand(down)).reader()
    await reader.corpus()
    assert await reader.found("fox", mode=SearchMode.DENSE) == []


async def test_an_explanation_is_about_the_very_answer_that_comes_with_it(library: Library) -> None:
    reader = await filled(library)
    wanted = Search(owner_id=reader.id, query="a red fox", top_k=2)
    explained = await library.explanations.explain(wanted)
    assert explained.findings == await library.knowledge.search(wanted)
    assert len(explained.findings.matches) == 2
    assert explained.legs["dense"].found >= 2
