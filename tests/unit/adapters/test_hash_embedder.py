"""Digests as vectors: the same everywhere and for ever, and near each other only when the texts are equal."""

import math
from collections.abc import Sequence

import pytest

from adapters.embeddings.hashing import HashEmbedder


def cosine(one: Sequence[float], other: Sequence[float]) -> float:
    dot = sum(a * b for a, b in zip(one, other, strict=True))
    return dot / (math.hypot(*one) * math.hypot(*other))


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("hello world", [-0.403921568627451, -0.6470588235294117, -0.2941176470588235, 0.23921568627450984]),
        ("", [0.45882352941176463, -0.07450980392156858, 0.09019607843137245]),
    ],
)
async def test_is_the_same_everywhere(text: str, begins: list[float]) -> None:
    vector = await HashEmbedder().embed_query(text)
    assert len(vector) == HashEmbedder().space.dimensions == 64
    assert list(vector[: len(begins)]) == begins


async def test_the_last_number_is_of_the_second_digest() -> None:
    assert (await HashEmbedder().embed_query("hello world"))[63] == 0.9607843137254901


@pytest.mark.parametrize(
    ("other", "likeness"),
    [("hello world", 1.0), ("Hello world", 0.14651954169433237), ("hello world!", -0.11599280706675918)],
)
async def test_only_equal_texts_are_alike(other: str, likeness: float) -> None:
    first, second = await HashEmbedder().embed_documents(["hello world", other])
    assert cosine(first, second) == pytest.approx(likeness, abs=1e-12)
