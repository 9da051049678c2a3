"""Which vectors may be compared with each other."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EmbeddingSpace:
    """Vectors of one space only are compared: those that one model made, in one size."""

    name: str
    dimensions: int
