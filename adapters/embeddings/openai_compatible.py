"""OpenAI, and every server that speaks its embeddings protocol."""

import math
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import urlsplit

import msgspec

from domain.knowledge.embedding_space import EmbeddingSpace
from domain.knowledge.errors import EmbeddingRefused, EmbeddingUnavailable
from domain.models.errors import ModelFailed, ModelRefused

_MOST_TEXTS: Final = 64
_MOST_CHARACTERS: Final = 100_000
_MOST_NUMBERS: Final = 100_000
"""In one answer: at 40 bytes each, spaces and all, it stays below four megabytes."""

_DIGITS: Final = 12
"""Enough to tell servers apart, and few enough for long names of models to be kept with them."""

_SETTINGS: Final = (
    "REX_EMBEDDING_BASE_URL, REX_EMBEDDING_MODEL and REX_EMBEDDING_API_KEY say who is asked, and for what."
)

Shape = TypeVar("Shape", bound=msgspec.Struct)


class Provider(Protocol):
    """The way to one server, at the address that answers with vectors."""

    @property
    def name(self) -> str: ...

    async def ask(self, question: Mapping[str, Any], shape: type[Shape]) -> Shape:
        """Raise a subclass of ModelFailed."""


class _Vector(msgspec.Struct):
    index: int
    embedding: list[float]


class _Answer(msgspec.Struct):
    data: list[_Vector]


class OpenAiCompatibleEmbedder:
    """Sends texts in batches, one after the other; vectors are brought to length one.

    Vectors of another size than `dimensions` are refused, never stored. Raise EmbeddingRefused or
    EmbeddingUnavailable; either holds no key. `base_url` is where the server is, None for OpenAI's own: models of one
    name on two servers need not be the same.
    """

    def __init__(self, provider: Provider, *, model: str, dimensions: int, base_url: str | None = None) -> None:
        self._provider = provider
        self._server = "" if base_url is None else f"@{_digest(base_url)}"
        self._model = model
        self._dimensions = dimensions
        # Only these models can shorten their vectors; most other servers refuse to be asked for it.
        self._extras = {"dimensions": dimensions} if model.startswith("text-embedding-3") else {}

    @property
    def space(self) -> EmbeddingSpace:
        return EmbeddingSpace(f"openai:{self._model}{self._server}", self._dimensions)

    async def embed_documents(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        vectors: list[list[float]] = []
        for batch in _batches(texts, most_texts=min(_MOST_TEXTS, max(1, _MOST_NUMBERS // self._dimensions))):
            vectors += await self._vectors(batch)
        return vectors

    async def embed_query(self, text: str) -> Sequence[float]:
        (vector,) = await self._vectors([text])
        return vector

    async def _vectors(self, texts: Sequence[str]) -> list[list[float]]:
        question = {"model": self._model, "input": [each or " " for each in texts], **self._extras}
        try:
            answer = await self._provider.ask(question, _Answer)
        except ModelRefused as refused:
            raise EmbeddingRefused(f"{refused.reason} {_SETTINGS}") from refused
        except ModelFailed as failed:
            raise EmbeddingUnavailable(failed.reason) from failed
        return [self._unit(each) for each in self._in_order(answer, len(texts))]

    def _in_order(self, answer: _Answer, count: int) -> list[list[float]]:
        ordered = sorted(answer.data, key=lambda each: each.index)
        if [each.index for each in ordered] != list(range(count)):
            told = f"{self._provider.name} was asked for {count} vectors and answered with others."
            raise EmbeddingUnavailable(told)
        return [each.embedding for each in ordered]

    def _unit(self, vector: list[float]) -> list[float]:
        if len(vector) != self._dimensions:
            raise EmbeddingRefused(
                f"{self._provider.name} answered with vectors of {len(vector)} dimensions instead of "
                f"{self._dimensions}. Set REX_EMBEDDING_DIMENSIONS to what {self._model} makes."
            )
        length = math.hypot(*vector)
        if not 0 < length < math.inf:
            raise EmbeddingUnavailable(f"{self._provider.name} answered with a vector that has no direction.")
        return [each / length for each in vector]


def _digest(base_url: str) -> str:
    """Of the address without what makes no difference: who may see the name need not see the address."""
    address = urlsplit(base_url)
    port = address.port or {"http": 80, "https": 443}.get(address.scheme)
    plain = f"{address.scheme}://{address.hostname}:{port}{address.path.rstrip('/')}"
    return sha256(plain.encode()).hexdigest()[:_DIGITS]


def _batches(texts: Sequence[str], *, most_texts: int) -> Iterator[Sequence[str]]:
    """Each within the limits, or a single text."""
    batch: list[str] = []
    for text in texts:
        is_full = len(batch) == most_texts or sum(map(len, batch)) + len(text) > _MOST_CHARACTERS
        if batch and is_full:
            yield batch
            batch = []
        batch.append(text)
    if batch:
        yield batch
