"""Documents get through, whatever dies on the way, and are found as a whole or not at all."""

import itertools
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.person import Person
from tests.live import LiveRex

MANY, LONG_ONES = 30, 8
MODES = ("hybrid", "dense", "lexical")
REFUNDS = "# Refunds Refunds are paid within seven days."
FERRIES, VISAS = "# Ferries The ferry leaves at seven.", "Visas are extended at the town hall."
LONG = " ".join(f"word{each % 997}" for each in range(60_000))


def collects(ada: Person) -> str:
    corpus: str = ada.asks("POST", "/api/knowledge/corpora", {"name": "Manuals"}).json()["data"]["id"]
    return corpus


def brings(ada: Person, corpus: str, title: str, text: str) -> str:
    body = {"corpusId": corpus, "title": title, "contentText": text}
    answer = ada.asks("POST", "/api/knowledge/documents/ingest", body)
    assert answer.status_code == 202, answer.text
    document: str = answer.json()["data"]["documentId"]
    return document


def counts(ada: Person, corpus: str) -> dict[str, int]:
    seen: dict[str, int] = ada.asks("GET", f"/api/knowledge/corpora/{corpus}").json()["data"]["documentCounts"]
    return seen


def waits(ada: Person, corpus: str, documents: int, *, within: float = 60) -> dict[str, int]:
    deadline = time.monotonic() + within
    while (seen := counts(ada, corpus))["ready"] + seen["failed"] < documents:
        assert time.monotonic() < deadline, seen
        time.sleep(0.05)
    return seen


def all_of(ada: Person, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    page = ada.asks("GET", f"{path}?limit=100").json()
    while True:
        found += page["data"]
        if "nextCursor" not in page["meta"]:
            return found
        page = ada.asks("GET", f"{path}?limit=100&cursor={page['meta']['nextCursor']}").json()


def finds(ada: Person, corpus: str, mode: str, query: str = REFUNDS) -> list[str]:
    """The titles of what is found, best first."""
    answer = ada.asks("POST", "/api/knowledge/query", {"query": query, "corpusId": corpus, "mode": mode})
    assert answer.status_code == 200, answer.text
    data = answer.json()["data"]
    assert "warnings" not in data
    return [match["title"] for match in data["matches"]]


@contextmanager
def searching(ada: Person, corpus: str) -> Iterator[list[list[str]]]:
    """All the while, in all modes; what was found so far."""
    seen, is_over = list[list[str]](), threading.Event()

    def search() -> None:
        for mode in itertools.cycle(MODES):
            if is_over.is_set():
                return
            seen.append(finds(ada, corpus, mode))

    with ThreadPoolExecutor(1) as elsewhere:
        searches = elsewhere.submit(search)
        try:
            yield seen
        finally:
            is_over.set()
        searches.result()


def test_every_document_gets_through_although_rex_is_killed_in_the_middle() -> None:
    with LiveRex.fresh(RATE_LIMIT_MAX="1000000") as rex:
        ada = Person(rex.url)
        corpus = collects(ada)
        notes = [brings(ada, corpus, f"Note {each}", f"Note {each} about rye.") for each in range(MANY)]
        long_ones = [brings(ada, corpus, f"Long {each}", f"{each} {LONG}") for each in range(LONG_ONES)]
        brought = {*notes, *long_ones}
        before = counts(ada, corpus)
        rex.kill()
        rex.start()
        assert 0 < before["ready"] < len(brought), "it was killed too early or too late to show anything"
        assert waits(ada, corpus, len(brought)) == {"pending": 0, "processing": 0, "ready": len(brought), "failed": 0}
        documents = {each["id"]: each for each in all_of(ada, f"/api/knowledge/corpora/{corpus}/documents")}
        assert set(documents) == brought
        assert {documents[each]["chunkCount"] for each in notes} == {1}
        for each in long_ones:
            chunks = all_of(ada, f"/api/knowledge/documents/{each}/chunks")
            assert [chunk["chunkIndex"] for chunk in chunks] == list(range(documents[each]["chunkCount"]))
            assert len(chunks) > 400


def test_a_run_goes_on_while_documents_are_worked_off() -> None:
    with LiveRex.fresh(RATE_LIMIT_MAX="1000000") as rex:
        ada = Person(rex.url)
        corpus = collects(ada)
        for each in range(3):
            brings(ada, corpus, f"Long {each}", f"{each} {LONG}")
        drawing = json.loads((Path(__file__).parents[2] / "examples" / "route-orders.json").read_text())
        run = ada.starts(ada.draws(drawing), {"order": {"id": "A-1", "total": 900}})
        assert ada.follows(run, within=20)["status"] == "completed"
        assert waits(ada, corpus, 3)["ready"] == 3


def test_files_become_searchable_and_searches_survive_another_embedder(tmp_path: Path) -> None:
    (tmp_path / "rates.csv").write_text("city,rate\nLisbon,12\nOslo,31\n")
    (tmp_path / "refunds.md").write_text("# Refunds\n\nRefunds are paid within seven days.\n")
    (tmp_path / "empty.txt").write_text(" \n")
    with LiveRex.fresh(RATE_LIMIT_MAX="1000000") as rex:
        ada = Person(rex.url)
        corpus, mine = collects(ada), ("--as", ada.email, "-o", "json")
        put = rex.cli("corpus", "ingest", corpus, *map(str, sorted(tmp_path.iterdir())), *mine)
        fates = {Path(each["file"]).name: each["status"] for each in json.loads(put.stdout)}
        assert (put.returncode, fates) == (1, {"rates.csv": "ready", "refunds.md": "ready", "empty.txt": "failed"})
        before = {mode: finds(ada, corpus, mode) for mode in MODES}
        assert all(titles[0].startswith("refunds") for titles in before.values())
        rex.set(REX_EMBEDDER="hash")
        with searching(ada, corpus) as seen:
            moved = json.loads(rex.cli("corpus", "reembed", corpus, *mine).stdout)
        assert moved == {"embeddingModel": "rex-hash-v1", "dimensions": 64, "made": 2}
        assert len(seen) > len(MODES)
        assert all(titles[0].startswith("refunds") for titles in seen)
        for mode in MODES:
            assert finds(ada, corpus, mode)[0].startswith("refunds")
        brings(ada, corpus, "visas", VISAS)
        (tmp_path / "ferries.md").write_text("# Ferries\n\nThe ferry leaves at seven.\n")
        assert rex.cli("corpus", "ingest", corpus, str(tmp_path / "ferries.md"), *mine).returncode == 0
        assert waits(ada, corpus, 4)["ready"] == 4
        shown = ada.asks("GET", f"/api/knowledge/corpora/{corpus}").json()["data"]
        assert (shown["embeddingModel"], shown["status"]) == ("rex-hash-v1", "ready")
        for mode, (title, query) in itertools.product(MODES, (("visas", VISAS), ("ferries.md", FERRIES))):
            assert finds(ada, corpus, mode, query)[0] == title
        assert len(finds(ada, corpus, "dense", "anything")) == 4
