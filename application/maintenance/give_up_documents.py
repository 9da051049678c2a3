"""End the ingestion of documents that stopped every worker that tried them."""

from dataclasses import dataclass

from application.ports.ingestion_journal import IngestionJournal


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUpDocuments:
    """Fail those whose lease ran out for the last time they may be claimed. Returns how many."""

    journal: IngestionJournal
    max_claims: int = 3
    at_once: int = 20

    async def __call__(self) -> int:
        reason = f"Ingestion was abandoned: {self.max_claims} workers in a row stopped before finishing it"
        return await self.journal.give_up(max_claims=self.max_claims, reason=reason, limit=self.at_once)
