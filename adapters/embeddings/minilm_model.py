"""all-MiniLM-L6-v2 as it was published, without PyTorch: word pieces, BERT, the mean of its rows.

Only `minilm.py` imports this file, by name, because it needs what the extra `minilm` brings.
"""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from safetensors.numpy import load
from threadpoolctl import threadpool_limits
from tokenizers import Tokenizer

from adapters.embeddings.bert import Bert

PUBLISHED_WEIGHTS: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
PUBLISHED_TOKENIZER: Final = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
_MOST_PIECES: Final = 256
_PIECES_AT_ONCE: Final = 1024
_MOST_CHARACTERS: Final = 64 * _MOST_PIECES
_LAYERS, _HEADS = 6, 12


class OtherWeights(ValueError):
    """The file is not the published one: its vectors would lie in a space of their own."""


class MiniLmModel:
    """May be used from many threads; the heavy part of the work releases the interpreter's lock.

    Each call stays on one processor: products this small, when they are spread over processors that others use too,
    take up to four times as long, for their parts wait for each other.
    """

    def __init__(self, folder: Path) -> None:
        """Sets numpy to one thread for the whole process. Raise OSError or OtherWeights."""
        threadpool_limits(limits=1, user_api="blas")
        weights = load(_published(folder / "model.safetensors", PUBLISHED_WEIGHTS))
        self._bert = Bert(weights, layers=_LAYERS, heads=_HEADS)
        self._tokenizer = Tokenizer.from_str(_published(folder / "tokenizer.json", PUBLISHED_TOKENIZER).decode())
        self._tokenizer.enable_truncation(_MOST_PIECES)
        self._tokenizer.no_padding()

    def vectors(self, texts: Sequence[str]) -> list[list[float]]:
        """Of length one, in the order of `texts`; what a text has beyond 256 word pieces does not count."""
        pieces = [self._pieces(each) for each in texts]
        shortest_first = sorted(range(len(texts)), key=lambda at: len(pieces[at]))
        vectors: list[list[float]] = [[]] * len(texts)
        for group in _groups(shortest_first, [len(each) for each in pieces]):
            for at, states in zip(group, self._bert.states([pieces[at] for at in group]), strict=True):
                mean = states.mean(axis=0)
                vectors[at] = (mean / np.linalg.norm(mean)).tolist()
        return vectors

    def _pieces(self, text: str) -> Sequence[int]:
        """Halves of surrogate pairs, which the tokenizer cannot take, become question marks."""
        readable = text[:_MOST_CHARACTERS].encode("utf-8", "replace").decode()
        pieces: Sequence[int] = self._tokenizer.encode(readable).ids
        return pieces


def _published(file: Path, digest: str) -> bytes:
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise OtherWeights(f"{file} is not the published file")
    return content


def _groups(order: Sequence[int], lengths: Sequence[int]) -> Iterator[list[int]]:
    """Neighbours in `order` with at most as many pieces in all as are worked on at once, but one at least."""
    group: list[int] = []
    pieces = 0
    for at in order:
        if group and pieces + lengths[at] > _PIECES_AT_ONCE:
            yield group
            group, pieces = [], 0
        group.append(at)
        pieces += lengths[at]
    if group:
        yield group
