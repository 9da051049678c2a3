"""What the `retrieval` object in any node's config asks for."""

from dataclasses import dataclass, replace
from typing import Final

from application.nodes.config_reader import ConfigReader
from application.retrieval.keys import distinct, usual_mode
from application.retrieval.retriever import Retriever, read_retriever
from domain.executions.retrieval import Strategy

INJECTED: Final = "_knowledge"
"""Where a node finds what was retrieved for it, unless told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalPlan:
    """Look up before a node runs. `base` holds for the result as a whole, `retrievers` each for itself.

    `preference_key` is where the run's memory names the retriever to begin with.
    """

    inject_as: str
    strategy: Strategy
    is_speculative: bool
    preference_key: str
    base: Retriever
    retrievers: tuple[Retriever, ...]


def read_retrieval(fields: ConfigReader) -> RetrievalPlan | None:
    """None where there is nothing to retrieve. Faults are collected by `fields`; the plan counts without any only."""
    section = fields.section("retrieval")
    if section is None or not section.flag("enabled", default=True):
        return None
    base = read_retriever(section, Retriever())
    retrievers = _retrievers(section, base)
    if not any(each.query or each.fallback_query for each in retrievers):
        section.fault("query", "required", 'A "query" or "queryTemplate" is required')
    usual = Strategy.FIRST_NON_EMPTY if len(retrievers) > 1 else Strategy.SINGLE
    return RetrievalPlan(
        inject_as=section.text("injectAs", default=INJECTED).strip(),
        strategy=section.optional_choice("strategy", Strategy) or usual,
        is_speculative=section.flag("speculative", default=False),
        preference_key=section.text("preferredRetrieverMemoryKey").strip(),
        base=base,
        retrievers=retrievers,
    )


def _retrievers(section: ConfigReader, base: Retriever) -> tuple[Retriever, ...]:
    sections = section.sections("retrievers")
    if not sections:
        return (replace(base, key="primary"),)
    named = [(each, each.text("key").strip() or f"retriever_{number}") for number, each in enumerate(sections, 1)]
    enabled = [(each, key) for each, key in named if each.flag("enabled", default=True)]
    keys = distinct([key for _, key in enabled])
    return tuple(_retriever(each, base, key, unique) for (each, key), unique in zip(enabled, keys, strict=True))


def _retriever(fields: ConfigReader, base: Retriever, key: str, unique: str) -> Retriever:
    """The name that was given decides how it searches, not the one that was made different."""
    retriever = read_retriever(fields, base, key=unique)
    return replace(retriever, mode=retriever.mode or usual_mode(key))
