"""Nearest neighbours in SQL. The first parameter is the query's vector; with conditions, the last one is their path.

Conditions are asked of the nearest, one by one, until enough fulfil them: what is far away is never asked.
Vectors that point nowhere have no distance, and are no neighbours.
"""

from collections.abc import Sequence
from typing import Final

from adapters.postgres.dense_ways import Ways
from adapters.postgres.legs import DEPTH
from adapters.postgres.neighbour_graphs import NeighbourGraph, distance_to_query

ASKED: Final = 1000
"""How many of the nearest are asked whether they fulfil conditions, before those that do are looked for directly."""

_FULFILS: Final = """(
    SELECT document.attributes @@ $4::jsonpath
    FROM knowledge_chunks AS chunk JOIN knowledge_documents AS document ON document.id = chunk.document_id
    WHERE chunk.id = near.chunk_id
)"""


def through(ways: Ways, space: int, dimensions: int, depth: int) -> str:
    """With corpora as second parameter, and as third the chunk after which each is read."""
    parts = _parts(ways, space, dimensions, depth)
    return " UNION ALL ".join(
        f"(SELECT * FROM ({part}) AS near WHERE distance <> 'NaN' ORDER BY 0.0 + distance LIMIT {DEPTH})"
        for part in parts
    )


def through_fulfilling(ways: Ways, space: int, dimensions: int) -> str:
    """As they come, nearest first; sorting them again would mean to ask all of them."""
    parts = _parts(ways, space, dimensions, ASKED)
    return " UNION ALL ".join(
        f"(SELECT * FROM ({part}) AS near WHERE distance <> 'NaN' AND {_FULFILS} LIMIT {DEPTH})" for part in parts
    )


def _parts(ways: Ways, space: int, dimensions: int, most: int) -> Sequence[str]:
    return [read(space, dimensions, most), *(through_graph(each, dimensions, most) for each in ways.graphs)]


def read(space: int, dimensions: int, most: int = DEPTH) -> str:
    """Exact: the distance that it sorts by is no expression that a graph is an index on."""
    return f"""
    SELECT near.chunk_id, near.distance
    FROM unnest($2::uuid[], $3::uuid[]) AS part (corpus_id, after) CROSS JOIN LATERAL (
        SELECT chunk_id, {distance_to_query(dimensions)} AS distance FROM knowledge_vectors
        WHERE corpus_id = part.corpus_id AND space_id = {space} AND chunk_id > part.after
        OFFSET 0
    ) AS near
    ORDER BY 0.0 + near.distance LIMIT {most}
    """


def through_graph(graph: NeighbourGraph, dimensions: int, most: int = DEPTH) -> str:
    """The scope is written so that no other index offers itself."""
    return f"""
    SELECT chunk_id, {distance_to_query(dimensions)} AS distance FROM knowledge_vectors
    WHERE {graph.condition} AND (corpus_id = ANY($2::uuid[])) IS TRUE
    ORDER BY {distance_to_query(dimensions)} LIMIT {most}
    """


def of_fulfilling(space: int, dimensions: int) -> str:
    """Exact, of all that fulfil conditions (third parameter) in these corpora (second)."""
    return f"""
    SELECT chunk_id, distance FROM (
        SELECT vectors.chunk_id, {distance_to_query(dimensions)} AS distance
        FROM knowledge_documents AS document
        JOIN knowledge_chunks AS chunk ON chunk.document_id = document.id
        JOIN knowledge_vectors AS vectors ON vectors.chunk_id = chunk.id AND vectors.space_id = {space}
        WHERE document.corpus_id = ANY($2::uuid[]) AND document.attributes @@ $3::jsonpath
        OFFSET 0
    ) AS near
    WHERE distance <> 'NaN' ORDER BY 0.0 + distance LIMIT {DEPTH}
    """
