"""However a scope is looked at, nothing in it is left out, and nothing is looked at twice."""

from collections import Counter
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from adapters.postgres.dense_ways import THOROUGHLY, Attempt, Ways, attempts, ways_through
from adapters.postgres.graph_upkeep import taken_in
from adapters.postgres.neighbour_graphs import GraphOf, NeighbourGraph
from adapters.postgres.search_scope import ScopedCorpus

OWNER = UUID(int=7)
CHUNKS = range(1, 13)
CORPORA = [UUID(int=100 + at) for at in range(6)]


def a_graph(corpus_id: UUID | None, after: int, upto: int, chunks: int = 1) -> NeighbourGraph:
    of = GraphOf(owner_id=OWNER, space=1, corpus_id=corpus_id)
    return NeighbourGraph(id=upto, of=of, after=UUID(int=after), upto=UUID(int=upto), chunks=chunks)


def a_corpus(corpus_id: UUID, settled: int) -> ScopedCorpus:
    return ScopedCorpus(id=corpus_id, space_id=1, settled=settled, languages=())


@st.composite
def stretches(draw: st.DrawFn, corpus_id: UUID | None) -> list[NeighbourGraph]:
    """Graphs that follow each other without a gap, or none."""
    ends = sorted(draw(st.sets(st.sampled_from(CHUNKS), max_size=3)))
    return [a_graph(corpus_id, after, upto) for after, upto in zip([0, *ends], ends, strict=False)]


def looked_at(ways: Ways, corpora: list[UUID]) -> Counter[tuple[UUID, int]]:
    """How often each chunk of each corpus is looked at."""
    seen = Counter[tuple[UUID, int]]()
    for corpus_id in corpora:
        for number in CHUNKS:
            chunk = UUID(int=number)
            for graph in ways.graphs:
                seen[corpus_id, number] += graph.of.corpus_id in (None, corpus_id) and graph.after < chunk <= graph.upto
            seen[corpus_id, number] += sum(each == corpus_id and after < chunk for each, after in ways.read)
    return seen


@given(
    sizes=st.lists(st.integers(0, 30), min_size=1, max_size=len(CORPORA)),
    of_owner=stretches(None),
    of_corpora=st.sets(st.sampled_from(CORPORA)).flatmap(
        lambda chosen: st.tuples(*(stretches(each) for each in sorted(chosen)))
    ),
    read_through=st.integers(0, 60),
)
def test_every_chunk_in_scope_is_looked_at_once(
    sizes: list[int],
    of_owner: list[NeighbourGraph],
    of_corpora: tuple[list[NeighbourGraph], ...],
    read_through: int,
) -> None:
    corpora = [a_corpus(*each) for each in zip(CORPORA, sizes, strict=False)]
    graphs = sorted([*of_owner, *(each for some in of_corpora for each in some)], key=lambda each: each.upto)
    tried = list(attempts(corpora, graphs, read_through))
    for attempt in tried:
        seen = looked_at(attempt.ways, [corpus.id for corpus in corpora])
        assert set(seen.values()) == {1}
    assert tried[-1].ways.graphs == []


def test_little_is_read_through_though_there_is_a_graph() -> None:
    assert ways_through([a_corpus(CORPORA[0], 5)], [a_graph(None, 0, 9)], 5).graphs == []


def test_a_large_corpus_is_asked_of_its_own_graph() -> None:
    graphs = [a_graph(None, 0, 9), a_graph(CORPORA[0], 0, 8)]
    ways = ways_through([a_corpus(CORPORA[0], 6)], graphs, 5)
    assert ways == Ways([graphs[1]], [(CORPORA[0], UUID(int=8))])


def test_more_than_a_few_large_corpora_are_asked_of_the_owners_graph() -> None:
    graphs = [a_graph(None, 0, 9), *(a_graph(each, 0, 8) for each in CORPORA)]
    corpora = [a_corpus(each, 6) for each in CORPORA]
    assert ways_through(corpora[:4], graphs, 5).graphs == graphs[1:5]
    assert ways_through(corpora, graphs, 5).graphs == graphs[:1]


def test_little_of_a_graph_is_read_instead() -> None:
    graphs = [a_graph(None, 0, 9, chunks=400)]
    assert ways_through([a_corpus(each, 25) for each in CORPORA], graphs, 5).graphs == []
    assert ways_through([a_corpus(each, 26) for each in CORPORA], graphs, 5).graphs == graphs


def test_what_has_no_graph_of_its_own_is_read_beside_those_that_have_rather_than_sifted() -> None:
    graphs = [a_graph(None, 0, 9, chunks=100), a_graph(CORPORA[0], 0, 8, chunks=20)]
    ways = ways_through([a_corpus(CORPORA[0], 20), a_corpus(CORPORA[1], 15)], graphs, 5)
    assert ways.graphs == graphs[1:]


def test_the_more_is_in_scope_the_longer_graphs_are_asked_before_all_is_read() -> None:
    def tried(chunks: int, of: int) -> list[tuple[bool, bool, bool]]:
        graphs = [a_graph(None, 0, 9, chunks=of)]
        return [
            (bool(each.ways.graphs), each.settings == THOROUGHLY, each.takes_far)
            for each in attempts([a_corpus(CORPORA[0], chunks)], graphs, 50)
        ]

    usual, thorough, reading = (True, False, False), (True, True, True), (False, False, True)
    assert tried(50, of=100) == [reading]
    assert tried(51, of=100) == [usual, reading]
    assert tried(1500, of=3000) == [usual, reading]
    assert tried(1500, of=4000) == [reading]
    assert tried(1501, of=4000) == [(True, True, False), reading]
    assert tried(1501, of=3000) == [usual, thorough, reading]


def test_too_few_are_never_enough_and_far_ones_only_at_last() -> None:
    def is_enough(distances: list[float], *, takes_far: bool = False) -> bool:
        return Attempt(Ways([], []), {}, 100, takes_far).is_enough(distances, chunks=100_000, dimensions=512)

    near, far = [0.5] * 10 + [0.9] * 90, [0.5] * 9 + [0.7] * 91
    assert is_enough(near)
    assert not is_enough(near[:99])
    assert not is_enough(near[:99], takes_far=True)
    assert not is_enough(far)
    assert is_enough(far, takes_far=True)


@given(sizes=st.lists(st.integers(1, 500), max_size=8), chunks=st.integers(1, 100))
def test_few_graphs_remain_and_none_outgrows_its_memory(sizes: list[int], chunks: int) -> None:
    graphs = [a_graph(None, at, at + 1, size) for at, size in enumerate(sizes)]
    taken = taken_in(graphs, chunks, 600)
    assert graphs[len(graphs) - len(taken) :] == taken
    assert chunks + sum(each.chunks for each in taken) <= 600
    left = graphs[: len(graphs) - len(taken)]
    whole = chunks + sum(each.chunks for each in taken)
    assert not left or left[-1].chunks > 2 * whole or left[-1].chunks + whole > 600
