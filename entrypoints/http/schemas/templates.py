"""Templates on the wire, as they go out."""

from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType, field

from application.templates.preview_template import TemplatePreview
from domain.errors import Fault
from domain.templates.merge import MergeConflict, Side
from domain.templates.outline import outline
from domain.templates.parameters import USUAL_QUERY_PATH
from domain.templates.parameters_schema import parameters_schema
from domain.templates.payload import payload_example, payload_schema
from domain.templates.template import Template
from domain.templates.upgrade import Upgrade
from domain.values.json import UNDEFINED, MaybeJson
from domain.workflows.workflow import Workflow
from entrypoints.http.envelope import Issue
from entrypoints.wire.workflows import Edge, Node


class PayloadRecord(Struct, kw_only=True):
    """What a run wants to be given: JSON Schema, Draft 2020-12, and something that it allows."""

    schema: dict[str, Any]
    example: dict[str, Any]

    @classmethod
    def of(cls, query_path: str) -> "PayloadRecord":
        return cls(schema=payload_schema(query_path), example=payload_example(query_path))


class GraphSize(Struct, kw_only=True):
    nodes: int
    edges: int


class Needs(Struct, kw_only=True):
    """`provider` is who is asked for answers: a key of another provider does, too. With `corpus` something is looked
    up: in what is there already, or in documents that come with the payload."""

    provider: str | None
    corpus: bool


class TemplateRecord(Struct, rename="camel", kw_only=True):
    id: str
    version: int
    name: str
    description: str
    category: str
    maturity: str
    default_workflow_name: str
    tags: list[str]
    parameters_schema: dict[str, Any]
    payload: PayloadRecord
    graph: GraphSize
    needs: Needs

    @classmethod
    def of(cls, template: Template) -> "TemplateRecord":
        seen = outline(template)
        return cls(
            id=template.id,
            version=template.version,
            name=template.name,
            description=template.description,
            category=template.category,
            maturity=template.maturity,
            default_workflow_name=template.default_workflow_name,
            tags=list(template.tags),
            parameters_schema=parameters_schema(),
            payload=PayloadRecord.of(USUAL_QUERY_PATH),
            graph=GraphSize(nodes=seen.nodes, edges=seen.edges),
            needs=Needs(provider=seen.provider, corpus=seen.needs_corpus),
        )


class TemplatePreviewRecord(Struct, rename="camel", kw_only=True):
    """`params` are those that count: where `scopeType` is `user`, a corpus of a workflow or a run decides alone.
    `payload` is for runs of the workflow with them."""

    template: TemplateRecord
    workflow_name: str
    description: str
    params: dict[str, Any]
    nodes: list[Node]
    edges: list[Edge]
    payload: PayloadRecord

    @classmethod
    def of(cls, preview: TemplatePreview) -> "TemplatePreviewRecord":
        return cls(
            template=TemplateRecord.of(preview.template),
            workflow_name=preview.name,
            description=preview.description,
            params=preview.params.described(),
            nodes=[Node.of(node) for node in preview.graph.nodes],
            edges=[Edge.of(edge) for edge in preview.graph.edges],
            payload=PayloadRecord.of(preview.params.query_path),
        )


class ConflictRecord(Struct, rename="camel", kw_only=True):
    """The owner and the template changed the same field. Of an edge, `target` is the node that it leads to. A blank
    `field` is the whole, which one side removed while the other changed it or joined something to it; what is not there
    has no value. A node that the owner removed has the id that it would come back with; `label` says which it is."""

    id: str
    node_id: str
    label: str
    target: str | UnsetType = UNSET
    field: str
    base: Any = UNSET
    mine: Any = UNSET
    theirs: Any = UNSET

    @classmethod
    def of(cls, conflict: MergeConflict) -> "ConflictRecord":
        return cls(
            id=conflict.id,
            node_id=conflict.node_id,
            label=conflict.label,
            target=UNSET if conflict.target is None else conflict.target,
            field=conflict.field,
            base=_present(conflict.base),
            mine=_present(conflict.mine),
            theirs=_present(conflict.theirs),
        )


def _present(value: MaybeJson) -> Any:
    return UNSET if value is UNDEFINED else value


class UpgradeRecord(Struct, rename="camel", kw_only=True):
    """The graph as it would be, with the owner's side of each conflict. `issues` would keep it from being saved;
    `warnings` are edges that would be lost with a node (`lost_edge`) and nodes that nothing would lead to any more
    (`new_root`)."""

    workflow_id: UUID
    template_id: str
    version: int
    newest_version: int
    is_available: bool
    nodes: list[Node]
    edges: list[Edge]
    conflicts: list[ConflictRecord]
    issues: list[Issue]
    warnings: list[Issue]

    @classmethod
    def of(cls, workflow: Workflow, upgrade: Upgrade, faults: list[Fault]) -> "UpgradeRecord":
        merged = upgrade.merged
        return cls(
            workflow_id=workflow.id,
            template_id=upgrade.newest.id,
            version=upgrade.made_from.version,
            newest_version=upgrade.newest.version,
            is_available=upgrade.is_available,
            nodes=[Node.of(node) for node in merged.graph.nodes],
            edges=[Edge.of(edge) for edge in merged.graph.edges],
            conflicts=[ConflictRecord.of(each) for each in merged.conflicts],
            issues=[Issue.of(each) for each in faults],
            warnings=[Issue.of(each) for each in merged.loose_ends],
        )


class UpgradeChoices(Struct, kw_only=True):
    """Whose side counts, by the ids of conflicts; `otherwise` is for those that are not named."""

    choices: dict[str, Side] = field(default_factory=dict)
    otherwise: Side | UnsetType = UNSET
