"""Every document gets through by itself or fails by itself."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from application.knowledge import ingest_documents
from application.knowledge.cutting import Cut, Uncut, cut_all
from application.ports.ingestion_journal import DocumentClaim
from domain.errors import Unavailable
from domain.ids import DocumentId
from domain.knowledge.chunking import Chunking
from domain.knowledge.document import DocumentStatus, Stage
from domain.knowledge.embedding_space import EmbeddingSpace
from domain.knowledge.errors import EmbeddingRefused, EmbeddingUnavailable
from domain.knowledge.patience import LONGEST_WAIT, MOST_POSTPONED, wait_before
from tests.unit.application.knowledge.desk import Desk

LONG = " ".join(f"word{each}" for each in range(2000))


async def test_makes_documents_searchable_many_at_a_time() -> None:
    desk = Desk()
    documents = await desk.brings("one", "two", "three")
    await desk.ingest(await desk.claims())
    assert desk.statuses(documents) == ["ready"] * 3
    assert desk.embedder.calls == [["one", "two", "three"]]
    chunk = desk.row(documents[1]).published[0]
    assert (chunk.text, chunk.vector, chunk.token_count) == ("two", [3.0], 1)
    assert chunk.metadata == {"start": 0, "end": 3, "sourceStart": 0, "sourceEnd": 3}
    assert desk.sees(documents[0]).title == "Bread"


async def test_one_that_cannot_be_embedded_fails_alone_and_says_why() -> None:
    desk = Desk()
    documents = await desk.brings("one", "poison", "three")
    desk.embedder.raising["poison"] = EmbeddingRefused("The model takes no poison")
    await desk.ingest(await desk.claims())
    assert desk.statuses(documents) == ["ready", "failed", "ready"]
    failed = desk.sees(documents[1])
    assert (failed.stage, failed.error) == (Stage.EMBED, "The model takes no poison")


async def test_one_that_cannot_be_indexed_fails_alone_without_telling_people_about_our_insides() -> None:
    desk = Desk()
    documents = await desk.brings("one", "poison", "three")
    desk.index.poison, desk.index.defect = "poison", KeyError("inside")
    await desk.ingest(await desk.claims())
    assert desk.statuses(documents) == ["ready", "failed", "ready"]
    assert desk.sees(documents[1]).error == "Internal error (KeyError)"
    assert [message for _, message, _ in desk.log.lines] == ["a document failed"]


async def test_a_blank_one_fails_before_it_is_embedded() -> None:
    desk = Desk()
    documents = await desk.brings("\ufeff \n", "two")
    await desk.ingest(await desk.claims())
    assert desk.statuses(documents) == ["failed", "ready"]
    assert (desk.sees(documents[0]).stage, desk.sees(documents[0]).error) == (Stage.EXTRACT, "The document is blank")


@pytest.mark.parametrize("text", ["one", LONG], ids=["short", "long"])
async def test_each_stage_is_on_record_from_its_beginning(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(portion=4)
    [document_id] = await desk.brings(text)
    seen = list[Stage]()

    def look(_: object = None) -> None:
        seen.append(desk.sees(document_id).stage)

    def cut(claims: Sequence[DocumentClaim]) -> Sequence[Cut | Uncut]:
        look()
        return cut_all(claims)

    monkeypatch.setattr(ingest_documents, "cut_all", cut)
    desk.embedder.before = desk.index.before_publishing = look
    claims = await desk.claims()
    look()
    await desk.ingest(claims)
    look()
    assert list(dict.fromkeys(seen)) == [Stage.EXTRACT, Stage.CHUNK, Stage.EMBED, Stage.INDEX, Stage.READY]


async def test_a_stage_is_noted_for_many_documents_at_once() -> None:
    desk = Desk()
    await desk.brings(*(f"text {each}" for each in range(40)))
    await desk.ingest(await desk.claims())
    assert [(stage, count) for stage, count in desk.journal.notes] == [
        (Stage.CHUNK, 40),
        (Stage.EMBED, 40),
        (Stage.INDEX, 40),
    ]


async def test_waits_for_an_embedder_that_is_not_there() -> None:
    desk = Desk()
    documents = await desk.brings("one", "two")
    desk.embedder.raising[""] = EmbeddingUnavailable("no connection")
    await desk.ingest(await desk.claims())
    assert desk.statuses(documents) == ["pending", "pending"]
    assert desk.embedder.calls == [["one", "two"]]
    assert {desk.sees(each).error for each in documents} == {"no connection"}
    desk.embedder.raising.clear()
    assert await desk.claims() == []
    desk.clock.advance(wait_before(0))
    await desk.ingest(await desk.claims())
    assert desk.statuses(documents) == ["ready", "ready"]
    assert {desk.sees(each).error for each in documents} == {None}


async def test_one_that_the_embedder_has_no_answer_to_waits_alone() -> None:
    desk = Desk(lanes=1)
    documents = await desk.brings(*(f"good {each}" for each in range(20)), "poison", LONG, "last")
    desk.embedder.raising["poison"] = EmbeddingUnavailable("status 500")
    await desk.ingest(await desk.claims())
    assert desk.statuses(documents) == [*["ready"] * 20, "pending", "ready", "ready"]
    assert desk.sees(documents[20]).error == "status 500"


async def test_when_the_embedder_goes_away_in_the_middle_all_that_is_left_waits() -> None:
    desk = Desk(lanes=1, portion=4)
    documents = await desk.brings("one", "poison", "three", "four", LONG)
    desk.embedder.raising["poison"] = EmbeddingUnavailable("status 500")

    def gone_after_that(texts: Sequence[str]) -> None:
        if texts == ["poison"]:
            desk.embedder.raising[""] = EmbeddingUnavailable("no connection")

    desk.embedder.before = gone_after_that
    await desk.ingest(await desk.claims())
    assert desk.statuses(documents) == ["ready", *["pending"] * 4]
    assert desk.embedder.calls[-1] == ["poison"]


async def test_after_an_outage_as_many_are_embedded_together_as_before() -> None:
    desk = Desk()
    waited = await desk.brings("one", "two")
    desk.embedder.raising[""] = EmbeddingUnavailable("no connection")
    for _ in range(5):
        await desk.ingest(await desk.claims())
        desk.clock.advance(LONGEST_WAIT)
    fresh = await desk.brings("three")
    desk.embedder.raising.clear()
    desk.embedder.calls.clear()
    await desk.ingest(await desk.claims())
    assert desk.statuses([*waited, *fresh]) == ["ready"] * 3
    assert sorted(desk.embedder.calls) == [["one", "two"], ["three"]]


async def test_those_that_got_through_one_by_one_do_not_wait_for_one_that_is_not_answered() -> None:
    desk = Desk()
    documents = await desk.brings("one", "refused", "unanswered", "four")
    desk.embedder.raising["refused"] = EmbeddingRefused("The model takes no such text")
    desk.embedder.raising["unanswered"] = EmbeddingUnavailable("status 500")
    await desk.ingest(await desk.claims())
    assert desk.statuses(documents) == ["ready", "failed", "pending", "ready"]


async def test_even_a_slow_embedder_that_answers_to_nobody_comes_to_the_end_of_all_that_wait() -> None:
    desk = Desk(turn_seconds=1.5)
    documents = await desk.brings(*(f"poison {each}" for each in range(20)))
    desk.embedder.taking = timedelta(seconds=1)
    desk.embedder.raising["poison"] = EmbeddingUnavailable("status 500")
    turns = 0
    while set(desk.statuses(documents)) != {"failed"} and turns < 1000:
        await desk.ingest(await desk.claims())
        desk.clock.advance(LONGEST_WAIT)
        turns += 1
    assert desk.statuses(documents) == ["failed"] * 20


async def test_a_long_one_that_the_embedder_never_answers_holds_no_other_long_one_back() -> None:
    desk = Desk(portion=4, lanes=1)
    documents = await desk.brings(f"poison {LONG}", LONG)
    desk.embedder.raising["poison"] = EmbeddingUnavailable("status 500")
    await desk.ingest(await desk.claims())
    desk.clock.advance(wait_before(0))
    await desk.ingest(await desk.claims())
    assert desk.statuses(documents) == ["pending", "ready"]


async def test_a_new_one_does_not_wait_as_long_as_one_that_has_waited_often() -> None:
    desk = Desk()
    [old] = await desk.brings("poison")
    desk.embedder.raising["o"] = EmbeddingUnavailable("no connection")
    for _ in range(5):
        await desk.ingest(await desk.claims())
        desk.clock.advance(LONGEST_WAIT)
    [new] = await desk.brings("one")
    await desk.ingest(await desk.claims())
    desk.embedder.raising.clear()
    desk.clock.advance(wait_before(0))
    await desk.ingest(await desk.claims())
    assert desk.statuses([old, new]) == ["pending", "ready"]


async def test_does_not_wait_for_ever() -> None:
    desk = Desk()
    [document_id] = await desk.brings("one")
    desk.embedder.raising["one"] = EmbeddingUnavailable("no connection")
    for _ in range(MOST_POSTPONED):
        await desk.ingest(await desk.claims())
        assert desk.sees(document_id).status is DocumentStatus.PENDING
        desk.clock.advance(LONGEST_WAIT)
    await desk.ingest(await desk.claims())
    assert (desk.sees(document_id).status, desk.sees(document_id).error) == (DocumentStatus.FAILED, "no connection")


async def test_a_long_one_appears_as_a_whole_and_is_not_begun_anew() -> None:
    desk = Desk(portion=4, turn_seconds=2.5)
    [document_id] = await desk.brings(LONG)
    desk.embedder.taking = timedelta(seconds=1)
    turns = 0
    while (claims := await desk.claims()) and turns < 20:
        assert desk.row(document_id).published == {}
        await desk.ingest(claims)
        turns += 1
    row = desk.row(document_id)
    assert (row.document.status, row.staged) == (DocumentStatus.READY, {})
    assert list(row.published) == list(range(len(row.published)))
    assert len(row.published) > 8
    assert turns > 1
    embedded = [text for call in desk.embedder.calls for text in call]
    assert len(embedded) == len(set(embedded)) == len(row.published)


async def test_a_long_one_gets_on_in_each_turn_however_long_it_takes_to_cut_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = Desk(portion=4, turn_seconds=1.5)
    [document_id] = await desk.brings(LONG)
    desk.embedder.taking = timedelta(seconds=1)

    def slowly(claims: Sequence[DocumentClaim]) -> Sequence[Cut | Uncut]:
        desk.clock.advance(timedelta(seconds=3))
        return cut_all(claims)

    monkeypatch.setattr(ingest_documents, "cut_all", slowly)
    await desk.ingest(await desk.claims())
    assert len(desk.row(document_id).staged) == 3 * 4


async def half_staged(desk: Desk) -> DocumentId:
    [document_id] = await desk.brings(LONG)
    desk.embedder.taking = timedelta(seconds=1)
    await desk.ingest(await desk.claims())
    assert desk.row(document_id).staged
    desk.embedder.taking = timedelta(0)
    return document_id


async def test_a_long_one_is_begun_anew_when_the_embedder_is_another_meanwhile() -> None:
    desk = Desk(portion=4, turn_seconds=1.5)
    document_id = await half_staged(desk)
    desk.embedder.calls.clear()
    desk.embedder.space = EmbeddingSpace("widths", 1)
    await desk.ingest(await desk.claims())
    embedded = [text for call in desk.embedder.calls for text in call]
    assert [chunk.text for chunk in desk.row(document_id).published.values()] == embedded


async def test_a_long_one_is_begun_anew_when_it_is_to_be_cut_in_another_way_meanwhile() -> None:
    desk = Desk(portion=4, turn_seconds=1.5)
    document_id = await half_staged(desk)
    another = Chunking(size=500, overlap=0)
    corpus_id = desk.sees(document_id).corpus_id
    desk.store.rows.corpora[corpus_id] = replace(desk.store.rows.corpora[corpus_id], chunking=another)
    await desk.ingest(await desk.claims())
    published = desk.row(document_id).published
    assert [published[index].text for index in sorted(published)] == [each.text for each in another.cut(LONG)]


async def test_a_long_one_does_not_hold_back_the_short_ones_beside_it() -> None:
    desk = Desk(portion=4, turn_seconds=0.5)
    documents = await desk.brings(LONG, "short")
    desk.embedder.taking = timedelta(seconds=1)
    await desk.ingest(await desk.claims())
    assert desk.statuses(documents) == ["pending", "ready"]


async def test_whoever_deleted_or_replaced_a_document_meanwhile_has_the_last_word() -> None:
    desk = Desk()
    gone, stays = await desk.brings("one", "two")
    claims = await desk.claims()
    del desk.store.rows.documents[gone]
    await desk.ingest(claims)
    assert gone not in desk.store.rows.documents
    assert desk.statuses([stays]) == ["ready"]


async def test_an_outage_of_the_store_is_for_the_caller_to_bear() -> None:
    desk = Desk()
    await desk.brings("one")
    claims = await desk.claims()
    desk.store.is_down = True
    with pytest.raises(Unavailable):
        await desk.ingest(claims)


def test_waits_twice_as_long_each_time_but_never_very_long() -> None:
    waits = [wait_before(each).total_seconds() for each in range(10)]
    assert waits[:4] == [2, 4, 8, 16]
    assert waits[-1] == LONGEST_WAIT.total_seconds()
