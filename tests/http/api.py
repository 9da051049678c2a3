"""The real HTTP API in this process, on fakes, and somebody who talks to it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from adapters.embeddings.at_hand import EmbeddersAtHand
from adapters.embeddings.lexical import LexicalEmbedder
from adapters.files.threaded_file_reader import ThreadedFileReader
from adapters.language.snowball_analyzer import SnowballAnalyzer
from application.access_tokens.create_access_token import CreateAccessToken
from application.access_tokens.list_access_tokens import ListAccessTokens
from application.access_tokens.revoke_access_token import RevokeAccessToken
from application.accounts.authenticate import Authenticate
from application.accounts.issue_token import IssueToken
from application.accounts.log_in import LogIn
from application.accounts.log_out_everywhere import LogOutEverywhere
from application.accounts.register_user import RegisterUser
from application.accounts.show_me import ShowMe
from application.assistant.ask_assistant import AskAssistant
from application.executions.delete_execution import DeleteExecution
from application.executions.explain_execution import ExplainExecution
from application.executions.start_execution import StartExecution
from application.executions.stop_execution import StopExecution
from application.files.parse_file import ParseFile
from application.knowledge.accept_document import AcceptDocument
from application.knowledge.change_corpus import ChangeCorpus
from application.knowledge.create_corpus import CreateCorpus
from application.knowledge.delete_corpus import DeleteCorpus
from application.knowledge.delete_document import DeleteDocument
from application.knowledge.replace_document import ReplaceDocument
from application.knowledge.retry_document import RetryDocument
from application.nodes.catalogue import CATALOGUE, KNOWN_TYPES
from application.ports.token_signer import TokenSigner
from application.provider_keys.add_provider_key import AddProviderKey
from application.provider_keys.delete_provider_key import DeleteProviderKey
from application.provider_keys.list_provider_keys import ListProviderKeys
from application.provider_keys.open_provider_key import OpenProviderKey
from application.schedules.pause_schedule import PauseSchedule
from application.schedules.resume_schedule import ResumeSchedule
from application.schedules.show_schedules import ShowSchedules
from application.templates.instantiate_template import InstantiateTemplate
from application.templates.preview_template import PreviewTemplate
from application.templates.settle_parameters import SettleParameters
from application.templates.show_upgrade import ShowUpgrade
from application.templates.upgrade_workflow import UpgradeWorkflow
from application.webhooks.create_webhook_secret import CreateWebhookSecret
from application.webhooks.delete_webhook_secret import DeleteWebhookSecret
from application.webhooks.receive_webhook import ReceiveWebhook
from application.webhooks.show_webhook import ShowWebhook
from application.workflows.change_workflow import ChangeWorkflow
from application.workflows.clear_memory import ClearMemory
from application.workflows.create_workflow import CreateWorkflow
from application.workflows.delete_workflow import DeleteWorkflow
from application.workflows.set_memory import SetMemory
from application.workflows.show_memory import ShowMemory
from domain.templates.published import PUBLISHED
from domain.templates.templates import Templates
from entrypoints.http.app import create_app
from entrypoints.http.services import HttpServices
from entrypoints.settings import Mode, Settings, read_settings
from tests.fakes.address_checker import FakeAddressChecker
from tests.fakes.clock import FakeClock
from tests.fakes.health_probe import FakeHealthProbe
from tests.fakes.ids import FakeIds
from tests.fakes.job_queue import FakeJobQueue
from tests.fakes.knowledge_reads import FakeKnowledgeReads
from tests.fakes.language_model import FakeLanguageModel
from tests.fakes.library import FakeLibrary
from tests.fakes.password_hasher import FakePasswordHasher
from tests.fakes.rate_limiter import FakeRateLimiter
from tests.fakes.read_models import FakeAccountReads, FakeExecutionReads, FakeWorkflowReads
from tests.fakes.run_history import FakeRunHistory
from tests.fakes.secret_box import FakeSecretBox
from tests.fakes.secret_generator import FakeSecrets
from tests.fakes.store import FakeStore
from tests.fakes.token_signer import FakeTokenSigner
from tests.fakes.workflow_memory import FakeWorkflowMemory
from tests.scheduling import CONFIG_WARNINGS, TIMETABLES, deriving, settling

PASSWORD = "correct horse 1"
ANALYZER = SnowballAnalyzer()
EMBEDDERS = EmbeddersAtHand(LexicalEmbedder(ANALYZER))
_names = count(1)


@dataclass
class Api:
    """What stands behind the API, and a client without a token."""

    settings: Settings
    clock: FakeClock = field(default_factory=FakeClock)
    store: FakeStore = field(init=False)
    queue: FakeJobQueue = field(default_factory=FakeJobQueue)
    health: FakeHealthProbe = field(default_factory=FakeHealthProbe)
    tokens: TokenSigner = field(default_factory=FakeTokenSigner)
    limiter: FakeRateLimiter = field(init=False)
    templates: Templates = PUBLISHED
    model: FakeLanguageModel = field(default_factory=FakeLanguageModel)
    files: ThreadedFileReader = field(default_factory=ThreadedFileReader)
    library: FakeLibrary = field(default_factory=lambda: FakeLibrary(ANALYZER, EMBEDDERS))
    client: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        self.store = FakeStore(self.clock)
        self.limiter = FakeRateLimiter(self.clock)

    def services(self) -> HttpServices:
        begin, clock, queue, ids = self.store.begin, self.clock, self.queue, FakeIds()
        hasher, tokens, box, secrets = FakePasswordHasher(), self.tokens, FakeSecretBox(), FakeSecrets()
        takes_unsigned = self.settings.takes_unsigned_webhooks
        authenticate = Authenticate(tokens=tokens, accounts=FakeAccountReads(self.store), clock=clock)
        derive_schedules = deriving(ids)
        show_schedules = ShowSchedules(begin=begin, timetables=TIMETABLES, clock=clock)
        create_workflow = CreateWorkflow(
            begin=begin, clock=clock, ids=ids, known_types=KNOWN_TYPES, derive_schedules=derive_schedules
        )
        preview = PreviewTemplate(templates=self.templates, settle=SettleParameters(begin=begin), ids=ids)
        return HttpServices(
            settings=self.settings,
            clock=clock,
            register_user=RegisterUser(
                begin=begin, hasher=hasher, addresses=FakeAddressChecker(), clock=clock, ids=ids
            ),
            log_in=LogIn(
                begin=begin,
                hasher=hasher,
                limiter=self.limiter,
                wrong_passwords=self.settings.limits.wrong_passwords,
                wrong_passwords_from_everywhere=self.settings.limits.wrong_passwords_from_everywhere,
            ),
            rate_limiter=self.limiter,
            issue_token=IssueToken(tokens=tokens, clock=clock),
            show_me=ShowMe(accounts=FakeAccountReads(self.store)),
            authenticate=authenticate,
            log_out_everywhere=LogOutEverywhere(begin=begin, authenticate=authenticate),
            create_access_token=CreateAccessToken(begin=begin, secrets=secrets, clock=clock, ids=ids),
            list_access_tokens=ListAccessTokens(begin=begin),
            revoke_access_token=RevokeAccessToken(begin=begin, authenticate=authenticate),
            add_provider_key=AddProviderKey(begin=begin, box=box, clock=clock, ids=ids),
            list_provider_keys=ListProviderKeys(begin=begin),
            delete_provider_key=DeleteProviderKey(begin=begin),
            create_workflow=create_workflow,
            change_workflow=ChangeWorkflow(
                begin=begin, clock=clock, known_types=KNOWN_TYPES, derive_schedules=derive_schedules
            ),
            delete_workflow=DeleteWorkflow(begin=begin, queue=queue),
            start_execution=StartExecution(begin=begin, queue=queue, clock=clock, ids=ids),
            stop_execution=StopExecution(begin=begin, queue=queue, clock=clock),
            delete_execution=DeleteExecution(begin=begin, queue=queue),
            explain_execution=ExplainExecution(history=FakeRunHistory(self.store)),
            parse_file=ParseFile(reader=self.files),
            ask_assistant=AskAssistant(open_key=OpenProviderKey(begin=begin, box=box), model=self.model),
            receive_webhook=ReceiveWebhook(
                begin=begin, box=box, queue=queue, clock=clock, ids=ids, takes_unsigned=takes_unsigned
            ),
            show_schedules=show_schedules,
            pause_schedule=PauseSchedule(begin=begin, clock=clock, settle_overdue=settling(ids), show=show_schedules),
            resume_schedule=ResumeSchedule(begin=begin, settle_overdue=settling(ids), show=show_schedules),
            show_memory=ShowMemory(begin=begin, memory=FakeWorkflowMemory(self.store)),
            clear_memory=ClearMemory(begin=begin, memory=FakeWorkflowMemory(self.store)),
            set_memory=SetMemory(begin=begin, memory=FakeWorkflowMemory(self.store)),
            show_webhook=ShowWebhook(begin=begin, takes_unsigned=takes_unsigned),
            create_webhook_secret=CreateWebhookSecret(begin=begin, box=box, secrets=secrets, clock=clock, ids=ids),
            delete_webhook_secret=DeleteWebhookSecret(begin=begin),
            create_corpus=CreateCorpus(begin=begin, clock=clock, ids=ids),
            change_corpus=ChangeCorpus(begin=begin, clock=clock),
            delete_corpus=DeleteCorpus(begin=begin),
            accept_document=AcceptDocument(begin=begin, queue=queue, clock=clock, ids=ids),
            replace_document=ReplaceDocument(begin=begin, queue=queue, clock=clock),
            retry_document=RetryDocument(begin=begin, queue=queue, clock=clock),
            delete_document=DeleteDocument(begin=begin),
            knowledge_reads=FakeKnowledgeReads(self.store),
            templates=self.templates,
            preview_template=preview,
            instantiate_template=InstantiateTemplate(preview=preview, create=create_workflow, ids=ids),
            show_upgrade=ShowUpgrade(begin=begin, templates=self.templates),
            upgrade_workflow=UpgradeWorkflow(
                begin=begin,
                clock=clock,
                templates=self.templates,
                known_types=KNOWN_TYPES,
                derive_schedules=derive_schedules,
            ),
            workflow_reads=FakeWorkflowReads(self.store),
            execution_reads=FakeExecutionReads(self.store),
            knowledge_search=self.library,
            knowledge_explanations=self.library,
            health_probe=self.health,
            catalogue=CATALOGUE,
            config_warnings=CONFIG_WARNINGS,
        )

    async def somebody(self) -> "Person":
        """A new user, signed in."""
        registration = {"email": f"somebody{next(_names)}@example.com", "name": "Ada L", "password": PASSWORD}
        answer = await self.client.post("/api/auth/register", json=registration)
        return Person(self.client, answer.json()["data"]["user"], answer.json()["data"]["token"])


@dataclass
class Person:
    """Sends requests with a bearer token."""

    client: httpx.AsyncClient
    user: dict[str, str]
    token: str

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self.send("GET", path, **more)

    async def post(self, path: str, **more: Any) -> httpx.Response:
        return await self.send("POST", path, **more)

    async def patch(self, path: str, **more: Any) -> httpx.Response:
        return await self.send("PATCH", path, **more)

    async def put(self, path: str, **more: Any) -> httpx.Response:
        return await self.send("PUT", path, **more)

    async def delete(self, path: str, **more: Any) -> httpx.Response:
        return await self.send("DELETE", path, **more)

    async def send(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        signed = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        return await self.client.request(method, path, headers=signed, **more)

    async def draws(self, **parts: Any) -> str:
        """The id of a new workflow."""
        answer = await self.post("/api/workflows", json=a_workflow(**parts))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["data"]["id"])

    async def runs(self, workflow_id: str) -> str:
        """The id of a new run."""
        answer = await self.post(f"/api/workflows/{workflow_id}/execute", json={"payload": {}})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["data"]["executionId"])

    async def collects(self, **parts: Any) -> str:
        """The id of a new corpus."""
        answer = await self.post("/api/knowledge/corpora", json={"name": "Manuals", **parts})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["data"]["id"])

    async def brings(self, corpus_id: str, text: str = "Sourdough rises overnight.", **parts: Any) -> str:
        """The id of a new document."""
        body = {"corpusId": corpus_id, "title": "Bread", "contentText": text, **parts}
        answer = await self.post("/api/knowledge/documents/ingest", json=body)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["data"]["documentId"])


@asynccontextmanager
async def running_api(
    mode: Mode = Mode.DEVELOPMENT,
    *,
    origins: str = "",
    data_dir: Path,
    environment: Mapping[str, str] | None = None,
    tokens: TokenSigner | None = None,
    templates: Templates = PUBLISHED,
) -> AsyncIterator[Api]:
    """Without limits worth speaking of, unless `environment` sets them."""
    settings = _settings(mode, origins, data_dir, environment or {})
    api = Api(settings=settings, tokens=tokens or FakeTokenSigner(), templates=templates)
    transport = httpx.ASGITransport(app=create_app(api.services()))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://rex.test") as client:
        api.client = client
        yield api
    api.files.close()


def _settings(mode: Mode, origins: str, data_dir: Path, environment: Mapping[str, str]) -> Settings:
    return read_settings(
        {
            "REX_ENV": mode,
            "REX_DATA_DIR": str(data_dir),
            "REX_CORS_ORIGINS": origins,
            "DATABASE_URL": "postgresql://nowhere",
            "JWT_SECRET": "0123456789abcdef0123456789abcdef",
            "ENCRYPTION_KEYS": f"k1:{bytes(range(32)).hex()}",
            "RATE_LIMIT_MAX": "1000000",
            "WEBHOOK_RATE_LIMIT_MAX": "1000000",
            **environment,
        }
    )


def a_node(type: str = "log", **parts: Any) -> dict[str, Any]:
    usual = {"id": str(uuid4()), "type": type, "label": "Node", "position": {"x": 0, "y": 0}, "config": {}}
    return {**usual, **parts}


def an_edge(source: dict[str, Any], target: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "source": source["id"], "target": target["id"], **parts}


def a_workflow(**parts: Any) -> dict[str, Any]:
    return {"name": "Golden flow", "nodes": [a_node("manual-trigger")], "edges": [], **parts}


def error_of(answer: httpx.Response) -> dict[str, Any]:
    """The error of a refusal, which must be in the envelope."""
    body = answer.json()
    assert set(body) == {"success", "error"}
    assert body["success"] is False
    error: dict[str, Any] = body["error"]
    return error


def refusal(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, code and message."""
    error = error_of(answer)
    return answer.status_code, error["code"], error["message"]


def issue_paths(answer: httpx.Response) -> list[list[str | int]]:
    """Where the things are that were wrong."""
    return [issue["path"] for issue in error_of(answer)["details"]["issues"]]
