import pytest

from application.nodes.catalogue import CATALOGUE, KNOWN_TYPES
from application.nodes.config_reader import ConfigReader
from application.retrieval.read_retrieval import read_retrieval
from domain.values.json import Json


def test_lists_each_type_under_its_own_name_and_in_the_order_of_categories() -> None:
    assert all(kind.type == name for name, kind in CATALOGUE.items())
    categories = [kind.category for kind in CATALOGUE.values()]
    assert categories == sorted(categories, key=["trigger", "action", "logic", "output"].index)


STORED_TYPES = [
    "manual-trigger",
    "webhook-trigger",
    "schedule-trigger",
    "llm",
    "http-request",
    "code",
    "transformer",
    "condition",
    "json-validator",
    "data-cleaner",
    "storage",
    "memory-write",
    "memory-read",
    "execution-control",
    "evaluation",
    "knowledge-ingest",
    "knowledge-retrieve",
    "file-upload",
    "log",
    "output",
]


def test_knows_every_type_that_graphs_were_stored_with() -> None:
    assert set(STORED_TYPES) <= KNOWN_TYPES


ODD_VALUES: list[Json] = [1, [], {}, None, "", "{"]
FIELDS = [
    "cron",
    "intervalMs",
    "mappings",
    "field",
    "operator",
    "value",
    "schema",
    "operations",
    "memoryKey",
    "parsedData",
    "documentsPath",
    "corpusId",
    "scopeType",
    "topK",
    "retrievers",
    "retrieval",
]


@pytest.mark.parametrize("name", CATALOGUE)
@pytest.mark.parametrize("odd", ODD_VALUES)
def test_no_config_whatever_stops_a_node_from_saying_what_is_wrong(name: str, odd: Json) -> None:
    fields = ConfigReader(dict.fromkeys(FIELDS, odd))
    CATALOGUE[name].configured(fields)
    read_retrieval(fields)
    assert all(fault.path and fault.code and fault.message for fault in fields.faults)
