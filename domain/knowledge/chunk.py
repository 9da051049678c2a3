"""A part of a document, as it is searched."""

from dataclasses import dataclass, field

from domain.values.coercion import code_units
from domain.values.json import JsonObject

_CODE_UNITS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """`index` counts from 0 within the document.

    Positions are UTF-16 code units: `start` and `end` in the text that was cut, `source_start` and `source_end` in
    the document's text as it is kept.
    """

    index: int
    text: str = field(repr=False)
    start: int
    end: int
    source_start: int
    source_end: int

    @property
    def token_count(self) -> int:
        """A rough guess, good for no more than adding up."""
        return -(-code_units(self.text) // _CODE_UNITS_PER_TOKEN)

    @property
    def metadata(self) -> JsonObject:
        return {
            "start": self.start,
            "end": self.end,
            "sourceStart": self.source_start,
            "sourceEnd": self.source_end,
        }
