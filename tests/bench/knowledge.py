"""The index of knowledge at size, on an empty database of its own: `python -m tests.bench.knowledge [chunks]`.

One corpus of so many chunks (20,000), ten of a tenth and a hundred of a hundredth of them beside it, each on a topic of
its own and all of one owner; half of the smaller ones belong to a workflow. One chunk is about 1 KB of text and all of
its document. 100,000 take a quarter of an hour on two cores, 20,000 a few minutes.
"""

import asyncio
import sys
import time
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from adapters.postgres.database import Database
from adapters.postgres.graph_upkeep import GraphUpkeep
from adapters.postgres.migrator import migrate
from adapters.postgres.neighbour_graphs import NAME
from adapters.postgres.settling import Settling
from application.ports.knowledge import SearchMode
from domain.knowledge.scope import Scope
from tests.bench.holdings import ADD_WORKFLOW, IS_RARE, IS_USUAL, Asked, Holdings
from tests.contracts.libraries import ADD_USER
from tests.postgres import new_database, test_server

USUAL_SIZE = 20_000
QUERIES = 150
CLIENTS = 16
BYTES = """
SELECT sum(pg_total_relation_size(oid)) AS bytes,
       (SELECT coalesce(sum(pg_relation_size(oid)), 0) FROM pg_class WHERE starts_with(relname, $1)) AS graphs
FROM pg_class WHERE relname LIKE 'knowledge!_%' ESCAPE '!' AND relname <> 'knowledge_documents' AND relkind = 'r'
"""
HUNDREDTHS, TENTHS, LARGEST = range(100), range(100, 110), 110
NOWHERE = (1000, 1001, 1002)
"""Topics that no corpus is about."""


async def measure(chunks: int, console: Console) -> None:
    async with test_server() as server, new_database(server) as url:
        await migrate(url)
        database = Database(url, size=8)
        await database.open()
        await _measure(Holdings(database), chunks, console)
        await database.close()


async def _measure(holdings: Holdings, chunks: int, console: Console) -> None:
    await holdings.database.rows(ADD_USER, holdings.owner_id, "bench@example.com")
    await holdings.database.rows(ADD_WORKFLOW, holdings.workflow_id, holdings.owner_id)
    begun = time.perf_counter()
    for at in HUNDREDTHS:
        await holdings.fill(chunks // 100, of_workflow=at % 2 == 0)
    for at in TENTHS:
        await holdings.fill(chunks // 10, of_workflow=at % 2 == 0)
    await holdings.fill(chunks)
    console.print(f"published: {3 * chunks / (time.perf_counter() - begun):,.0f} chunks a second")
    begun = time.perf_counter()
    while await Settling(holdings.database).tidy():
        pass
    console.print(f"tidied in {time.perf_counter() - begun:,.1f} s")
    await _graphs(holdings, console)
    await holdings.database.rows("VACUUM ANALYZE")
    row = await holdings.database.row(BYTES, NAME)
    assert row is not None
    console.print(
        f"{row['bytes'] / (3 * chunks):,.0f} bytes a chunk, with its text, its vector and all indexes; "
        f"{row['graphs'] / (3 * chunks):,.0f} of them in graphs of neighbours"
    )
    await _searches(holdings, chunks, console)


async def _graphs(holdings: Holdings, console: Console) -> None:
    begun = time.perf_counter()
    while await GraphUpkeep(holdings.database).grow():
        pass
    spent = time.perf_counter() - begun
    rows = await holdings.database.rows("SELECT chunks, corpus_id IS NULL AS is_owners FROM knowledge_graphs")
    sizes = ", ".join(f"{row['chunks']:,}{' of all' if row['is_owners'] else ''}" for row in rows)
    rate = sum(row["chunks"] for row in rows) / spent
    console.print(f"graphs of {sizes} chunks built in {spent:,.1f} s: {rate:,.0f} chunks a second")


def asked(holdings: Holdings, chunks: int) -> Sequence[Asked]:
    large, tenth, hundredth = (Scope(corpus_id=holdings.corpora[at]) for at in (LARGEST, TENTHS[0], HUNDREDTHS[0]))
    of_workflow = Scope(workflow_id=holdings.workflow_id)
    everything = (LARGEST, *TENTHS)
    return [
        Asked(name=f"one corpus of {chunks:,}", scope=large, topics=[LARGEST]),
        Asked(name="the same, off its topics", scope=large, topics=TENTHS),
        Asked(name=f"one of {chunks // 10:,}", scope=tenth, topics=TENTHS[:1]),
        Asked(name=f"one of {chunks // 100:,}", scope=hundredth, topics=HUNDREDTHS[:1]),
        Asked(name=f"all {3 * chunks:,}", topics=everything),
        Asked(name="the same, off all topics", topics=NOWHERE),
        Asked(name=f"55 corpora of {chunks:,}", scope=of_workflow, topics=TENTHS[::2]),
        Asked(name="the same, off their topics", scope=of_workflow, topics=[LARGEST]),
        Asked(name="all, a condition that 0.01 % fulfil", where=IS_RARE, topics=everything),
        Asked(name="all, one that 99.99 % fulfil", where=IS_USUAL, topics=everything),
    ]


async def _searches(holdings: Holdings, chunks: int, console: Console) -> None:
    table = Table(
        "searched",
        *(f"{mode} p50 / p99 ms" for mode in SearchMode),
        f"hybrid, {CLIENTS} clients, 1/s",
        "recall@10",
        "reading all vectors, ms",
        "dense / reading",
    )
    recalls = {}
    for each in asked(holdings, chunks):
        queries = holdings.queries(each.topics, QUERIES)
        for mode in SearchMode:
            await holdings.times(queries[::10], each, mode)
        times = [await holdings.times(queries, each, mode) for mode in SearchMode]
        rate = await holdings.throughput(queries, each, clients=CLIENTS)
        recalls[each.name], reading = await holdings.recall(queries[::3], each)
        table.add_row(
            each.name,
            *(f"{spent[len(spent) // 2]:.1f} / {spent[len(spent) * 99 // 100]:.1f}" for spent in times),
            f"{rate:,.0f}",
            f"{recalls[each.name]:.3f}",
            f"{reading:.1f}",
            f"{times[list(SearchMode).index(SearchMode.DENSE)][len(queries) // 2] / reading:.2f}",
        )
        console.print(f"measured: {each.name}")
    console.print(table)
    worst = min(recalls, key=lambda name: recalls[name])
    console.print(f"worst recall@10: {recalls[worst]:.3f} ({worst})")


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else USUAL_SIZE, Console(width=160)))
