"""A workflow that followed its template's newer version is kept as it became then."""

from uuid import uuid4

from application.nodes.catalogue import KNOWN_TYPES
from application.templates.show_upgrade import ShowUpgrade
from application.templates.upgrade_workflow import UpgradeWorkflow
from domain.templates.catalogue.simple_rag import SIMPLE_RAG
from domain.templates.drawing import drawn
from domain.templates.parameters import TemplateParameters
from domain.workflows.workflow import TemplateOrigin
from tests.contracts.conftest import Keeping
from tests.contracts.scenes import somebody
from tests.fakes.clock import NOON, FakeClock
from tests.make import a_workflow
from tests.scheduling import deriving
from tests.unit.domain.templates.newer import BOTH

GIVEN = TemplateParameters(top_k=3)


async def test_graph_and_version_are_kept_and_nothing_is_left_to_do(store: Keeping) -> None:
    ada = await somebody(store)
    origin = TemplateOrigin(template_id="simple-rag", version=1, params=GIVEN.described())
    workflow = a_workflow(ada, graph=drawn(SIMPLE_RAG.draw(GIVEN), seed=uuid4()), origin=origin)
    async with store.begin() as work:
        await work.workflows.add(workflow)
        await work.commit()
    show = ShowUpgrade(begin=store.begin, templates=BOTH)
    apply = UpgradeWorkflow(
        begin=store.begin, clock=FakeClock(NOON), templates=BOTH, known_types=KNOWN_TYPES, derive_schedules=deriving()
    )
    _, shown = await show(workflow_id=workflow.id, actor_id=ada.id)
    upgraded, _ = await apply(workflow_id=workflow.id, actor_id=ada.id, choices={})
    kept, after = await show(workflow_id=workflow.id, actor_id=ada.id)
    assert upgraded.graph == shown.merged.graph
    assert kept == upgraded
    assert kept.origin == TemplateOrigin(template_id="simple-rag", version=2, params=GIVEN.described())
    assert not after.is_available
    assert after.merged.graph == kept.graph
