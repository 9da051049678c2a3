"""What workers read and write about documents on their way to being searchable: fenced by the claim's epoch."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from domain.ids import CorpusId, DocumentId, UserId
from domain.knowledge.chunking import Chunking
from domain.knowledge.document import DocumentStatus, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentClaim:
    """A document in the hands of one worker, and the epoch that fences its writes.

    `postponed` counts how often the embedder was not there for it. `is_from_run` when a run brought the document.
    """

    document_id: DocumentId
    corpus_id: CorpusId
    owner_id: UserId
    epoch: int
    title: str
    text: str = field(repr=False)
    chunking: Chunking
    postponed: int = 0
    is_from_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSize:
    """How much is claimed at once: the first document whatever its length, then more while both bounds hold."""

    documents: int = 128
    bytes: int = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`chunk_count` is 0 unless it is ready. `error` says why it failed, or what it waits for."""

    status: DocumentStatus
    chunk_count: int
    error: str | None


class IngestionJournal(Protocol):
    """The store's own clock judges leases. Raise Unavailable from any call when the store cannot be reached."""

    async def claim(self, worker: str, *, lease: timedelta, most: BatchSize) -> Sequence[DocumentClaim]:
        """Take the documents that have waited longest and that nobody ever lost; none when nothing waits.

        Waiting is: pending and due. Two workers never get the same epoch of one.
        """

    async def claim_left_behind(self, worker: str, *, lease: timedelta, max_claims: int) -> DocumentClaim | None:
        """Take one document that some worker claimed and did not finish, once that lease has run out.

        It comes alone, for it may be what ended that worker. Not those with `max_claims` claims.
        """

    async def claim_these(
        self, worker: str, documents: Collection[DocumentId], *, lease: timedelta
    ) -> Sequence[DocumentClaim]:
        """Take those of these that are pending, due or not."""

    async def note(self, claims: Sequence[DocumentClaim], stage: Stage, *, chunks: Sequence[int] | None = None) -> None:
        """Let people see what begins for these, and once it is known of how many chunks each is. Lost ones are left
        alone. A claim itself begins with `extract`."""

    async def fail(self, claim: DocumentClaim, stage: Stage, error: str) -> None:
        """End it with a reason, cut to 4096 characters; of it nothing is found, but what it was to take the place of
        goes on being found. A lost one is left alone."""

    async def postpone(self, claims: Collection[DocumentClaim], stage: Stage, reason: str, *, by: timedelta) -> None:
        """Have them wait; the claim does not count, `postponed` does. What was staged stays."""

    async def renew(self, claims: Collection[DocumentClaim], *, lease: timedelta) -> set[DocumentId]:
        """Prolong the leases of those that still belong to these claims; return their ids."""

    async def hand_back(self, claims: Collection[DocumentClaim]) -> None:
        """Free them for the next worker, behind whatever waits by now, without counting the claim."""

    async def outcomes(self, documents: Collection[DocumentId]) -> Mapping[DocumentId, Outcome]:
        """What has become of them so far; those that are gone are left out."""

    async def waiting(self, *, limit: int) -> Sequence[DocumentId]:
        """Documents that could be claimed now, longest waiting first."""

    async def give_up(self, *, max_claims: int, reason: str, limit: int) -> int:
        """Fail those whose lease ran out for the last time they may be claimed. Returns how many."""

    async def abandon_leases(self) -> int:
        """Expire every lease at once, for a start at which no other worker can be alive. Returns how many."""
