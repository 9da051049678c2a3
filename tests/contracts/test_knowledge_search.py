"""What a search finds, and in which order."""

from collections.abc import Sequence
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.postgres.database import Database
from application.ports.knowledge import Search, SearchMode
from domain.ids import ChunkId, CorpusId, ExecutionId, WorkflowId
from domain.knowledge.conditions import Comparison, Condition, Plain
from domain.knowledge.explanation import ChunkReport, Verdict
from domain.knowledge.scope import EVERYWHERE, Scope, ScopeType
from domain.values.json import JsonObject
from tests.contracts.conftest import postgres
from tests.contracts.libraries import Library, Reader, fake_library, postgres_library
from tests.contracts.scenes import a_scene


@pytest.fixture(params=["fake", "postgres", "postgres in segments and graphs"])
def library(request: pytest.FixtureRequest, database: Database) -> Library:
    if request.param == "fake":
        return fake_library()
    if request.param == "postgres":
        return postgres_library(database)
    return postgres_library(database, segment_from=2, graph_more_than=0, read_through=1)


@pytest.fixture
async def reader(library: Library) -> Reader:
    return await library.reader()


async def test_ranks_by_how_much_of_the_query_is_said(reader: Reader) -> None:
    await reader.read("wine from the valley")
    await reader.read("the price of red wine")
    await reader.read("red bricks and red tiles for the roof of a house on a hill")
    assert (await reader.texts("price of red wine"))[0] == "the price of red wine"


async def test_finds_words_in_other_forms(reader: Reader) -> None:
    await reader.read("Die Häuser wurden mit neuen Dächern versehen, und das Haus daneben auch.")
    await reader.read("The engines were running hotter than they should have been.")
    assert len(await reader.texts("Haus")) == 1
    assert len(await reader.texts("engine runs hot")) == 1


async def test_finds_writing_without_spaces(reader: Reader) -> None:
    await reader.read("東京都の天気は晴れです")
    await reader.read("京都の紅葉")
    assert await reader.texts("東京") == ["東京都の天気は晴れです"]
    assert len(await reader.texts("紅")) == 1


async def test_finds_by_title(reader: Reader) -> None:
    await reader.read("It is due on the first of the month.", title="Rent")
    assert len(await reader.texts("rent")) == 1


async def test_reads_titles_in_the_language_of_their_texts(library: Library, reader: Reader) -> None:
    await reader.read("It is sold with a handle of ash and cuts weeds at the root.", title="Garden hoe")
    await reader.read("Die Miete darf um höchstens zwanzig Prozent steigen.", title="Mieterhöhungen")
    for query, term in (("garden hoes", "hoe"), ("Mieterhöhung", "mieterhoh")):
        (match,) = await reader.found(query)
        told = await library.explanations.explain(Search(owner_id=reader.id, query=query), match.chunk_id)
        assert told.chunk is not None
        assert term in told.chunk.terms


@pytest.mark.parametrize("word", ["door", "hat", "van", "hoe", "son", "die", "men", "word", "comment", "pour", "den"])
async def test_finds_what_is_a_stop_word_in_some_other_language(reader: Reader, word: str) -> None:
    await reader.read(f"There is a {word} in the story, and this is all that it is about.", title="-")
    await reader.read("In the other story there is none of these.", title="-")
    for mode in SearchMode:
        assert word in (await reader.found(word, mode=mode))[0].content


@pytest.mark.parametrize("mode", SearchMode)
async def test_finds_nothing_of_others(library: Library, reader: Reader, mode: SearchMode) -> None:
    await reader.read("a secret about foxes")
    other = await library.reader()
    assert await other.found("secret foxes", mode=mode) == []
    assert await other.found("secret foxes", Scope(corpus_id=reader.corpora[0]), mode=mode) == []
    assert await other.found("secret foxes", Scope(corpus_id=CorpusId(uuid4())), mode=mode) == []


@pytest.mark.parametrize("mode", SearchMode)
async def test_says_where_a_chunk_stood_in_each_leg(reader: Reader, mode: SearchMode) -> None:
    await reader.read("a red fox", "a grey wolf")
    best = (await reader.found("red fox", mode=mode))[0]
    assert best.content == "a red fox"
    assert best.chunk_index == 0
    assert best.metadata["start"] == 0
    legs = {"dense", "lexical"} if mode is SearchMode.HYBRID else {mode.value}
    assert set(best.components) == legs
    assert {component.rank for component in best.components.values()} == {1}
    if "dense" in legs:
        assert best.components["dense"].score == pytest.approx(1.0, abs=0.01)


async def test_finds_what_is_misspelled_by_what_is_spelled_alike(reader: Reader) -> None:
    await reader.read("The warranty covers the transmission.")
    await reader.read("Nothing of that is here.")
    assert (await reader.found("transmision", mode=SearchMode.HYBRID))[0].content.startswith("The warranty")
    assert await reader.found("transmision") == []


@pytest.mark.parametrize("query", ["", " ", "the", "…", "\0", "\ud800", "' OR 1=1 --", "a" * 5000])
async def test_bears_any_query(reader: Reader, query: str) -> None:
    await reader.read("a red fox")
    for mode in SearchMode:
        await reader.found(query, mode=mode)


WORDS = ["fox", "wolf", "bear", "hare", "lynx", "owl"]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(texts=st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), min_size=1, max_size=12))
async def test_a_larger_answer_begins_with_the_smaller_one(library: Library, texts: list[list[str]]) -> None:
    reader = await library.reader()
    for each in texts:
        await reader.read(" ".join(each))
    for mode in SearchMode:
        answers = [await reader.found("fox bear owl", top_k=top_k, mode=mode) for top_k in (1, 3, 50)]
        ids = [[match.chunk_id for match in answer] for answer in answers]
        assert all(len(found) <= top_k for found, top_k in zip(ids, (1, 3, 50), strict=True))
        assert all(found == ids[-1][: len(found)] for found in ids)
        scores = [match.score for match in answers[-1]]
        assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("mode", [SearchMode.DENSE, SearchMode.HYBRID])
async def test_a_text_that_says_nothing_is_near_nothing(reader: Reader, mode: SearchMode) -> None:
    await reader.read("-- ... --", "fox", "§§ !! ??", metadata={"mark": 1})
    for where in ([], [Condition(("mark",), Comparison.EQUALS, [1])]):
        assert [match.content for match in await reader.found("fox", mode=mode, where=where)] == ["fox"]


async def test_looks_where_the_scope_says(database: Database, library: Library) -> None:
    scene = await a_scene(postgres(database))
    run = await scene.accept()
    reader = Reader(library, scene.owner.id)
    workflow_id, execution_id = scene.workflow.id, run.id
    scopes = {
        "user": Scope(type=ScopeType.USER),
        "of both": Scope(type=ScopeType.USER, workflow_id=workflow_id, execution_id=execution_id),
        "workflow": Scope(type=ScopeType.WORKFLOW, workflow_id=workflow_id),
        "execution": Scope(type=ScopeType.EXECUTION, execution_id=execution_id),
    }
    for name, scope in scopes.items():
        await reader.corpus(scope)
        await reader.read(f"fox {name}", title="-")

    async def found(**wanted: object) -> set[str]:
        return {text.removeprefix("fox ") for text in await reader.texts("fox", Scope(**wanted))}  # type: ignore[arg-type]

    strange = WorkflowId(uuid4())
    assert await found() == set(scopes)
    assert await found(corpus_id=reader.corpora[0]) == {"user"}
    assert await found(type=ScopeType.USER) == {"user", "of both"}
    assert await found(type=ScopeType.USER, workflow_id=workflow_id) == {"of both"}
    assert await found(type=ScopeType.WORKFLOW, workflow_id=workflow_id) == {"workflow"}
    assert await found(type=ScopeType.WORKFLOW, workflow_id=strange) == set()
    ignored = ExecutionId(uuid4())
    assert await found(type=ScopeType.WORKFLOW, workflow_id=workflow_id, execution_id=ignored) == {"workflow"}
    assert await found(type=ScopeType.EXECUTION, execution_id=execution_id, workflow_id=strange) == {"execution"}
    assert await found(workflow_id=workflow_id) == {"of both", "workflow"}
    assert await found(workflow_id=workflow_id, corpus_id=reader.corpora[0]) == set()


LABELS: dict[str, JsonObject] = {
    "plain": {"year": 2024, "lang": "en", "tags": ["a", "b"], "author": {"name": 'O"Brien'}},
    "old": {"year": 1999, "lang": "de", "tags": [], "draft": False},
    "odd": {"year": "2024", "lang": None, "a.b": 1},
    "bare": {},
}


@pytest.mark.parametrize(
    ("path", "comparison", "values", "fulfilling"),
    [
        ("year", "eq", [2024], {"plain"}),
        ("year", "eq", [2024.0], {"plain"}),
        ("year", "in", [1999, "2024"], {"old", "odd"}),
        ("year", "in", [], set()),
        ("year", "gte", [1999], {"plain", "old"}),
        ("year", "gt", [1999], {"plain"}),
        ("year", "lt", [2024], {"old"}),
        ("year", "lte", ["2024"], {"odd"}),
        ("lang", "eq", [None], {"odd"}),
        ("lang", "gt", ["d"], {"plain", "old"}),
        ("tags", "eq", ["b"], {"plain"}),
        ("author/name", "eq", ['O"Brien'], {"plain"}),
        ("author/name", "exists", [True], {"plain"}),
        ("draft", "eq", [False], {"old"}),
        ("lang", "exists", [True], {"plain", "old", "odd"}),
        ("lang", "exists", [False], {"bare"}),
        ("a.b", "eq", [1], {"odd"}),
        ("$", "eq", [1], set()),
    ],
)
async def test_looks_only_at_documents_that_fulfil_the_conditions(
    reader: Reader, path: str, comparison: str, values: list[Plain], fulfilling: set[str]
) -> None:
    for name, metadata in LABELS.items():
        await reader.read(f"fox {name}", title="-", metadata=metadata)
    condition = Condition(tuple(path.split("/")), Comparison(comparison), values)
    for mode in SearchMode:
        found = await reader.found("fox", mode=mode, where=[condition])
        assert {match.content.removeprefix("fox ") for match in found} == fulfilling


async def test_all_conditions_must_hold(reader: Reader) -> None:
    for name, metadata in LABELS.items():
        await reader.read(f"fox {name}", title="-", metadata=metadata)
    later = Condition(("year",), Comparison.AT_LEAST, [1999])
    german = Condition(("lang",), Comparison.EQUALS, ["de"])
    assert await reader.texts("fox", where=[later, german]) == ["fox old"]


async def test_says_why_a_chunk_is_there_or_is_not(library: Library, reader: Reader) -> None:
    await reader.read("a red fox in red snow", title="-", metadata={"lang": "en"})
    best = (await reader.found("red fox owl"))[0].chunk_id
    await reader.read("a fox, and nothing else that anybody would look for today", title="-")
    second = (await reader.found("red fox owl"))[1].chunk_id
    await reader.read("an otter", title="-")
    unrelated = (await reader.found("otter"))[0].chunk_id
    english = [Condition(("lang",), Comparison.EQUALS, ["en"])]

    async def report(chunk_id: ChunkId, scope: Scope = EVERYWHERE, where: Sequence[Condition] = ()) -> ChunkReport:
        wanted = Search(
            owner_id=reader.id, query="red fox owl", top_k=1, scope=scope, mode=SearchMode.LEXICAL, where=where
        )
        explanation = await library.explanations.explain(wanted, chunk_id)
        assert list(explanation.terms) == ["red", "fox", "owl"]
        assert explanation.legs["lexical"].found <= 2
        assert explanation.chunk is not None
        return explanation.chunk

    found = await report(best)
    assert (found.verdict, found.rank, list(found.terms), list(found.missing)) == (
        Verdict.FOUND,
        1,
        ["red", "fox"],
        ["owl"],
    )
    assert found.components["lexical"].rank == 1
    lower = await report(second)
    assert (lower.verdict, lower.rank) == (Verdict.RANKED_LOWER, 2)
    assert (await report(unrelated)).verdict is Verdict.NOT_RANKED
    assert (await report(second, where=english)).verdict is Verdict.FILTERED
    assert (await report(best, Scope(corpus_id=await reader.corpus()))).verdict is Verdict.OUT_OF_SCOPE
    assert (await report(ChunkId(uuid4()))).verdict is Verdict.UNKNOWN
    stranger = await library.reader()
    wanted = Search(owner_id=stranger.id, query="red fox owl")
    hidden = (await library.explanations.explain(wanted, best)).chunk
    assert hidden is not None
    assert hidden.verdict is Verdict.UNKNOWN
