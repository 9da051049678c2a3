"""Judged collections, and how well a search does on them: nDCG@10 (Järvelin and Kekäläinen, 2002) and recall@10, with
binary relevance.
"""

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from application.ports.knowledge import SearchMode
from domain.ids import DocumentId
from tests.contracts.libraries import Library, Reader

OWN = Path(__file__).with_name("collection.json")
LANGUAGES = ("en", "de", "fr", "ar", "ru", "ja", "zh")
"""Of the collection of our own: what the ids of its documents begin with."""
CUT = 10


@dataclass(frozen=True, slots=True)
class Query:
    text: str
    relevant: Collection[str]


@dataclass(frozen=True, slots=True)
class Collected:
    """Documents are titles and texts by id."""

    documents: Mapping[str, tuple[str, str]]
    queries: Sequence[Query]

    def in_language(self, prefix: str) -> "Collected":
        """The same documents, and the queries for those whose id begins so."""
        return Collected(
            self.documents, [each for each in self.queries if all(id.startswith(prefix) for id in each.relevant)]
        )

    def alone(self, prefix: str) -> "Collected":
        """Only the documents whose id begins so, and the queries for them."""
        documents = {id: document for id, document in self.documents.items() if id.startswith(prefix)}
        return Collected(documents, self.in_language(prefix).queries)


def own_collection() -> Collected:
    read = json.loads(OWN.read_text())
    return Collected(
        {each["id"]: (each["title"], each["text"]) for each in read["documents"]},
        [Query(each["text"], each["relevant"]) for each in read["queries"]],
    )


@dataclass(frozen=True, slots=True)
class Quality:
    """Means over the queries of a collection, each counting only the first ten."""

    ndcg: float
    recall: float


@dataclass(frozen=True, slots=True)
class Shelf:
    """A collection that somebody can search."""

    reader: Reader
    names: Mapping[DocumentId, str]

    async def ndcg(self, collected: Collected, mode: SearchMode = SearchMode.HYBRID) -> float:
        return (await self.quality(collected, mode)).ndcg

    async def quality(self, collected: Collected, mode: SearchMode) -> Quality:
        rankings = [(await self.ranked(query.text, mode), query.relevant) for query in collected.queries]
        return Quality(mean(ndcg(*each) for each in rankings), mean(recall(*each) for each in rankings))

    async def ranked(self, query: str, mode: SearchMode) -> Sequence[str]:
        matches = await self.reader.found(query, mode=mode)
        return list(dict.fromkeys(self.names[match.document_id] for match in matches))


async def shelved(library: Library, collected: Collected) -> Shelf:
    reader = await library.reader()
    names = {}
    for name, (title, text) in collected.documents.items():
        names[await reader.read(text, title=title)] = name
    return Shelf(reader, names)


def ndcg(ranked: Sequence[str], relevant: Collection[str]) -> float:
    gain = sum(1 / math.log2(place + 2) for place, name in enumerate(ranked[:CUT]) if name in relevant)
    return gain / sum(1 / math.log2(place + 2) for place in range(min(CUT, len(relevant))))


def recall(ranked: Sequence[str], relevant: Collection[str]) -> float:
    return len({*ranked[:CUT]} & {*relevant}) / len(relevant)
