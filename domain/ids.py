"""One type per aggregate, so that ids cannot be swapped by accident."""

from typing import NewType
from uuid import UUID

UserId = NewType("UserId", UUID)
AccessTokenId = NewType("AccessTokenId", UUID)
ProviderKeyId = NewType("ProviderKeyId", UUID)
WorkflowId = NewType("WorkflowId", UUID)
WebhookSecretId = NewType("WebhookSecretId", UUID)
ExecutionId = NewType("ExecutionId", UUID)
ScheduleId = NewType("ScheduleId", UUID)
CorpusId = NewType("CorpusId", UUID)
DocumentId = NewType("DocumentId", UUID)
ChunkId = NewType("ChunkId", UUID)

NodeId = NewType("NodeId", str)
"""Text of a node's id as its graph spells it: unique within one graph only."""

EdgeId = NewType("EdgeId", str)
