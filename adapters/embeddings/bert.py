"""The forward pass of BERT (Devlin et al. 2018) for texts of any lengths, in float32 on the CPU.

The rows of all texts stand under each other in one matrix, so that the large products need no padding; only attention
goes text by text. Needs numpy.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Matrix: TypeAlias = "npt.NDArray[np.float32]"

_EPSILON: Final = 1e-12
_ROWS_IN_CACHE: Final = 64
_ERF: Final = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)


@dataclass(frozen=True, slots=True)
class Dense:
    weight: Matrix
    bias: Matrix

    def __call__(self, rows: Matrix) -> Matrix:
        product: Matrix = rows @ self.weight
        product += self.bias
        return product


@dataclass(frozen=True, slots=True)
class Norm:
    weight: Matrix
    bias: Matrix

    def __call__(self, rows: Matrix) -> Matrix:
        rows = rows - rows.mean(axis=1, keepdims=True)
        rows /= np.sqrt(np.square(rows).mean(axis=1, keepdims=True) + np.float32(_EPSILON))
        rows *= self.weight
        rows += self.bias
        return rows


@dataclass(frozen=True, slots=True)
class Layer:
    mixing: Dense
    mixed: Dense
    after_mixing: Norm
    widening: Dense
    narrowing: Dense
    after_widening: Norm

    def __call__(self, rows: Matrix, texts: Sequence[slice], heads: int) -> Matrix:
        """`mixing` makes queries, keys and values side by side."""
        sides = self.mixing(rows)
        seen = np.concatenate([_attention(sides[text], heads) for text in texts])
        rows = self.after_mixing(self.mixed(seen) + rows)
        wide = self.widening(rows)
        _gelu(wide)
        return self.after_widening(self.narrowing(wide) + rows)


class Bert:
    """`weights` by their published names."""

    def __init__(self, weights: Mapping[str, Matrix], *, layers: int, heads: int) -> None:
        self._words = weights["embeddings.word_embeddings.weight"]
        # Texts stand alone, so all their words are of the first of the two segments that BERT tells apart.
        segment = weights["embeddings.token_type_embeddings.weight"][0]
        self._places = weights["embeddings.position_embeddings.weight"] + segment
        self._norm = _norm(weights, "embeddings.LayerNorm")
        self._layers = [_layer(weights, f"encoder.layer.{number}") for number in range(layers)]
        self._heads = heads

    def states(self, texts: Sequence[Sequence[int]]) -> Iterator[Matrix]:
        """For each text, given as the numbers of its word pieces and not empty, the last layer's row for each piece."""
        rows = np.concatenate([self._words[text] + self._places[: len(text)] for text in map(list, texts)])
        rows = self._norm(rows)
        places = _slices([len(text) for text in texts])
        for layer in self._layers:
            rows = layer(rows, places, self._heads)
        return (rows[place] for place in places)


def _attention(sides: Matrix, heads: int) -> Matrix:
    words, width = len(sides), sides.shape[1] // 3
    queries, keys, values = sides.reshape(words, 3, heads, width // heads).transpose(1, 2, 0, 3)
    likeness: Matrix = queries @ keys.transpose(0, 2, 1)
    likeness *= np.float32(1 / math.sqrt(width // heads))
    likeness -= likeness.max(axis=2, keepdims=True)
    np.exp(likeness, out=likeness)
    likeness /= likeness.sum(axis=2, keepdims=True)
    seen: Matrix = likeness @ values
    return seen.transpose(1, 0, 2).reshape(words, width)


def _gelu(rows: Matrix) -> None:
    """In place: x times the normal distribution's share below x; a few rows at a time stay in the processor's cache."""
    for begin in range(0, len(rows), _ROWS_IN_CACHE):
        some = rows[begin : begin + _ROWS_IN_CACHE]
        some *= _share_below(some)


def _share_below(x: Matrix) -> Matrix:
    """By the error function's approximation 7.1.26 of Abramowitz and Stegun, which is wrong by 1.5e-7 at most."""
    beyond = np.abs(x)
    beyond *= np.float32(math.sqrt(0.5))
    t = np.float32(1) / (np.float32(1) + np.float32(0.3275911) * beyond)
    tail = np.full_like(t, _ERF[-1])
    for factor in reversed(_ERF[:-1]):
        tail *= t
        tail += np.float32(factor)
    tail *= t
    tail *= np.exp(-np.square(beyond))
    tail *= np.float32(0.5)
    return np.where(x < 0, tail, np.float32(1) - tail)


def _slices(lengths: Sequence[int]) -> list[slice]:
    ends = np.cumsum(lengths).tolist()
    return [slice(end - length, end) for end, length in zip(ends, lengths, strict=True)]


def _layer(weights: Mapping[str, Matrix], name: str) -> Layer:
    sides = [_dense(weights, f"{name}.attention.self.{side}") for side in ("query", "key", "value")]
    return Layer(
        mixing=Dense(np.concatenate([s.weight for s in sides], axis=1), np.concatenate([s.bias for s in sides])),
        mixed=_dense(weights, f"{name}.attention.output.dense"),
        after_mixing=_norm(weights, f"{name}.attention.output.LayerNorm"),
        widening=_dense(weights, f"{name}.intermediate.dense"),
        narrowing=_dense(weights, f"{name}.output.dense"),
        after_widening=_norm(weights, f"{name}.output.LayerNorm"),
    )


def _dense(weights: Mapping[str, Matrix], name: str) -> Dense:
    return Dense(np.ascontiguousarray(weights[f"{name}.weight"].T), weights[f"{name}.bias"])


def _norm(weights: Mapping[str, Matrix], name: str) -> Norm:
    return Norm(weights[f"{name}.weight"], weights[f"{name}.bias"])
