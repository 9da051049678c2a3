"""The embedders that this process can ask."""

from typing import Protocol

from application.ports.embedder import Embedder
from domain.knowledge.embedding_space import EmbeddingSpace


class Embedders(Protocol):
    """Whichever is set: a corpus stays with the one that its vectors are of, until it is moved to another."""

    @property
    def usual(self) -> Embedder:
        """The one that is set: for corpora that have no vectors yet."""

    def of(self, space: EmbeddingSpace) -> Embedder:
        """The one whose vectors lie in this space. What it takes to ask it is loaded with the first question.

        Where none is at hand, one that raises Unavailable whatever it is asked, and names the space.
        """
