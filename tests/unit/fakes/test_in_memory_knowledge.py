"""A bounded memory says no instead of forgetting."""

from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from application.ports.knowledge import Ingested, Ingestion, NewText, Search, SearchMode
from domain.ids import ExecutionId, UserId, WorkflowId
from tests.fakes.in_memory_knowledge import InMemoryKnowledge
from tests.fakes.text_windows import OVERLAP, WINDOW, windows_of

ADA, BOB = UserId(uuid4()), UserId(uuid4())
WORKFLOW = WorkflowId(uuid4())


async def kept(knowledge: InMemoryKnowledge, owner: UserId, text: str) -> Ingested:
    texts = [NewText(title="T", text=text)]
    ingestion = Ingestion(owner_id=owner, workflow_id=WORKFLOW, execution_id=ExecutionId(uuid4()), texts=texts)
    return (await knowledge.ingest(ingestion))[0]


async def test_each_owner_has_so_much_room_and_all_together_too() -> None:
    knowledge = InMemoryKnowledge(capacity=30, owner_capacity=20)
    assert (await kept(knowledge, ADA, "a" * 20)).status == "ready"
    refused = await kept(knowledge, ADA, "b")
    assert (refused.status, refused.chunk_count) == ("failed", 0)
    assert refused.error is not None
    assert "no room" in refused.error
    assert (await kept(knowledge, BOB, "c" * 11)).status == "failed"
    assert (await kept(knowledge, BOB, "c" * 10)).status == "ready"


async def test_what_was_there_stays_when_there_is_no_room() -> None:
    knowledge = InMemoryKnowledge(capacity=20)
    await kept(knowledge, ADA, "first")
    await kept(knowledge, ADA, "second" * 10)
    assert (await kept(knowledge, ADA, "first")).is_known
    assert [each.content for each in (await knowledge.search(Search(owner_id=ADA, query="first"))).matches] == ["first"]


async def test_words_are_found_by_their_exact_form_only_but_their_shape_forgives() -> None:
    knowledge = InMemoryKnowledge()
    await kept(knowledge, ADA, "Sourdough bread rises overnight.")
    found = {
        mode: len((await knowledge.search(Search(owner_id=ADA, query="sourdoughs", mode=mode))).matches)
        for mode in SearchMode
    }
    assert found == {SearchMode.LEXICAL: 0, SearchMode.DENSE: 1, SearchMode.HYBRID: 1}


def test_windows_overlap_and_end_with_the_text() -> None:
    text = "".join(chr(ord("a") + each % 26) for each in range(2600))
    assert windows_of(text) == [text[:1200], text[1000:2200], text[2000:]]
    assert windows_of(text[:WINDOW]) == [text[:WINDOW]]


@given(st.text(alphabet="ab \n", max_size=6000))
def test_windows_lose_nothing(text: str) -> None:
    whole = " ".join(text.split())
    pieces = windows_of(text)
    assert bool(pieces) is bool(whole)
    assert all(piece in whole and len(piece) <= WINDOW for piece in pieces)
    assert sum(map(len, pieces)) >= len(whole)
    assert len(whole) <= WINDOW or all(len(piece) > OVERLAP - 2 for piece in pieces[:-1])
