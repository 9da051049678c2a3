"""Make documents searchable: extract, cut, embed, publish."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from application.knowledge.cutting import Cut, Uncut, cut_all
from application.knowledge.portions import Portion, claims_of, portions_of
from application.nodes.node import RunLog
from application.ports.chunk_index import ChunkBatch, ChunkIndex, NewChunk
from application.ports.clock import Clock
from application.ports.embedder import Embedder
from application.ports.id_generator import IdGenerator
from application.ports.ingestion_journal import DocumentClaim, IngestionJournal
from domain.errors import DomainError, Unavailable
from domain.knowledge.chunk import Chunk
from domain.knowledge.document import Stage
from domain.knowledge.patience import MOST_POSTPONED, wait_before
from domain.values.coercion import trimmed

BLANK: Final = "The document is blank"
HARMLESS: Final = "knowledge"
"""A text that every embedder has a vector for, as long as it is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestTerms:
    """Texts are embedded `portion` chunks at a time, of as many documents as these are of; while one portion is
    embedded another is stored, in as many `lanes`. After `turn_seconds`, or after as long as it took to cut the texts,
    whatever is left goes behind the others that wait: most of the work must not be to cut them again."""

    portion: int = 64
    lanes: int = 2
    turn_seconds: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestDocuments:
    """Every document gets through by itself or fails by itself, with the reason on record.

    When the embedder is not there, documents wait for it; only after many times in vain they fail. When it is there
    and has no answer to some text, the document waits alone. A document of many chunks is staged portion by portion, so
    that nobody has to begin anew. Documents whose corpus has moved to another embedder meanwhile are handed back. Raise
    Unavailable when the store cannot be reached; then nothing is known to have changed.
    """

    journal: IngestionJournal
    index: ChunkIndex
    embedder: Embedder
    ids: IdGenerator
    clock: Clock
    log: RunLog
    terms: IngestTerms = IngestTerms()

    async def __call__(self, claims: Sequence[DocumentClaim]) -> None:
        began = self.clock.monotonic()
        cuts = await self._cut(await self._extracted(claims))
        ready = self.clock.monotonic()
        until = ready + max(self.terms.turn_seconds, ready - began)
        short = [each for each in cuts if len(each.chunks) <= self.terms.portion]
        long = [each for each in cuts if len(each.chunks) > self.terms.portion]
        left = deque([*portions_of(short, self.terms.portion), *([each] for each in long)])
        lanes = [self._work_off(left, until) for _ in range(self.terms.lanes)]
        ended = await asyncio.gather(*lanes, return_exceptions=True)
        unanswered = [each for each in ended if isinstance(each, _Unanswered)]
        for failure in ended:
            if failure is not None and failure not in unanswered:
                raise failure
        for each in unanswered:
            await self._postpone(claims_of(each.portions), str(each))
        if left:
            await self.journal.hand_back(claims_of(left))

    async def _work_off(self, left: deque[Portion], until: float) -> None:
        """Raise _Unanswered with what has to wait."""
        waiting, reason = list[Portion](), ""
        while left and self.clock.monotonic() < until:
            portion = left.popleft()
            try:
                await self._through(portion, until)
            except _Unanswered as unanswered:
                reason = str(unanswered)
                waiting += unanswered.portions
                if unanswered.is_embedder_away:
                    waiting += left
                    left.clear()
        if waiting:
            raise _Unanswered(reason, waiting)

    async def _extracted(self, claims: Sequence[DocumentClaim]) -> Sequence[DocumentClaim]:
        """Texts are taken as they were brought; all that can be wrong with one is that there is nothing in it."""
        readable = list[DocumentClaim]()
        for each in claims:
            if trimmed(each.text):
                readable.append(each)
            else:
                await self.journal.fail(each, Stage.EXTRACT, BLANK)
        if readable:
            await self.journal.note(readable, Stage.CHUNK)
        return readable

    async def _cut(self, claims: Sequence[DocumentClaim]) -> Sequence[Cut]:
        cuts = list[Cut]()
        for each in await asyncio.to_thread(cut_all, claims):
            if isinstance(each, Uncut):
                await self.journal.fail(each.claim, Stage.CHUNK, each.reason)
            else:
                cuts.append(each)
        if cuts:
            totals = [len(each.chunks) for each in cuts]
            await self.journal.note([each.claim for each in cuts], Stage.EMBED, chunks=totals)
        return cuts

    async def _through(self, portion: Sequence[Cut], until: float) -> None:
        """One portion; where it cannot be done as a whole, document by document."""
        stage = Stage.EMBED
        try:
            if len(portion) == 1 and len(portion[0].chunks) > self.terms.portion:
                await self._large(portion[0], until)
                return
            batches = await self._embedded([(each, each.chunks) for each in portion])
            stage = Stage.INDEX
            await self._publish([each.claim for each in portion], batches)
        except Unavailable:
            raise
        except _Unanswered as unanswered:
            is_away = not await self._embedder_is_there()
            if is_away or len(portion) == 1:
                raise _Unanswered(str(unanswered), [portion], is_embedder_away=is_away) from unanswered
            await self._one_by_one(portion, until)
        except Exception as failure:
            if len(portion) == 1:
                await self._fail(portion[0].claim, stage, failure)
                return
            await self.journal.note([each.claim for each in portion], Stage.EMBED)
            await self._one_by_one(portion, until)

    async def _one_by_one(self, portion: Portion, until: float) -> None:
        """Raise _Unanswered with those that have to wait."""
        waiting, reason = list[Portion](), ""
        for at, each in enumerate(portion, 1):
            try:
                await self._through([each], until)
            except _Unanswered as unanswered:
                reason = str(unanswered)
                waiting.append([each])
                if unanswered.is_embedder_away:
                    raise _Unanswered(reason, [*waiting, portion[at:]], is_embedder_away=True) from unanswered
        if waiting:
            raise _Unanswered(reason, waiting)

    async def _large(self, cut: Cut, until: float) -> None:
        claim, texts = cut.claim, [each.text for each in cut.chunks]
        staged = await self.index.keep_staged(
            claim.document_id, epoch=claim.epoch, space=self.embedder.space, texts=texts
        )
        parts = [cut.chunks[at : at + self.terms.portion] for at in range(staged, len(cut.chunks), self.terms.portion)]
        for part in parts[:-1]:
            [batch] = await self._embedded([(cut, part)])
            if not await self.index.stage(batch):
                return
            if self.clock.monotonic() >= until:
                await self.journal.hand_back([cut.claim])
                return
        last = await self._embedded([(cut, parts[-1] if parts else ())])
        await self._publish([claim], last)

    async def _publish(self, claims: Sequence[DocumentClaim], batches: Sequence[ChunkBatch]) -> None:
        await self.journal.note(claims, Stage.INDEX)
        published = await self.index.publish(batches)
        if left := [each for each in claims if each.document_id not in published]:
            await self.journal.hand_back(left)

    async def _embedded(self, parts: Sequence[tuple[Cut, Sequence[Chunk]]]) -> Sequence[ChunkBatch]:
        texts = [chunk.text for _, chunks in parts for chunk in chunks]
        try:
            vectors = iter(await self.embedder.embed_documents(texts) if texts else ())
        except Unavailable as missing:
            raise _Unanswered(str(missing)) from missing
        return [
            ChunkBatch(
                document_id=cut.claim.document_id,
                corpus_id=cut.claim.corpus_id,
                epoch=cut.claim.epoch,
                title=cut.claim.title,
                space=self.embedder.space,
                chunks=[self._new(cut.claim, chunk, next(vectors)) for chunk in chunks],
            )
            for cut, chunks in parts
        ]

    async def _embedder_is_there(self) -> bool:
        """It may be there and say no to everything; that is for each document to hear."""
        try:
            await self.embedder.embed_query(HARMLESS)
        except Unavailable:
            return False
        except DomainError:
            return True
        return True

    def _new(self, claim: DocumentClaim, chunk: Chunk, vector: Sequence[float]) -> NewChunk:
        origin = {"runtimeIngestion": True} if claim.is_from_run else {}
        return NewChunk(
            id=self.ids.chunk(),
            index=chunk.index,
            text=chunk.text,
            token_count=chunk.token_count,
            vector=vector,
            metadata={**chunk.metadata, **origin},
        )

    async def _postpone(self, claims: Sequence[DocumentClaim], reason: str) -> None:
        for claim in [each for each in claims if each.postponed >= MOST_POSTPONED]:
            await self.journal.fail(claim, Stage.EMBED, reason)
        for postponed in sorted({each.postponed for each in claims if each.postponed < MOST_POSTPONED}):
            waiting = [each for each in claims if each.postponed == postponed]
            await self.journal.postpone(waiting, Stage.EMBED, reason, by=wait_before(postponed))

    async def _fail(self, claim: DocumentClaim, stage: Stage, failure: Exception) -> None:
        if isinstance(failure, DomainError):
            await self.journal.fail(claim, stage, failure.message)
            return
        self.log.write("error", "a document failed", documentId=str(claim.document_id), reason=repr(failure))
        await self.journal.fail(claim, stage, f"Internal error ({type(failure).__name__})")


class _Unanswered(Exception):
    """The embedder gave no answer to `portions`; when it is away, it would give none to anybody."""

    def __init__(self, reason: str, portions: Sequence[Portion] = (), *, is_embedder_away: bool = False) -> None:
        super().__init__(reason)
        self.portions = portions
        self.is_embedder_away = is_embedder_away
