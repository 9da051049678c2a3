"""The only file that knows which adapter stands behind which port."""

import os
import socket
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from dependency_injector import containers, providers
from redis.asyncio import Redis

from adapters.cron.cronsim_calendar import CronSimCalendar
from adapters.crypto.aes_secret_box import AesSecretBox
from adapters.crypto.argon2_password_hasher import Argon2PasswordHasher
from adapters.crypto.jwt_token_signer import JwtTokenSigner
from adapters.embedded.errors import AlreadyRunning, EmbeddedPostgresFailed
from adapters.embedded.home import has_cluster
from adapters.embedded.server import EmbeddedPostgres, running_address
from adapters.embeddings.at_hand import EmbeddersAtHand, LateEmbedder
from adapters.embeddings.hashing import HashEmbedder
from adapters.embeddings.lexical import LexicalEmbedder
from adapters.embeddings.minilm import SPACE as MINILM_SPACE
from adapters.embeddings.minilm import MiniLm, MiniLmNotInstalled
from adapters.embeddings.openai_compatible import OpenAiCompatibleEmbedder
from adapters.files.threaded_file_reader import ThreadedFileReader
from adapters.http.guarded_fetcher import GuardedFetcher
from adapters.http.resolver import SystemResolver
from adapters.javascript.v8_script_sandbox import V8ScriptSandbox
from adapters.jsonschema.json_schema_validator import JsonSchemaValidator
from adapters.language.remembering_analyzer import RememberingAnalyzer
from adapters.language.snowball_analyzer import SnowballAnalyzer
from adapters.mail.email_syntax import EmailSyntax
from adapters.memory.in_process_rate_limiter import InProcessRateLimiter
from adapters.models.endpoint import Endpoint
from adapters.models.openai_compatible import OPENAI_URL
from adapters.models.provider_http import ProviderHttp
from adapters.models.provider_models import ProviderModels
from adapters.postgres.arrival import once_there
from adapters.postgres.chunk_index import PostgresChunkIndex
from adapters.postgres.database import Database
from adapters.postgres.dense_voice import DenseVoice
from adapters.postgres.embedding_spaces import EmbeddingSpaces
from adapters.postgres.examinations import (
    OVERDUE,
    ExamineDatabase,
    ExamineFailingSchedules,
    ExaminePgvector,
    ExamineRecords,
    ExamineSpaces,
    ExamineWaiting,
)
from adapters.postgres.examinations import now_of as now_of_database
from adapters.postgres.graph_upkeep import GraphUpkeep
from adapters.postgres.health import PostgresHealthProbe
from adapters.postgres.hybrid_ranking import HybridRanker
from adapters.postgres.ingestion_journal import PostgresIngestionJournal
from adapters.postgres.knowledge_explanations import PostgresKnowledgeExplanations
from adapters.postgres.knowledge_reads import PostgresKnowledgeReads
from adapters.postgres.knowledge_search import PostgresKnowledgeSearch
from adapters.postgres.migrator import migrate
from adapters.postgres.old_runs import PostgresOldRuns
from adapters.postgres.process_clocks import PostgresProcessClocks
from adapters.postgres.read_models import PostgresAccountReads, PostgresExecutionReads, PostgresWorkflowReads
from adapters.postgres.run_history import PostgresRunHistory
from adapters.postgres.run_journal import PostgresRunJournal
from adapters.postgres.settling import Settling
from adapters.postgres.unit_of_work import PostgresUnitOfWork
from adapters.postgres.vector_spaces import PostgresVectorSpaces
from adapters.postgres.workflow_memory import PostgresWorkflowMemory
from adapters.redis.circuit import Circuit
from adapters.redis.connections import impatient_redis
from adapters.redis.examination import ExamineRedis
from adapters.redis.examination import now_of as now_of_redis
from adapters.redis.health import RedisHealthProbe
from adapters.redis.redis_rate_limiter import RedisRateLimiter
from adapters.system.health_of_all import HealthOfAll
from adapters.system.system_clock import SystemClock
from adapters.system.system_secrets import SystemSecrets
from adapters.system.uuid7_ids import Uuid7Ids
from adapters.taskiq.answering import answer_documents, answer_ready, answer_stopped, hear_all
from adapters.taskiq.doorbells import Doorbells, doorbells_on, doorbells_within
from adapters.taskiq.gathered_rings import GatheredRings
from adapters.taskiq.task_queue import TaskQueue
from adapters.telemetry.logs import StructuredLog, configure_logs
from application.access_tokens.create_access_token import CreateAccessToken
from application.access_tokens.list_access_tokens import ListAccessTokens
from application.access_tokens.revoke_access_token import RevokeAccessToken
from application.accounts.authenticate import Authenticate
from application.accounts.find_user import FindUser
from application.accounts.issue_token import IssueToken
from application.accounts.log_in import LogIn
from application.accounts.log_out_everywhere import LogOutEverywhere
from application.accounts.register_user import RegisterUser
from application.accounts.show_me import ShowMe
from application.assistant.ask_assistant import AskAssistant
from application.engine.patience import Patience
from application.engine.patient_journal import PatientJournal
from application.engine.patient_memory import PatientMemory
from application.engine.run_execution import RunExecution
from application.engine.worker import Worker, WorkerTerms
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
from application.knowledge.ingest_by_space import IngestBySpace
from application.knowledge.ingest_documents import IngestDocuments
from application.knowledge.ingest_texts import IngestTexts
from application.knowledge.ingestor import Ingestor, IngestorTerms, Ingests
from application.knowledge.reembed_corpus import ReembedCorpus
from application.knowledge.replace_document import ReplaceDocument
from application.knowledge.retry_document import RetryDocument
from application.maintenance.diagnose import Diagnose
from application.maintenance.examine_clock import ExamineClock
from application.maintenance.examine_process_clocks import ExamineProcessClocks
from application.maintenance.examine_secrets import ExamineSecrets
from application.maintenance.forget_old_runs import ForgetOldRuns
from application.maintenance.forget_requests import ForgetRequests
from application.maintenance.give_up import GiveUp
from application.maintenance.give_up_documents import GiveUpDocuments
from application.maintenance.ring_again import RingAgain
from application.maintenance.rotate_keys import RotateKeys
from application.maintenance.tell_clock import TellClock
from application.models.ask_model import AskModel
from application.nodes.catalogue import CATALOGUE, KNOWN_TYPES
from application.nodes.node import RunLog
from application.ports.chunk_index import ChunkIndex
from application.ports.clock import Clock
from application.ports.embedder import Embedder
from application.ports.embedders import Embedders
from application.ports.examination import Examination
from application.ports.health_probe import HealthProbe
from application.ports.id_generator import IdGenerator
from application.ports.ingestion_journal import IngestionJournal
from application.ports.job_queue import JobQueue
from application.ports.language_model import LanguageModel
from application.ports.rate_limiter import RateLimiter
from application.ports.secret_box import SecretBox
from application.ports.text_analyzer import TextAnalyzer
from application.provider_keys.add_provider_key import AddProviderKey
from application.provider_keys.delete_provider_key import DeleteProviderKey
from application.provider_keys.list_provider_keys import ListProviderKeys
from application.provider_keys.open_provider_key import OpenProviderKey
from application.schedules.derive_missing_schedules import DeriveMissingSchedules
from application.schedules.derive_schedules import DeriveSchedules
from application.schedules.fire_due_schedules import FireDueSchedules
from application.schedules.pause_schedule import PauseSchedule
from application.schedules.resume_schedule import ResumeSchedule
from application.schedules.settle_overdue import SettleOverdue
from application.schedules.show_schedules import ShowSchedules
from application.schedules.timetables import Timetables
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
from application.workflows.config_warnings import ConfigWarnings
from application.workflows.create_workflow import CreateWorkflow
from application.workflows.delete_workflow import DeleteWorkflow
from application.workflows.set_memory import SetMemory
from application.workflows.show_memory import ShowMemory
from domain.executions.context import RetrievalBudget
from domain.knowledge.embedding_space import EmbeddingSpace
from domain.models.provider import Provider
from domain.templates.published import PUBLISHED
from entrypoints.settings import EmbedderChoice, EmbedderKind, Settings

__all__ = [
    "RexContainer",
    "StartRefused",
    "answer_documents",
    "answer_ready",
    "answer_stopped",
    "configure_logs",
    "embedded_postgres",
    "hear_all",
    "migrate",
    "once_there",
    "running_postgres_url",
]

StartRefused: Final[tuple[type[Exception], ...]] = (AlreadyRunning, EmbeddedPostgresFailed, MiniLmNotInstalled)
"""What the private database says when it cannot be had, and MiniLM when it is not installed."""


A_LOT_TO_READ_SECONDS: Final = 600.0
"""For whoever reads every record there is."""


def embedded_postgres(data_dir: Path, say: Callable[[str], None]) -> EmbeddedPostgres:
    return EmbeddedPostgres(data_dir, say=say)


def keeps_postgres(data_dir: Path) -> bool:
    """Whether this directory has a private database, or one that cannot be looked at."""
    return has_cluster(data_dir)


def running_postgres_url(data_dir: Path) -> str | None:
    """Where another REX process keeps the private database of this directory, None when none does."""
    address = running_address(data_dir)
    return None if address is None else address.url


def _worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def _terms(settings: Settings) -> WorkerTerms:
    return WorkerTerms(
        slots=settings.worker_slots,
        lease=settings.lease,
        heartbeat=settings.heartbeat,
        max_claims=settings.max_claims,
    )


def _ingestor_terms(settings: Settings) -> IngestorTerms:
    return IngestorTerms(lease=settings.lease, heartbeat=settings.heartbeat, max_claims=settings.max_claims)


def _budget(settings: Settings) -> RetrievalBudget:
    return RetrievalBudget(
        max_requests=settings.retrieval_max_requests,
        max_failures=settings.retrieval_max_failures,
        max_duration_ms=settings.retrieval_max_duration_ms,
    )


def _warner(log: RunLog) -> Callable[[str], None]:
    return lambda text: log.write("warning", text)


def _redis(url: str | None) -> Redis | None:
    return None if url is None else impatient_redis(url)


def _limiter(redis: Redis | None, clock: SystemClock, log: RunLog, jwt_secret: str) -> RateLimiter:
    """Shared counters where there is something to share them in."""
    local = InProcessRateLimiter(clock)
    if redis is None:
        return local
    return RedisRateLimiter(redis, Circuit(clock, warn=_warner(log)), fallback=local, pepper=jwt_secret.encode())


def _doorbells(redis_url: str | None, worker: str) -> Doorbells:
    return doorbells_within() if redis_url is None else doorbells_on(redis_url, consumer=worker)


def _queue(doorbells: Doorbells, redis: Redis | None, clock: SystemClock, log: RunLog) -> JobQueue:
    if redis is None:
        return GatheredRings(TaskQueue(doorbells, log), clock)
    circuit = Circuit(clock, warn=_warner(log), consequence="workers look for work by themselves")
    return GatheredRings(TaskQueue(doorbells, log, circuit), clock)


def _health(database: PostgresHealthProbe, redis: Redis | None) -> HealthProbe:
    return database if redis is None else HealthOfAll(database, RedisHealthProbe(redis))


def _models(settings: Settings, http: ProviderHttp) -> LanguageModel:
    given = {"gemini_url": settings.gemini_url, "groq_url": settings.groq_url, "openai_url": settings.openai_url}
    return ProviderModels(http, **{name: url for name, url in given.items() if url is not None})


def _keyless(settings: Settings) -> frozenset[Provider]:
    """A server of one's own may want no key."""
    return frozenset({Provider.EXTRACTIVE} if settings.openai_url is None else {Provider.EXTRACTIVE, Provider.OPENAI})


def _embedder(choice: EmbedderChoice, http: ProviderHttp, analyzer: TextAnalyzer) -> Embedder:
    match choice.kind:
        case EmbedderKind.MINILM:
            return MiniLm()
        case EmbedderKind.OPENAI:
            return _embedding_server(choice, http)
        case EmbedderKind.HASH:
            return HashEmbedder()
        case EmbedderKind.LEXICAL:
            return LexicalEmbedder(analyzer)


def _embedding_server(choice: EmbedderChoice, http: ProviderHttp) -> Embedder:
    base_url = (choice.base_url or OPENAI_URL).rstrip("/")
    provider = Endpoint(http=http, name="The embedding model", url=f"{base_url}/embeddings", key=choice.api_key)
    return OpenAiCompatibleEmbedder(
        provider,
        model=choice.model,
        dimensions=choice.dimensions,
        base_url=None if base_url == OPENAI_URL else base_url,
    )


def _embedders(usual: Embedder, choice: EmbedderChoice, http: ProviderHttp, analyzer: TextAnalyzer) -> Embedders:
    """MiniLM is loaded when a corpus asks for it."""
    late = LateEmbedder(MINILM_SPACE, MiniLm, absence=MiniLmNotInstalled)
    served = [_embedding_server(choice, http)] if choice.knows_a_server else []
    return EmbeddersAtHand(usual, [LexicalEmbedder(analyzer), HashEmbedder(), late, *served])


def _dense_voices(analyzer: TextAnalyzer) -> Mapping[EmbeddingSpace, DenseVoice]:
    """Vectors of words add to the words only what is spelled alike, and digests nothing."""
    return {
        LexicalEmbedder(analyzer).space: DenseVoice(weight=0.1),
        HashEmbedder().space: DenseVoice(weight=0.0, tells_unrelated=False),
        MINILM_SPACE: DenseVoice(weight=0.8, languages=frozenset({"english"})),
    }


def _ingests_with(
    journal: IngestionJournal, index: ChunkIndex, ids: IdGenerator, clock: Clock, log: RunLog
) -> Callable[[Embedder], Ingests]:
    return lambda embedder: IngestDocuments(
        journal=journal, index=index, embedder=embedder, ids=ids, clock=clock, log=log
    )


def _examinations(
    database: Database, redis: Redis | None, clock: SystemClock, box: SecretBox, embedder: Embedder
) -> Sequence[Examination]:
    """What comes first explains what comes after."""
    shared = [] if redis is None else [ExamineClock(whose="redis", other=lambda: now_of_redis(redis), clock=clock)]
    return [
        ExamineDatabase(database),
        ExaminePgvector(database),
        ExamineRedis(redis),
        ExamineClock(whose="the database", other=lambda: now_of_database(database), clock=clock),
        *shared,
        ExamineProcessClocks(clocks=PostgresProcessClocks(database)),
        *(ExamineWaiting(database, each) for each in OVERDUE),
        ExamineFailingSchedules(database),
        ExamineSecrets(begin=lambda: PostgresUnitOfWork(database), box=box),
        ExamineSpaces(database, embedder),
        ExamineRecords(database),
    ]


class RexContainer(containers.DeclarativeContainer):
    """Every provider is called without arguments. `database` has to be opened before use and closed after."""

    settings = providers.Dependency(instance_of=Settings)
    database_url = providers.Dependency(instance_of=str)

    clock = providers.Singleton(SystemClock)
    ids = providers.Singleton(Uuid7Ids)
    log = providers.Singleton(StructuredLog)
    hasher = providers.Singleton(Argon2PasswordHasher)
    addresses = providers.Singleton(EmailSyntax)
    schemas = providers.Singleton(JsonSchemaValidator)
    scripts = providers.Singleton(V8ScriptSandbox, processes=settings.provided.script_processes)
    resolver = providers.Singleton(SystemResolver)
    fetcher = providers.Singleton(GuardedFetcher, resolver, settings.provided.outgoing_allow)
    secrets = providers.Singleton(SystemSecrets)
    box = providers.Singleton(AesSecretBox, settings.provided.encryption_keys)
    tokens = providers.Singleton(JwtTokenSigner, settings.provided.jwt_secret, lifetime=settings.provided.jwt_expiry)

    database = providers.Singleton(Database, database_url, size=settings.provided.database_pool)
    begin = providers.Factory(PostgresUnitOfWork, database).provider
    journal = providers.Singleton(PostgresRunJournal, database, warn=providers.Callable(_warner, log))
    account_reads = providers.Singleton(PostgresAccountReads, database)
    workflow_reads = providers.Singleton(PostgresWorkflowReads, database)
    execution_reads = providers.Singleton(PostgresExecutionReads, database, warn=providers.Callable(_warner, log))
    run_history = providers.Singleton(PostgresRunHistory, database, warn=providers.Callable(_warner, log))
    workflow_memory = providers.Singleton(PostgresWorkflowMemory, database)
    knowledge_reads = providers.Singleton(PostgresKnowledgeReads, database)
    ingestion_journal = providers.Singleton(PostgresIngestionJournal, database)

    redis = providers.Singleton(_redis, settings.provided.redis_url)
    doorbells = providers.Singleton(_doorbells, settings.provided.redis_url, providers.Callable(_worker_name))
    queue = providers.Singleton(_queue, doorbells, redis, clock, log)
    health_probe = providers.Singleton(_health, providers.Singleton(PostgresHealthProbe, database), redis)
    rate_limiter = providers.Singleton(_limiter, redis, clock, log, settings.provided.jwt_secret)

    catalogue = providers.Object(CATALOGUE)
    calendar = providers.Singleton(CronSimCalendar)
    config_warnings = providers.Singleton(ConfigWarnings, catalogue=catalogue, calendar=calendar)

    authenticate = providers.Singleton(Authenticate, tokens=tokens, accounts=account_reads, clock=clock)
    register_user = providers.Singleton(
        RegisterUser, begin=begin, hasher=hasher, addresses=addresses, clock=clock, ids=ids
    )
    log_in = providers.Singleton(
        LogIn,
        begin=begin,
        hasher=hasher,
        limiter=rate_limiter,
        wrong_passwords=settings.provided.limits.wrong_passwords,
        wrong_passwords_from_everywhere=settings.provided.limits.wrong_passwords_from_everywhere,
    )
    issue_token = providers.Singleton(IssueToken, tokens=tokens, clock=clock)
    show_me = providers.Singleton(ShowMe, accounts=account_reads)
    log_out_everywhere = providers.Singleton(LogOutEverywhere, begin=begin, authenticate=authenticate)
    create_access_token = providers.Singleton(CreateAccessToken, begin=begin, secrets=secrets, clock=clock, ids=ids)
    list_access_tokens = providers.Singleton(ListAccessTokens, begin=begin)
    revoke_access_token = providers.Singleton(RevokeAccessToken, begin=begin, authenticate=authenticate)
    find_user = providers.Singleton(FindUser, begin=begin)

    timetables = providers.Singleton(Timetables, calendar)
    settle_overdue = providers.Singleton(SettleOverdue, timetables=timetables, ids=ids)
    derive_schedules = providers.Singleton(
        DeriveSchedules, timetables=timetables, ids=ids, settle_overdue=settle_overdue
    )
    derive_missing_schedules = providers.Singleton(
        DeriveMissingSchedules, begin=begin, clock=clock, derive_schedules=derive_schedules
    )
    show_schedules = providers.Singleton(ShowSchedules, begin=begin, timetables=timetables, clock=clock)
    pause_schedule = providers.Singleton(
        PauseSchedule, begin=begin, clock=clock, settle_overdue=settle_overdue, show=show_schedules
    )
    resume_schedule = providers.Singleton(
        ResumeSchedule, begin=begin, settle_overdue=settle_overdue, show=show_schedules
    )
    fire_due_schedules = providers.Singleton(
        FireDueSchedules, begin=begin, queue=queue, timetables=timetables, ids=ids, log=log
    )

    create_workflow = providers.Singleton(
        CreateWorkflow,
        begin=begin,
        clock=clock,
        ids=ids,
        known_types=KNOWN_TYPES,
        derive_schedules=derive_schedules,
    )
    change_workflow = providers.Singleton(
        ChangeWorkflow, begin=begin, clock=clock, known_types=KNOWN_TYPES, derive_schedules=derive_schedules
    )
    delete_workflow = providers.Singleton(DeleteWorkflow, begin=begin, queue=queue)
    show_memory = providers.Singleton(ShowMemory, begin=begin, memory=workflow_memory)
    set_memory = providers.Singleton(SetMemory, begin=begin, memory=workflow_memory)
    clear_memory = providers.Singleton(ClearMemory, begin=begin, memory=workflow_memory)

    templates = providers.Object(PUBLISHED)
    preview_template = providers.Singleton(
        PreviewTemplate,
        templates=templates,
        settle=providers.Singleton(SettleParameters, begin=begin),
        ids=ids,
    )
    instantiate_template = providers.Singleton(
        InstantiateTemplate, preview=preview_template, create=create_workflow, ids=ids
    )
    show_upgrade = providers.Singleton(ShowUpgrade, begin=begin, templates=templates)
    upgrade_workflow = providers.Singleton(
        UpgradeWorkflow,
        begin=begin,
        clock=clock,
        templates=templates,
        known_types=KNOWN_TYPES,
        derive_schedules=derive_schedules,
    )

    start_execution = providers.Singleton(StartExecution, begin=begin, queue=queue, clock=clock, ids=ids)
    stop_execution = providers.Singleton(StopExecution, begin=begin, queue=queue, clock=clock)
    delete_execution = providers.Singleton(DeleteExecution, begin=begin, queue=queue)
    explain_execution = providers.Singleton(ExplainExecution, history=run_history)

    add_provider_key = providers.Singleton(AddProviderKey, begin=begin, box=box, clock=clock, ids=ids)
    list_provider_keys = providers.Singleton(ListProviderKeys, begin=begin)
    delete_provider_key = providers.Singleton(DeleteProviderKey, begin=begin)
    open_provider_key = providers.Singleton(OpenProviderKey, begin=begin, box=box)
    rotate_keys = providers.Singleton(RotateKeys, begin=begin, box=box)

    create_corpus = providers.Singleton(CreateCorpus, begin=begin, clock=clock, ids=ids)
    change_corpus = providers.Singleton(ChangeCorpus, begin=begin, clock=clock)
    delete_corpus = providers.Singleton(DeleteCorpus, begin=begin)
    accept_document = providers.Singleton(AcceptDocument, begin=begin, queue=queue, clock=clock, ids=ids)
    replace_document = providers.Singleton(ReplaceDocument, begin=begin, queue=queue, clock=clock)
    retry_document = providers.Singleton(RetryDocument, begin=begin, queue=queue, clock=clock)
    delete_document = providers.Singleton(DeleteDocument, begin=begin)

    file_reader = providers.Singleton(ThreadedFileReader)
    parse_file = providers.Singleton(ParseFile, reader=file_reader)

    provider_http = providers.Singleton(ProviderHttp, clock)
    models = providers.Singleton(_models, settings, provider_http)
    analyzer = providers.Singleton(RememberingAnalyzer, providers.Singleton(SnowballAnalyzer))
    embedder = providers.Singleton(_embedder, settings.provided.embedder, provider_http, analyzer)
    embedders = providers.Singleton(_embedders, embedder, settings.provided.embedder, provider_http, analyzer)
    index_upkeep = providers.Singleton(Settling, database)
    graph_upkeep = providers.Singleton(GraphUpkeep, database)
    chunk_index = providers.Singleton(PostgresChunkIndex, database, analyzer, index_upkeep)
    ranker = providers.Singleton(
        HybridRanker,
        database,
        analyzer,
        embedders,
        voices=providers.Callable(_dense_voices, analyzer),
    )
    knowledge_search = providers.Singleton(PostgresKnowledgeSearch, ranker)
    knowledge_explanations = providers.Singleton(PostgresKnowledgeExplanations, analyzer, ranker)
    ask_model = providers.Singleton(
        AskModel,
        open_key=open_provider_key,
        model=models,
        keyless=providers.Callable(_keyless, settings),
        falls_back=settings.provided.answers_without_model,
    )
    ingest_documents = providers.Singleton(
        IngestBySpace,
        spaces=providers.Singleton(EmbeddingSpaces, database),
        embedders=embedders,
        ingest_with=providers.Callable(_ingests_with, ingestion_journal, chunk_index, ids, clock, log),
    )
    vector_spaces = providers.Singleton(PostgresVectorSpaces, database, graph_upkeep)
    reembed_corpus = providers.Singleton(ReembedCorpus, begin=begin, spaces=vector_spaces, embedder=embedder)
    ingest_texts = providers.Singleton(
        IngestTexts,
        begin=begin,
        journal=ingestion_journal,
        ingest_documents=ingest_documents,
        clock=clock,
        ids=ids,
        worker=providers.Callable(_worker_name),
        lease=settings.provided.lease,
        heartbeat=settings.provided.heartbeat,
    )
    ask_assistant = providers.Singleton(AskAssistant, open_key=open_provider_key, model=models)

    receive_webhook = providers.Singleton(
        ReceiveWebhook,
        begin=begin,
        box=box,
        queue=queue,
        clock=clock,
        ids=ids,
        takes_unsigned=settings.provided.takes_unsigned_webhooks,
    )
    show_webhook = providers.Singleton(
        ShowWebhook, begin=begin, takes_unsigned=settings.provided.takes_unsigned_webhooks
    )
    create_webhook_secret = providers.Singleton(
        CreateWebhookSecret, begin=begin, box=box, secrets=secrets, clock=clock, ids=ids
    )
    delete_webhook_secret = providers.Singleton(DeleteWebhookSecret, begin=begin)

    patience = providers.Singleton(Patience, clock=clock)
    patient_journal = providers.Singleton(PatientJournal, journal=journal, patience=patience)
    run_execution = providers.Singleton(
        RunExecution,
        journal=patient_journal,
        catalogue=catalogue,
        schemas=schemas,
        scripts=scripts,
        fetcher=fetcher,
        memory=providers.Singleton(PatientMemory, memory=workflow_memory, patience=patience),
        ask_model=ask_model,
        search=knowledge_search,
        ingestion=ingest_texts,
        clock=clock,
        log=log,
        budget=providers.Callable(_budget, settings),
        limits=settings.provided.run_limits,
    )
    worker = providers.Singleton(
        Worker,
        name=providers.Callable(_worker_name),
        journal=journal,
        execute=run_execution,
        clock=clock,
        log=log,
        terms=providers.Callable(_terms, settings),
    )
    ingestor = providers.Singleton(
        Ingestor,
        name=providers.Callable(_worker_name),
        journal=ingestion_journal,
        ingest=ingest_documents,
        clock=clock,
        log=log,
        terms=providers.Callable(_ingestor_terms, settings),
    )
    ring_again = providers.Singleton(RingAgain, journal=journal, documents=ingestion_journal, queue=queue)
    give_up_documents = providers.Singleton(
        GiveUpDocuments, journal=ingestion_journal, max_claims=settings.provided.max_claims
    )
    forget_requests = providers.Singleton(ForgetRequests, begin=begin, clock=clock)
    old_runs = providers.Singleton(PostgresOldRuns, database)
    forget_old_runs = providers.Singleton(ForgetOldRuns, runs=old_runs, clock=clock, keep=settings.provided.retention)
    tell_clock = providers.Singleton(
        TellClock, clocks=providers.Singleton(PostgresProcessClocks, database), clock=clock
    )
    give_up = providers.Singleton(GiveUp, begin=begin, clock=clock, max_claims=settings.provided.max_claims)
    patient_database = providers.Singleton(
        Database, database_url, size=2, connect_seconds=5.0, statement_seconds=A_LOT_TO_READ_SECONDS
    )
    diagnose = providers.Singleton(
        Diagnose,
        examinations=providers.Callable(_examinations, patient_database, redis, clock, box, embedder),
    )
