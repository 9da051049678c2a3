"""Templates can be looked at without a database."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from domain.errors import Invalid
from entrypoints.cli.documents import MOST_BYTES, documents_in
from entrypoints.cli.main import app


def test_lists_all_for_scripts() -> None:
    listed = json.loads(CliRunner().invoke(app, ["template", "list", "-o", "json"]).stdout)
    assert len(listed) == 12
    assert listed[0]["graph"] == {"nodes": 5, "edges": 4}


def test_lists_and_shows_for_people() -> None:
    assert "hyde-retrieval" in CliRunner().invoke(app, ["template", "list"]).stdout
    shown = CliRunner().invoke(app, ["template", "show", "corrective-rag"]).stdout
    assert "Corrective Answer" in shown
    assert "fail" in shown


def test_says_that_there_is_no_such_template() -> None:
    assert CliRunner().invoke(app, ["template", "show", "no-rag"]).exit_code == 5


def test_reads_files_and_what_is_below_directories(tmp_path: Path) -> None:
    below = tmp_path / "all"
    (below / "b").mkdir(parents=True)
    (below / "b" / "two.md").write_text("\ufefftwo")
    (below / "a.txt").write_text(" one ")
    (below / "empty.txt").write_text(" ")
    (below / ".git").mkdir()
    (below / ".git" / "hidden").write_bytes(b"\xff")
    single = tmp_path / "three.txt"
    single.write_text("three")
    assert documents_in([below, single]) == [
        {"title": "a.txt", "content": "one"},
        {"title": "b/two.md", "content": "two"},
        {"title": "three.txt", "content": "three"},
    ]


@pytest.mark.parametrize("content", [b"\x89PNG\xff", b"a\0b", b"x" * (MOST_BYTES + 1)])
def test_refuses_what_is_no_text_or_too_much(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(Invalid, match=r"file|bytes"):
        documents_in([tmp_path])
