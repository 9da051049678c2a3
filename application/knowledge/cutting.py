"""Cut documents into chunks: pure work, for a thread of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from application.ports.ingestion_journal import DocumentClaim
from domain.errors import DomainError
from domain.knowledge.chunk import Chunk
from domain.knowledge.errors import NothingToFind

MOST_CHUNKS = 20_000


@dataclass(frozen=True, slots=True)
class Cut:
    claim: DocumentClaim
    chunks: Sequence[Chunk]


@dataclass(frozen=True, slots=True)
class Uncut:
    claim: DocumentClaim
    reason: str


def cut_all(claims: Iterable[DocumentClaim]) -> Sequence[Cut | Uncut]:
    """Whatever is wrong with one is no matter of the others."""
    return [_cut(each) for each in claims]


def _cut(claim: DocumentClaim) -> Cut | Uncut:
    try:
        return Cut(claim, _chunks(claim))
    except DomainError as refusal:
        return Uncut(claim, refusal.message)
    except Exception as failure:
        return Uncut(claim, f"Internal error ({type(failure).__name__})")


def _chunks(claim: DocumentClaim) -> Sequence[Chunk]:
    chunks = claim.chunking.cut(claim.text)
    if not chunks:
        raise NothingToFind("The document is blank")
    if len(chunks) > MOST_CHUNKS:
        raise NothingToFind(f"The document has {len(chunks)} chunks, more than {MOST_CHUNKS}; send it in parts")
    return chunks
