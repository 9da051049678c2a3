"""What one run of a workflow leaves for the next."""

from typing import Any

from domain.workflows.graph import Graph
from tests.make import an_execution
from tests.unit.application.engine.stage import Record, Stage, drawn, node


def counting(**config: Any) -> Graph:
    return drawn(
        node("read", "memory-read", memoryKey="n", scope="workflow", outputKey="before"),
        node("write", "memory-write", memoryKey="n", operation="increment", scope="workflow", **config),
        node("again", "memory-read", memoryKey="n", scope="workflow", outputKey="after"),
    )


async def runs(stage: Stage, graph: Graph, times: int) -> list[Record]:
    """One after another, all of one workflow."""
    first = stage.accept(graph)
    workflow = stage.store.rows.workflows[first.workflow_id]
    records = []
    for at in range(times):
        run = first if at == 0 else an_execution(workflow)
        stage.store.rows.executions[run.id] = run
        await stage.engine(await stage.claim())
        records.append(await stage.record_of(run))
    return records


async def test_each_run_finds_what_the_one_before_it_wrote_and_a_node_what_an_earlier_one_did() -> None:
    records = await runs(Stage(), counting(), 3)
    assert [(each.output("again")["before"], each.output("again")["after"]) for each in records] == [
        (None, 1),
        (1, 2),
        (2, 3),
    ]


async def test_a_node_that_fails_leaves_nothing_behind() -> None:
    stage = Stage()
    graph = drawn(
        node("write", "memory-write", memoryKey="n", value="x" * 70_000, scope="workflow"), node("end", "output")
    )
    [record] = await runs(stage, graph, 1)
    assert record.status[0] == "failed"
    assert stage.store.rows.workflow_memory == {}
