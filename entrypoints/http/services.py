"""Everything that the HTTP API calls, and how handlers get hold of it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeAlias, TypeVar

from litestar.di import NamedDependency, Provide
from litestar.params import SkipValidation

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
from application.nodes.node import Node
from application.ports.clock import Clock
from application.ports.health_probe import HealthProbe
from application.ports.knowledge import KnowledgeExplanations, KnowledgeSearch
from application.ports.knowledge_reads import KnowledgeReads
from application.ports.rate_limiter import RateLimiter
from application.ports.read_models import ExecutionReads, WorkflowReads
from application.provider_keys.add_provider_key import AddProviderKey
from application.provider_keys.delete_provider_key import DeleteProviderKey
from application.provider_keys.list_provider_keys import ListProviderKeys
from application.schedules.pause_schedule import PauseSchedule
from application.schedules.resume_schedule import ResumeSchedule
from application.schedules.show_schedules import ShowSchedules
from application.templates.instantiate_template import InstantiateTemplate
from application.templates.preview_template import PreviewTemplate
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
from domain.templates.templates import Templates
from entrypoints.settings import Settings

Service = TypeVar("Service")

Given: TypeAlias = NamedDependency[SkipValidation[Service]]
"""A parameter that is filled by its name, with something of ours that needs no checking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpServices:
    settings: Settings
    clock: Clock
    rate_limiter: RateLimiter
    register_user: RegisterUser
    log_in: LogIn
    issue_token: IssueToken
    show_me: ShowMe
    authenticate: Authenticate
    create_workflow: CreateWorkflow
    change_workflow: ChangeWorkflow
    delete_workflow: DeleteWorkflow
    start_execution: StartExecution
    stop_execution: StopExecution
    delete_execution: DeleteExecution
    explain_execution: ExplainExecution
    log_out_everywhere: LogOutEverywhere
    create_access_token: CreateAccessToken
    list_access_tokens: ListAccessTokens
    revoke_access_token: RevokeAccessToken
    add_provider_key: AddProviderKey
    list_provider_keys: ListProviderKeys
    delete_provider_key: DeleteProviderKey
    parse_file: ParseFile
    ask_assistant: AskAssistant
    receive_webhook: ReceiveWebhook
    show_webhook: ShowWebhook
    show_schedules: ShowSchedules
    pause_schedule: PauseSchedule
    resume_schedule: ResumeSchedule
    show_memory: ShowMemory
    clear_memory: ClearMemory
    set_memory: SetMemory
    create_webhook_secret: CreateWebhookSecret
    delete_webhook_secret: DeleteWebhookSecret
    create_corpus: CreateCorpus
    change_corpus: ChangeCorpus
    delete_corpus: DeleteCorpus
    accept_document: AcceptDocument
    replace_document: ReplaceDocument
    retry_document: RetryDocument
    delete_document: DeleteDocument
    knowledge_reads: KnowledgeReads
    templates: Templates
    preview_template: PreviewTemplate
    instantiate_template: InstantiateTemplate
    show_upgrade: ShowUpgrade
    upgrade_workflow: UpgradeWorkflow
    workflow_reads: WorkflowReads
    execution_reads: ExecutionReads
    knowledge_search: KnowledgeSearch
    knowledge_explanations: KnowledgeExplanations
    health_probe: HealthProbe
    catalogue: Mapping[str, type[Node]]
    config_warnings: ConfigWarnings


def provided(services: HttpServices) -> dict[str, Provide]:
    """Each service under its own name."""
    return {each.name: _always(getattr(services, each.name)) for each in fields(services)}


def _always(service: Any) -> Provide:
    def give() -> Any:
        return service

    return Provide(give, use_cache=True, sync_to_thread=False)
