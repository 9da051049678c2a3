"""`rex template`: from documents and a question to an answer with its sources, in one command."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.person import Person
from tests.live import LiveRex

AS_ADA = ("--as", "ada@example.com")
ASK = ("--ask", "How long do we keep invoices?")


@pytest.fixture(scope="module")
def rex() -> Iterator[LiveRex]:
    with LiveRex.fresh() as rex:
        Person(rex.url)
        yield rex


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "retention.md").write_text("Invoices are kept for ten years.")
    (tmp_path / "travel.txt").write_text("Journeys by train are booked by the office.")
    (tmp_path / ".hidden").write_bytes(b"\xff\xfe")
    return tmp_path


def test_answers_a_question_from_documents(rex: LiveRex, docs: Path) -> None:
    done = rex.cli("template", "run", "simple-rag", "--docs", str(docs), *ASK, *AS_ADA)
    assert done.returncode == 0, done.stderr
    answer, source = done.stdout.strip().split("\n\n")
    assert answer.startswith("Invoices are kept for ten years. [1]")
    assert source.startswith("[1] rules/retention.md")
    assert "no Gemini key" in " ".join(done.stderr.split())


def test_answers_in_a_new_rex_where_nobody_has_an_account_and_finds_that_account_again(docs: Path) -> None:
    with LiveRex.fresh() as new:
        missing = new.cli("template", "create", "simple-rag")
        assert missing.returncode == 5
        assert "rex user create" in " ".join(missing.stderr.split())
        first, second = (new.cli("template", "run", "simple-rag", "--docs", str(docs), *ASK) for _ in range(2))
        for done in (first, second):
            assert done.returncode == 0, done.stderr
            assert done.stdout.startswith("Invoices are kept for ten years. [1]")
        assert "with the password" in first.stderr
        assert "with the password" not in second.stderr
        Person(new.url)
        several = new.cli("template", "create", "simple-rag")
        assert several.returncode == 3
        assert "--as EMAIL" in several.stderr


def test_answers_where_there_is_no_rex_yet(docs: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="rex-test-") as place:
        Path(place).chmod(0o711)
        none = LiveRex(Path(place) / "new")
        refused = none.cli("template", "create", "simple-rag")
        assert refused.returncode == 10
        assert not none.data_dir.exists()
        done = none.cli("template", "run", "simple-rag", "--docs", str(docs), *ASK)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("Invoices are kept for ten years. [1]")
        said = " ".join(done.stderr.split())
        assert "so one is made" in said
        assert "with the password" in said
        assert none.data_dir.is_dir()


def test_gives_scripts_the_whole_record(rex: LiveRex, docs: Path) -> None:
    words = ("template", "run", "corrective-rag", "--docs", str(docs), *ASK, "--param", "queryPath=body.q", *AS_ADA)
    done = rex.cli(*words, "-o", "json")
    record = json.loads(done.stdout)
    assert (done.returncode, record["status"]) == (0, "completed")
    assert record["triggerPayload"]["body"] == {"q": ASK[1]}


def test_makes_a_workflow_without_running_it(rex: LiveRex) -> None:
    words = ("template", "create", "self-rag", "--name", "Mine", "--param", "topK=3", *AS_ADA, "-o", "json")
    made = json.loads(rex.cli(*words).stdout)
    shown = Person(rex.url).asks("GET", f"/api/workflows/{made['id']}").json()["data"]
    assert (shown["name"], shown["sourceTemplateId"]) == ("Mine", "self-rag")
    assert shown["sourceTemplateParams"]["topK"] == 3


def test_says_all_that_is_wrong_with_parameters(rex: LiveRex) -> None:
    wrong = rex.cli("template", "create", "simple-rag", "--param", "topK=many", "--param", "top=3", *AS_ADA)
    assert wrong.returncode == 3
    assert "params.topK" in wrong.stderr
    assert "params.top:" in wrong.stderr
