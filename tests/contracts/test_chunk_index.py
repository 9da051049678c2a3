"""What is found, and from when on: all of a document or nothing."""

import asyncio
from uuid import uuid4

import pytest

from adapters.embeddings.hashing import HashEmbedder
from adapters.postgres.database import Database
from domain.ids import DocumentId
from domain.knowledge.embedding_space import EmbeddingSpace
from tests.contracts.libraries import Library, Reader, fake_library, postgres_library


@pytest.fixture(params=["fake", "postgres", "postgres in small segments"])
def library(request: pytest.FixtureRequest, database: Database) -> Library:
    if request.param == "fake":
        return fake_library()
    return postgres_library(database) if request.param == "postgres" else postgres_library(database, segment_from=2)


@pytest.fixture
async def reader(library: Library) -> Reader:
    return await library.reader()


async def test_finds_all_of_a_document_at_once_when_it_is_ready(library: Library, reader: Reader) -> None:
    document_id = await reader.accepted()
    assert await library.index.stage(await reader.batch(document_id, "a red fox", "a grey fox"))
    assert await reader.texts("fox") == []
    assert await library.index.publish([await reader.batch(document_id, "a white fox", first=2)])
    assert sorted(await reader.texts("fox")) == ["a grey fox", "a red fox", "a white fox"]
    await library.process_again(document_id)
    assert await reader.keeps_staged(document_id, "a red fox", epoch=2) == 0


async def test_goes_on_after_the_last_batch_that_was_kept(library: Library, reader: Reader) -> None:
    document_id = await reader.accepted()
    texts = ["zero", "one", "two", "three"]
    assert await reader.keeps_staged(document_id, *texts) == 0
    await library.index.stage(await reader.batch(document_id, "zero", "old"))
    await library.index.stage(await reader.batch(document_id, "three", first=3))
    await library.index.stage(await reader.batch(document_id, "one", first=1))
    assert await reader.keeps_staged(document_id, *texts) == 2
    await library.index.publish([await reader.batch(document_id, "two", "three", first=2)])
    assert sorted(await reader.texts(" ".join(texts))) == sorted(texts)


async def test_begins_anew_where_the_text_is_cut_in_another_way(library: Library, reader: Reader) -> None:
    document_id = await reader.accepted()
    await library.index.stage(await reader.batch(document_id, "zero", "one two", "three", "four"))
    assert await reader.keeps_staged(document_id, "zero", "one", "two") == 1
    await library.index.publish([await reader.batch(document_id, "one", "two", first=1)])
    assert sorted(await reader.texts("zero one two three four")) == ["one", "two", "zero"]


async def test_takes_nothing_into_a_corpus_that_belongs_to_another_space(library: Library, reader: Reader) -> None:
    await reader.read("a red fox")
    document = await reader.accepted()
    strange = await reader.batch(document, "a grey fox", embedder=HashEmbedder())
    assert not await library.index.publish([strange])
    assert await reader.texts("fox") == ["a red fox"]
    assert await library.index.publish([await reader.batch(document, "a grey fox")])
    assert sorted(await reader.texts("fox")) == ["a grey fox", "a red fox"]


async def test_begins_anew_when_the_embedder_is_another(library: Library, reader: Reader) -> None:
    document_id = await reader.accepted()
    await library.index.stage(await reader.batch(document_id, "zero", "one"))
    another = EmbeddingSpace("another", 3)
    assert await reader.keeps_staged(document_id, "zero", "one", space=another) == 0
    assert await reader.keeps_staged(document_id, "zero", "one") == 0


async def test_lets_nobody_drop_what_is_staged_who_lost_the_document(library: Library, reader: Reader) -> None:
    document_id = await reader.accepted()
    await library.index.stage(await reader.batch(document_id, "zero", "one"))
    assert await reader.keeps_staged(document_id, "another", epoch=7) == 0
    assert await reader.keeps_staged(document_id, "zero", "one") == 2


async def test_lets_nobody_write_who_lost_the_document(library: Library, reader: Reader) -> None:
    document_id = await reader.accepted()
    await library.process_again(document_id)
    assert not await library.index.stage(await reader.batch(document_id, "fox"))
    assert not await library.index.publish([await reader.batch(document_id, "fox")])
    assert await reader.texts("fox") == []
    assert await library.index.publish([await reader.batch(document_id, "fox", epoch=2)])
    assert not await library.index.publish([await reader.batch(document_id, "wolf", epoch=2)])
    assert await reader.texts("fox wolf") == ["fox"]


async def test_says_which_documents_it_published(library: Library, reader: Reader) -> None:
    one, other, gone = await reader.accepted(), await reader.accepted(), DocumentId(uuid4())
    batches = [await reader.batch(each, "fox") for each in (one, gone, other)]
    assert set(await library.index.publish(batches)) == {one, other}


async def test_puts_the_new_in_the_place_of_the_old(library: Library, reader: Reader) -> None:
    document_id = await reader.read("a red fox", "a grey fox")
    await library.process_again(document_id)
    assert len(await reader.texts("fox")) == 2
    await library.index.publish([await reader.batch(document_id, "a white wolf", epoch=2)])
    assert await reader.texts("fox wolf") == ["a white wolf"]


async def test_finds_nothing_of_what_was_removed(library: Library, reader: Reader) -> None:
    kept, gone, unfinished = await reader.read("a fox"), await reader.read("a fox, too"), await reader.accepted()
    await library.index.stage(await reader.batch(unfinished, "a third fox"))
    await library.index.remove([gone, unfinished])
    assert [match.document_id for match in await reader.found("fox")] == [kept]
    assert await reader.keeps_staged(unfinished, "a third fox") == 0


async def test_finds_everything_of_those_who_publish_at_once(library: Library, reader: Reader) -> None:
    documents = [await reader.accepted() for _ in range(24)]
    batches = [await reader.batch(each, f"fox {at}") for at, each in enumerate(documents)]
    await asyncio.gather(*(library.index.publish([batch]) for batch in batches))
    found = [match.document_id for match in await reader.found("fox")]
    assert sorted(found) == sorted(documents)


async def test_a_document_without_words_can_be_ready(library: Library, reader: Reader) -> None:
    document_id = await reader.accepted()
    assert await library.index.publish([await reader.batch(document_id, "…", title="…")])
    assert await reader.texts("…") == []
