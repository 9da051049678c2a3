"""What people can start from, in the order in which it is offered."""

from typing import Final

from domain.templates.catalogue.adaptive_rag import ADAPTIVE_RAG
from domain.templates.catalogue.agentic_rag import AGENTIC_RAG
from domain.templates.catalogue.branched_rag import BRANCHED_RAG
from domain.templates.catalogue.corrective_rag import CORRECTIVE_RAG
from domain.templates.catalogue.graph_rag import GRAPH_RAG
from domain.templates.catalogue.hyde_retrieval import HYDE_RETRIEVAL
from domain.templates.catalogue.memory_augmented_rag import MEMORY_AUGMENTED_RAG
from domain.templates.catalogue.modular_rag import MODULAR_RAG
from domain.templates.catalogue.multimodal_rag import MULTIMODAL_RAG
from domain.templates.catalogue.self_rag import SELF_RAG
from domain.templates.catalogue.simple_rag import SIMPLE_RAG
from domain.templates.catalogue.speculative_rag import SPECULATIVE_RAG
from domain.templates.templates import Templates

PUBLISHED: Final = Templates(
    (
        SIMPLE_RAG,
        MEMORY_AUGMENTED_RAG,
        AGENTIC_RAG,
        GRAPH_RAG,
        BRANCHED_RAG,
        SELF_RAG,
        ADAPTIVE_RAG,
        SPECULATIVE_RAG,
        CORRECTIVE_RAG,
        MODULAR_RAG,
        MULTIMODAL_RAG,
        HYDE_RETRIEVAL,
    )
)
