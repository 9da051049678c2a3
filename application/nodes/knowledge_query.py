"""What the retrievers of a knowledge-retrieve node ask."""

from dataclasses import dataclass, replace

from application.nodes.config_reader import ConfigReader
from application.ports.knowledge import SearchMode
from application.retrieval.keys import distinct, usual_mode
from application.retrieval.retriever import HIGHEST_TOP_K
from domain.values.coercion import trimmed
from domain.values.interpolation import PLACEHOLDER, inserted_text, interpolate_blanking
from domain.values.json import UNDEFINED, JsonObject
from domain.values.path import walk


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeQuery:
    """One retriever: its template wins over its path into the input."""

    key: str
    template: str
    path: str
    top_k: int
    mode: SearchMode

    @property
    def asks(self) -> bool:
        return bool(self.template or self.path)

    def text(self, data: JsonObject) -> str:
        """Blank where the input has nothing to ask for."""
        if self.template:
            return rendered(self.template, data)
        found = walk(data, self.path)
        return "" if found is UNDEFINED or found is None else trimmed(inserted_text(found))


def rendered(template: str, data: JsonObject) -> str:
    """The query that a template comes to: none where all of its placeholders are blank, for what is left then is the
    words around a question and not one."""
    values = [walk(data, found.group(1)) for found in PLACEHOLDER.finditer(template)]
    if values and all(each is UNDEFINED or each is None or not trimmed(inserted_text(each)) for each in values):
        return ""
    return trimmed(interpolate_blanking(template, data))


def read_queries(fields: ConfigReader, top_k: int) -> tuple[KnowledgeQuery, ...]:
    """One for each retriever that says what to ask; without any, the one that the config itself describes."""
    mode = fields.optional_choice("mode", SearchMode)
    base = _query(fields, fields.text("retrieverKey", default="default"), top_k, mode)
    sections = fields.sections("retrievers")
    retrievers = [
        _query(
            each,
            each.text("key") or f"retriever-{number}",
            each.whole("topK", default=top_k, lowest=1, highest=HIGHEST_TOP_K),
            each.optional_choice("mode", SearchMode) or mode,
        )
        for number, each in enumerate(sections, 1)
        if each.flag("enabled", default=True)
    ]
    asking = [each for each in retrievers if each.asks] or [each for each in [base] if each.asks]
    if not asking and not sections:
        fields.fault("queryTemplate", "required", 'Either "queryTemplate", "queryPath" or "retrievers" is required')
    keys = distinct([each.key for each in asking])
    return tuple(replace(each, key=key) for each, key in zip(asking, keys, strict=True))


def _query(fields: ConfigReader, key: str, top_k: int, mode: SearchMode | None) -> KnowledgeQuery:
    return KnowledgeQuery(
        key=key.strip(),
        template=fields.text("queryTemplate"),
        path=fields.text("queryPath").strip(),
        top_k=top_k,
        mode=mode or usual_mode(key),
    )
