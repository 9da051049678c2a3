"""Which node types exist, written out by hand: what is listed here can run."""

from collections.abc import Mapping
from typing import Final

from application.nodes.code import Code
from application.nodes.condition import Condition
from application.nodes.data_cleaner import DataCleaner
from application.nodes.evaluation import Evaluation
from application.nodes.execution_control import ExecutionControl
from application.nodes.file_upload import FileUpload
from application.nodes.http_request import HttpRequest
from application.nodes.json_validator import JsonValidator
from application.nodes.knowledge_ingest import KnowledgeIngest
from application.nodes.knowledge_retrieve import KnowledgeRetrieve
from application.nodes.llm import Llm
from application.nodes.log import Log
from application.nodes.manual_trigger import ManualTrigger
from application.nodes.memory_read import MemoryRead
from application.nodes.memory_write import MemoryWrite
from application.nodes.node import Node
from application.nodes.output import Output
from application.nodes.schedule_trigger import ScheduleTrigger
from application.nodes.storage import Storage
from application.nodes.transformer import Transformer
from application.nodes.webhook_trigger import WebhookTrigger

CATALOGUE: Final[Mapping[str, type[Node]]] = {
    # triggers
    ManualTrigger.type: ManualTrigger,
    WebhookTrigger.type: WebhookTrigger,
    ScheduleTrigger.type: ScheduleTrigger,
    # actions
    Llm.type: Llm,
    Code.type: Code,
    HttpRequest.type: HttpRequest,
    Transformer.type: Transformer,
    Storage.type: Storage,
    FileUpload.type: FileUpload,
    KnowledgeIngest.type: KnowledgeIngest,
    # logic
    Condition.type: Condition,
    JsonValidator.type: JsonValidator,
    DataCleaner.type: DataCleaner,
    Evaluation.type: Evaluation,
    MemoryRead.type: MemoryRead,
    MemoryWrite.type: MemoryWrite,
    ExecutionControl.type: ExecutionControl,
    KnowledgeRetrieve.type: KnowledgeRetrieve,
    # output
    Log.type: Log,
    Output.type: Output,
}

KNOWN_TYPES: Final = frozenset(CATALOGUE)
"""What a graph may be saved with."""
