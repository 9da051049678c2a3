"""Documents and corpora at once in many hands: all take them in one order, so nobody waits in a ring."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TypeAlias

import pytest

from adapters.postgres.chunk_index import PostgresChunkIndex
from adapters.postgres.database import Connection, Database, connect
from adapters.postgres.ingestion_journal import PostgresIngestionJournal
from adapters.postgres.settling import Settling
from application.ports.chunk_index import ChunkBatch
from application.ports.ingestion_journal import BatchSize, DocumentClaim
from domain.knowledge.corpus import Corpus
from domain.knowledge.document import Stage
from tests.adapters.postgres.conftest import Connecting
from tests.adapters.postgres.scenes import LEASE, Scene, a_scene
from tests.contracts.libraries import ANALYZER, EMBEDDER
from tests.make import a_corpus, a_document

SHORT = 0.1
HOLD = "SELECT id FROM knowledge_documents WHERE id = $1 FOR UPDATE NOWAIT"


class Desk:
    """Two documents that are worked on, the later id first, in rows and in claims."""

    def __init__(self, database: Database, scene: Scene, corpus: Corpus, claims: Sequence[DocumentClaim]) -> None:
        self.journal = PostgresIngestionJournal(database)
        self.index = PostgresChunkIndex(database, ANALYZER, Settling(database))
        self.scene, self.corpus, self.claims = scene, corpus, claims

    async def publish(self) -> None:
        await self.index.publish(
            [
                ChunkBatch(
                    document_id=each.document_id,
                    corpus_id=each.corpus_id,
                    epoch=each.epoch,
                    title=each.title,
                    space=EMBEDDER.space,
                    chunks=[],
                )
                for each in self.claims
            ]
        )

    async def remove_corpus(self) -> None:
        async with self.scene.begin() as work:
            await work.corpora.get_to_change(self.corpus.id, self.scene.owner.id)
            await work.corpora.remove(self.corpus.id)
            await work.commit()


Doing: TypeAlias = Callable[[Desk], Awaitable[object]]

TO_ALL: dict[str, Doing] = {
    "renew": lambda desk: desk.journal.renew(desk.claims, lease=LEASE),
    "note": lambda desk: desk.journal.note(desk.claims, Stage.EMBED, chunks=[1, 1]),
    "postpone": lambda desk: desk.journal.postpone(desk.claims, Stage.EMBED, "away", by=timedelta(seconds=1)),
    "hand back": lambda desk: desk.journal.hand_back(desk.claims),
    "publish": lambda desk: desk.publish(),
    "remove the corpus": lambda desk: desk.remove_corpus(),
}


@pytest.fixture
async def desk(url: str, connecting: Connecting) -> Desk:
    database = await connecting(url, size=2)
    scene = await a_scene(database)
    corpus = a_corpus(scene.owner)
    documents = sorted((a_document(corpus, text) for text in ("one", "two")), key=lambda each: each.id, reverse=True)
    async with scene.begin() as work:
        await work.corpora.add(corpus)
        for each in documents:
            await work.documents.add(each)
        await work.commit()
    claims = await PostgresIngestionJournal(database).claim("w", lease=LEASE, most=BatchSize())
    in_order = sorted(claims, key=lambda each: each.document_id, reverse=True)
    return Desk(database, scene, corpus, in_order)


@pytest.fixture
async def other(url: str) -> AsyncIterator[Connection]:
    connection = await connect(url, connect_seconds=5, statement_seconds=5)
    yield connection
    await connection.close()


@pytest.mark.parametrize("doing", TO_ALL.values(), ids=TO_ALL.keys())
async def test_whoever_waits_for_a_document_holds_none_that_comes_after_it(
    desk: Desk, other: Connection, doing: Doing
) -> None:
    later, earlier = (each.document_id for each in desk.claims)
    async with other.transaction():
        await other.execute(HOLD, earlier)
        task = asyncio.ensure_future(doing(desk))
        await asyncio.sleep(SHORT)
        assert not task.done()
        await other.execute(HOLD, later)
    async with asyncio.timeout(5):
        await task


async def test_whoever_waits_for_a_corpus_holds_none_of_its_documents(desk: Desk, other: Connection) -> None:
    async with other.transaction():
        await other.execute("SELECT id FROM knowledge_corpora WHERE id = $1 FOR UPDATE", desk.corpus.id)
        task = asyncio.ensure_future(desk.publish())
        await asyncio.sleep(SHORT)
        assert not task.done()
        for each in desk.claims:
            await other.execute(HOLD, each.document_id)
    async with asyncio.timeout(5):
        await task
