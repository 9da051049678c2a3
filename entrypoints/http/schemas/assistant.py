"""Conversations with the assistant on the wire."""

from typing import Annotated, Any, Literal, TypeAlias

from msgspec import Meta, Struct, field

from application.assistant.ask_assistant import AssistantAnswer
from application.assistant.picture import DrawnNode, NodeState, Picture
from application.ports.language_model import Message, Role
from entrypoints.wire.texts import trimmed

MAX_MESSAGE_LENGTH = 20_000
Question: TypeAlias = Annotated[str, trimmed(1, MAX_MESSAGE_LENGTH)]
LongText: TypeAlias = Annotated[str, Meta(max_length=MAX_MESSAGE_LENGTH)]


class SeenNode(Struct, kw_only=True):
    id: str
    type: str
    label: str
    config: dict[str, Any] = field(default_factory=dict)


class SeenEdge(Struct, kw_only=True):
    source: str
    target: str


class SeenWorkflow(Struct, kw_only=True):
    """What is open in the editor, saved or not: nothing of it is checked."""

    name: str = ""
    description: str = ""
    nodes: list[SeenNode] = field(default_factory=list)
    edges: list[SeenEdge] = field(default_factory=list)


class SeenState(Struct, kw_only=True):
    status: str
    error: str | None = None


class EarlierMessage(Struct, kw_only=True):
    role: Literal["user", "assistant"]
    content: LongText


class AssistantQuestion(Struct, rename="camel", kw_only=True):
    message: Question
    workflow: SeenWorkflow
    execution_status: str | None = None
    node_statuses: dict[str, SeenState] | None = None
    history: list[EarlierMessage] | None = None

    def picture(self) -> Picture:
        return Picture(
            name=self.workflow.name,
            description=self.workflow.description,
            nodes=[
                DrawnNode(id=each.id, type=each.type, label=each.label, config=each.config)
                for each in self.workflow.nodes
            ],
            links=[(each.source, each.target) for each in self.workflow.edges],
            states={
                node: NodeState(status=each.status, error=each.error)
                for node, each in (self.node_statuses or {}).items()
            },
            last_status=self.execution_status,
        )

    def earlier(self) -> list[Message]:
        return [Message(role=Role(each.role), text=each.content) for each in self.history or ()]


class AssistantUsage(Struct, rename="camel", kw_only=True):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class AssistantReply(Struct, kw_only=True):
    message: str
    usage: AssistantUsage

    @classmethod
    def of(cls, answer: AssistantAnswer) -> "AssistantReply":
        usage = answer.usage
        return cls(
            message=answer.text,
            usage=AssistantUsage(
                prompt_tokens=usage.prompt_tokens,
                completion_tokens=usage.completion_tokens,
                total_tokens=usage.total_tokens,
            ),
        )
