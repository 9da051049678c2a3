"""How a scope is looked at for nearest neighbours: what is read, which graphs are asked, and how thoroughly."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from adapters.postgres.legs import DEPTH
from adapters.postgres.neighbour_graphs import BEFORE_ALL, NeighbourGraph
from adapters.postgres.search_scope import ScopedCorpus

RATHER_THAN_SIFT: Final = 30
"""Up to how many times as much as is always read is rather read than sifted out of a graph that is mostly others'."""
RATHER_THAN_GUESS: Final = 30
"""The same for queries that are far from everything, among which the most thorough look at a graph misses some."""
MOST_GRAPHS_OF_CORPORA: Final = 4
"""One graph of everything that an owner has is quicker than more of these."""
BY_GRAPH: Final = {"enable_seqscan": "off", "enable_sort": "off"}
"""What a graph saves is more than PostgreSQL thinks: left to itself it would sort all that there is."""
THOROUGHLY: Final = {**BY_GRAPH, "hnsw.ef_search": "1000", "hnsw.max_scan_tuples": "200000"}
THOROUGH_DEPTH: Final = 2000
"""So deep that a graph goes on after the most that it looks at in one go."""
JUDGED_BY: Final = 10
"""The neighbour whose nearness says whether the query is at home among the chunks."""
ABOVE_CHANCE: Final = 2.0


@dataclass(frozen=True, slots=True)
class Ways:
    """How to look at a scope once: in these graphs, and by reading what each corpus has after a certain chunk.

    `is_mostly_others` when less than half of what is in the graphs is in scope.
    """

    graphs: Sequence[NeighbourGraph]
    read: Sequence[tuple[UUID, UUID]]
    is_mostly_others: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was found is taken unless it is too little, or all of it is far away where this says nothing."""

    ways: Ways
    settings: Mapping[str, str]
    depth: int
    takes_far: bool

    def is_enough(self, distances: Sequence[float], *, chunks: int, dimensions: int) -> bool:
        if len(distances) < DEPTH:
            return False
        return self.takes_far or 1.0 - sorted(distances)[JUDGED_BY - 1] > ABOVE_CHANCE * by_chance(chunks, dimensions)


def by_chance(chunks: int, dimensions: int) -> float:
    """The cosine that the nearest of so many random directions has with any other.

    Neighbours hardly nearer than that are all about equally far, and a graph is a poor guide among them.
    """
    return math.sqrt(2 * math.log(max(2, chunks)) / dimensions)


def attempts(corpora: Sequence[ScopedCorpus], graphs: Sequence[NeighbourGraph], read_through: int) -> Iterator[Attempt]:
    """One after the other, until one is enough; the last one always is."""
    ways = ways_through(corpora, graphs, read_through)
    if ways.graphs and not ways.is_mostly_others:
        yield Attempt(ways, BY_GRAPH, DEPTH, takes_far=False)
    if ways.graphs and (ways.is_mostly_others or settled(corpora) > RATHER_THAN_GUESS * read_through):
        yield Attempt(ways, THOROUGHLY, THOROUGH_DEPTH, takes_far=not ways.is_mostly_others)
    yield Attempt(all_read(corpora), {}, DEPTH, takes_far=True)


def ways_through(corpora: Sequence[ScopedCorpus], graphs: Sequence[NeighbourGraph], read_through: int) -> Ways:
    if settled(corpora) <= read_through:
        return all_read(corpora)
    of_owner = [graph for graph in graphs if graph.of.corpus_id is None]
    covered = {graph.of.corpus_id: graph.upto for graph in graphs}
    asked = [graph for graph in graphs if graph.of.corpus_id in {corpus.id for corpus in corpora}]
    rest = [corpus for corpus in corpora if corpus.id not in covered]
    is_mostly_others = 2 * settled(corpora) < sum(graph.chunks for graph in of_owner)
    most_read = read_through * (RATHER_THAN_SIFT if is_mostly_others else 1)
    if len(asked) <= MOST_GRAPHS_OF_CORPORA and settled(rest) <= most_read:
        return Ways(asked, [(corpus.id, covered.get(corpus.id, BEFORE_ALL)) for corpus in corpora])
    after = covered.get(None, BEFORE_ALL)
    return Ways(of_owner, [(corpus.id, after) for corpus in corpora], is_mostly_others)


def all_read(corpora: Sequence[ScopedCorpus]) -> Ways:
    return Ways([], [(corpus.id, BEFORE_ALL) for corpus in corpora])


def settled(corpora: Sequence[ScopedCorpus]) -> int:
    return sum(corpus.settled for corpus in corpora)
