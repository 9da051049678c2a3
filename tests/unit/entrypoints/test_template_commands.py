"""Templates can be looked at without a database."""

import contextlib
import json
import os
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from domain.errors import Invalid
from domain.values.json import Json
from entrypoints.cli.documents import MOST_BYTES, documents_in
from entrypoints.cli.main import app
from entrypoints.cli.template_words import payload_of, read_choice


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
    assert documents_in([below, single], remark=lambda _: None) == [
        {"title": "a.txt", "content": "one"},
        {"title": "b/two.md", "content": "two"},
        {"title": "three.txt", "content": "three"},
    ]


@pytest.mark.parametrize("content", [b"\x89PNG\xff", b"a\0b", b"x" * (MOST_BYTES + 1)])
def test_refuses_what_is_no_text_or_too_much(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(Invalid, match=r"file|bytes"):
        documents_in([tmp_path / "file"])


@pytest.mark.parametrize(
    "content", [b"\x89PNG\xff", b"a\0b", b"\0" * (MOST_BYTES + 1), b"\xff" * (MOST_BYTES + 1), b" "]
)
def test_one_file_that_is_no_text_keeps_no_other_from_being_read(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a picture").write_bytes(content)
    (tmp_path / "text").write_text("x" * MOST_BYTES if content != b" " else "x")
    remarks: list[str] = []
    (read,) = documents_in([tmp_path], remark=remarks.append)
    assert isinstance(read, dict)
    assert read["title"] == "text"
    assert len(remarks) == 1
    assert "a picture" in remarks[0]
    assert "left out" in remarks[0]


def test_texts_may_not_hold_too_much_together(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"x" * (MOST_BYTES // 2 + 1))
    with pytest.raises(Invalid, match="bytes"):
        documents_in([tmp_path])


def test_a_text_that_is_cut_within_a_letter_is_too_much_and_not_no_text(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" + "é".encode() * (MOST_BYTES // 2 + 1))
    with pytest.raises(Invalid, match="more than"):
        documents_in([tmp_path])


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff"])
def test_refuses_where_there_is_no_text_at_all(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "file").write_bytes(content)
    with pytest.raises(Invalid) as refused:
        documents_in([tmp_path], remark=lambda _: None)
    (fault,) = refused.value.faults
    assert fault.path == ("docs",)
    assert tmp_path.name in fault.message


def test_no_paths_are_no_documents() -> None:
    assert documents_in([]) == []


def test_refuses_what_may_never_end() -> None:
    with pytest.raises(Invalid, match="neither a file nor a pipe"):
        documents_in([Path("/dev/zero")])


def test_reads_from_pipes_and_no_more_than_it_may() -> None:
    for content, is_fine in ((b"from a pipe", True), (b"x" * (MOST_BYTES + 2), False)):
        reader, writer = os.pipe()
        feeding = threading.Thread(target=feed, args=(writer, content))
        feeding.start()
        try:
            if is_fine:
                assert documents_in([Path(f"/dev/fd/{reader}")]) == [{"title": str(reader), "content": "from a pipe"}]
            else:
                with pytest.raises(Invalid, match="more than"):
                    documents_in([Path(f"/dev/fd/{reader}")])
        finally:
            os.close(reader)
            feeding.join()


def feed(writer: int, content: bytes) -> None:
    with contextlib.suppress(BrokenPipeError), os.fdopen(writer, "wb") as pipe:
        pipe.write(content)


def test_names_of_files_that_spell_nothing_become_titles_that_can_be_kept(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.txt")).write_text("one")
    assert documents_in([tmp_path]) == [{"title": "bad\ufffd.txt", "content": "one"}]


NO_ACCOUNT_IS_NEEDED_FOR = {
    "no such template": (("no-rag", "--ask", "Why?"), 5, "template not found"),
    "a parameter that is wrong": (("simple-rag", "--ask", "Why?", "--param", "topK=0"), 3, "params.topK"),
    "no parameter at all": (("simple-rag", "--ask", "Why?", "--param", "topK"), 3, "name=value"),
    "a blank question": (("simple-rag", "--ask", " "), 3, "ask: The question is blank"),
    "a name that spells nothing": (("simple-rag", "--ask", "Why?", "--name", "bad\udcff"), 3, "name: Must be text"),
    "a question that spells nothing": (("simple-rag", "--ask", "Why\udcff"), 3, "ask: Must be text"),
    "a name that is too long": (("simple-rag", "--ask", "Why?", "--name", "x" * 256), 3, "name: String must"),
}


@pytest.mark.parametrize("why", NO_ACCOUNT_IS_NEEDED_FOR)
def test_refuses_before_anything_is_opened_or_made(why: str, tmp_path: Path) -> None:
    """Whatever got as far as a REX would make one."""
    words, code, message = NO_ACCOUNT_IS_NEEDED_FOR[why]
    done = CliRunner().invoke(app, ["template", "run", *words], env={"REX_DATA_DIR": str(tmp_path / "none")})
    assert done.exit_code == code
    assert message in " ".join(done.stderr.split())
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("path", ["documents", "documents.question"])
def test_refuses_a_question_in_the_place_of_the_documents(path: str, tmp_path: Path) -> None:
    (tmp_path / "one.md").write_text("one")
    words = ("simple-rag", "--ask", "Why?", "--docs", str(tmp_path), "--param", f"queryPath={path}")
    done = CliRunner().invoke(app, ["template", "run", *words], env={"REX_DATA_DIR": str(tmp_path / "none")})
    assert done.exit_code == 3
    assert "params.queryPath" in done.stderr


def test_a_question_may_be_anywhere_else() -> None:
    params = read_choice("simple-rag", "", ["queryPath=body.question"]).params
    documents: list[Json] = [{"title": "one", "content": "one"}]
    assert payload_of(params, "Why?", documents) == {"body": {"question": "Why?"}, "documents": documents}
