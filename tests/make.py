"""Values with defaults: a test names only what it is about."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from domain.access_tokens.access_token import AccessToken, Scope, digest_of
from domain.accounts.user import User
from domain.executions.attempt import Attempt, AttemptStatus
from domain.executions.context import Context, RetrievalBudget
from domain.executions.execution import Execution
from domain.executions.retrieval import RetrievalEvent, RetrievalStatus, Strategy
from domain.executions.snapshot import Snapshot, SnapshotReason
from domain.executions.step import Step, StepStatus
from domain.idempotency.idempotency_key import Intention, Remembered
from domain.ids import (
    AccessTokenId,
    CorpusId,
    DocumentId,
    EdgeId,
    ExecutionId,
    NodeId,
    ProviderKeyId,
    UserId,
    WebhookSecretId,
    WorkflowId,
)
from domain.knowledge.corpus import Corpus
from domain.knowledge.document import Document
from domain.knowledge.scope import EVERYWHERE
from domain.provider_keys.provider_key import Provider, ProviderKey
from domain.values.json import JsonObject
from domain.webhooks.webhook_secret import WebhookSecret
from domain.workflows.graph import Edge, EdgeCondition, Graph, GraphNode
from domain.workflows.workflow import Workflow
from tests.fakes.clock import NOON


def a_user(email: str = "ada@example.com", *, at: datetime = NOON, **parts: Any) -> User:
    usual: dict[str, Any] = {"name": "Ada", "password_hash": "hashed", "created_at": at, "updated_at": at}
    return User(id=UserId(uuid4()), email=email, **usual | parts)


def a_node(name: str = "a", type: str = "output", config: JsonObject | None = None) -> GraphNode:
    return GraphNode(id=NodeId(name), type=type, label=name.upper(), x=0, y=1.5, config=config or {})


def an_edge(source: str, target: str, condition: EdgeCondition = None) -> Edge:
    return Edge(id=EdgeId(f"{source}>{target}"), source=NodeId(source), target=NodeId(target), condition=condition)


def a_graph(*links: str, nodes: Mapping[str, GraphNode] | None = None) -> Graph:
    """From links such as "a>b"; nodes come in the order in which they are named first."""
    names = dict.fromkeys(name for link in links or ("a",) for name in link.split(">"))
    given = nodes or {}
    return Graph(
        nodes=tuple(given.get(name, a_node(name)) for name in names),
        edges=tuple(an_edge(*link.split(">")) for link in links if ">" in link),
    )


def a_workflow(owner: User, *, at: datetime = NOON, **parts: Any) -> Workflow:
    usual: dict[str, Any] = {"name": "A workflow", "graph": a_graph("a>b"), "created_at": at, "updated_at": at}
    return Workflow(id=WorkflowId(uuid4()), owner_id=owner.id, **usual | parts)


def an_execution(workflow: Workflow, payload: JsonObject | None = None, *, at: datetime = NOON) -> Execution:
    return Execution.accept(workflow, payload or {}, id=ExecutionId(uuid4()), at=at)


def a_context(memory: JsonObject | None = None, *, at: datetime = NOON) -> Context:
    return Context.opening(memory or {}, RetrievalBudget(), at=at)


def a_step(sequence: int = 1, node: str = "a", *, at: datetime = NOON, **parts: Any) -> Step:
    usual: dict[str, Any] = {
        "node_type": "output",
        "status": StepStatus.COMPLETED,
        "input": {"in": 1},
        "output": {"out": 2},
        "duration_ms": 3,
        "taken_edges": (EdgeId("a>b"),),
        "attempts": (Attempt(number=1, status=AttemptStatus.COMPLETED, duration_ms=3),),
        "created_at": at,
    }
    return Step(sequence=sequence, node_id=NodeId(node), **usual | parts)


def a_retrieval(*, at: datetime = NOON, **parts: Any) -> RetrievalEvent:
    usual: dict[str, Any] = {
        "query": "what?",
        "top_k": 8,
        "attempt": 1,
        "max_attempts": 1,
        "status": RetrievalStatus.SUCCESS,
        "matches_count": 2,
        "duration_ms": 3,
        "scope": EVERYWHERE,
        "strategy": Strategy.SINGLE,
        "retriever_key": "primary",
        "branch_index": 1,
        "selected": True,
        "created_at": at,
    }
    return RetrievalEvent(**usual | parts)


def a_snapshot(sequence: int = 1, context: Context | None = None, *, at: datetime = NOON) -> Snapshot:
    return Snapshot(sequence=sequence, reason=SnapshotReason.STEP, context=context or a_context(), created_at=at)


def a_provider_key(
    owner: User, provider: Provider = Provider.GEMINI, *, at: datetime = NOON, **parts: Any
) -> ProviderKey:
    usual: dict[str, Any] = {"label": "mine", "sealed": "sealed", "ring_key": "k1", "created_at": at}
    return ProviderKey(id=ProviderKeyId(uuid4()), owner_id=owner.id, provider=provider, **usual | parts)


def an_access_token(owner: User, written: str = "rex_1", *, at: datetime = NOON, **parts: Any) -> AccessToken:
    usual: dict[str, Any] = {
        "name": "script",
        "scopes": frozenset({Scope.READ}),
        "digest": digest_of(written),
        "created_at": at,
        "expires_at": at + timedelta(days=90),
    }
    return AccessToken(id=AccessTokenId(uuid4()), owner_id=owner.id, **usual | parts)


def a_webhook_secret(workflow: Workflow, *, at: datetime = NOON, **parts: Any) -> WebhookSecret:
    usual: dict[str, Any] = {"sealed": "sealed", "ring_key": "k1", "created_at": at}
    return WebhookSecret(id=WebhookSecretId(uuid4()), workflow_id=workflow.id, **usual | parts)


def a_corpus(owner: User, *, at: datetime = NOON, **parts: Any) -> Corpus:
    usual: dict[str, Any] = {"name": "Manuals", "created_at": at, "updated_at": at}
    return Corpus(id=CorpusId(uuid4()), owner_id=owner.id, **usual | parts)


def a_document(corpus: Corpus, text: str = "Rye rises overnight.", *, at: datetime = NOON, **parts: Any) -> Document:
    usual: dict[str, Any] = {"title": "Bread", "created_at": at, "updated_at": at}
    return Document(id=DocumentId(uuid4()), corpus_id=corpus.id, owner_id=corpus.owner_id, text=text, **usual | parts)


def remembered(owner: User, key: str = "key", *, body: bytes = b"{}", at: datetime = NOON, **parts: Any) -> Remembered:
    usual: dict[str, Any] = {"place": "execute:1", "outcome": uuid4(), "created_at": at}
    return Remembered(owner_id=owner.id, intention=Intention.of(key, body), **usual | parts)
