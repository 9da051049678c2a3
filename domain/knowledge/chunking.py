"""How the texts of a corpus are cut."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.errors import Fault, Invalid
from domain.knowledge.chunk import Chunk
from domain.knowledge.code_units import CodeUnits
from domain.knowledge.structure import pieces_by_structure
from domain.knowledge.windows import windows

SMALLEST, LARGEST = 100, 8000
USUAL_SIZE, USUAL_OVERLAP = 1200, 200


class ChunkingStrategy(StrEnum):
    """Windows of equal size, or along headings, paragraphs, code and sentences."""

    WINDOWS = "windows"
    STRUCTURE = "structure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunking:
    """Chunks have at most `size` characters; up to `overlap` of them repeat the end of the chunk before."""

    strategy: ChunkingStrategy = ChunkingStrategy.WINDOWS
    size: int = USUAL_SIZE
    overlap: int = USUAL_OVERLAP

    def expect_sense(self) -> None:
        """Raise Invalid for what cannot be cut so."""
        if not SMALLEST <= self.size <= LARGEST:
            message = f"Must be from {SMALLEST} to {LARGEST}"
            raise Invalid(faults=[Fault(("chunking", "size"), "out_of_range", message)])
        if not 0 <= 2 * self.overlap < self.size:
            message = "Must not be negative, and less than half of the size"
            raise Invalid(faults=[Fault(("chunking", "overlap"), "out_of_range", message)])

    def cut(self, text: str) -> Sequence[Chunk]:
        """The same for the same text, always; empty only for a blank one."""
        return self._along_structure(text) if self.strategy is ChunkingStrategy.STRUCTURE else self._in_windows(text)

    def _in_windows(self, text: str) -> Sequence[Chunk]:
        found = windows(text, size=self.size, overlap=self.overlap)
        return [
            Chunk(
                index=index,
                text=each.text,
                start=each.start,
                end=each.end,
                source_start=each.source_start,
                source_end=each.source_end,
            )
            for index, each in enumerate(found)
        ]

    def _along_structure(self, text: str) -> Sequence[Chunk]:
        units = CodeUnits(text)
        chunks = []
        for index, piece in enumerate(pieces_by_structure(text, most=self.size, overlap=self.overlap)):
            start, end = units.before(piece.start), units.before(piece.end)
            chunks.append(Chunk(index=index, text=piece.text, start=start, end=end, source_start=start, source_end=end))
        return chunks


USUAL: Final = Chunking()
"""What a corpus does unless it is told otherwise."""
