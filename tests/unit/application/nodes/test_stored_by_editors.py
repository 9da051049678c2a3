"""Editors write every field as text and leave blank text behind in cleared ones: nodes read that as it was meant."""

import pytest

from application.nodes.catalogue import CATALOGUE
from application.nodes.config_outline import config_schema
from application.nodes.config_reader import ConfigReader
from application.nodes.node import Node
from domain.values.json import JsonObject, as_object


def _read(name: str, config: JsonObject) -> Node:
    fields = ConfigReader(config)
    node = CATALOGUE[name].configured(fields)
    assert fields.faults == []
    return node


EDITED: list[tuple[str, JsonObject, JsonObject]] = [
    ("schedule-trigger", {"cron": "", "intervalMs": "3600000"}, {"intervalMs": 3_600_000}),
    ("schedule-trigger", {"cron": "0 9 * * *", "intervalMs": ""}, {"cron": "0 9 * * *"}),
    ("code", {"code": "return 1", "timeoutMs": "2500"}, {"code": "return 1", "timeoutMs": 2500}),
    ("code", {"code": "return 1", "timeoutMs": ""}, {"code": "return 1"}),
    (
        "http-request",
        {"url": "https://a.example", "timeoutMs": "5000"},
        {"url": "https://a.example", "timeoutMs": 5000},
    ),
    (
        "http-request",
        {"url": "https://a.example", "timeoutMs": "", "body": "", "headers": ""},
        {"url": "https://a.example"},
    ),
    ("transformer", {"expression": "", "mappings": '{"a": "b"}'}, {"mappings": {"a": "b"}}),
    ("condition", {"field": "a", "operator": ""}, {"field": "a", "operator": "equals"}),
    ("json-validator", {"requiredFields": "name, email", "schema": ""}, {"requiredFields": ["name", "email"]}),
    ("json-validator", {"requiredFields": "a", "strict": "true"}, {"requiredFields": ["a"], "strict": True}),
    ("json-validator", {"requiredFields": "a", "strict": ""}, {"requiredFields": ["a"]}),
    ("json-validator", {"schema": '{"type": "object"}', "requiredFields": ""}, {"schema": {"type": "object"}}),
    ("data-cleaner", {"operations": "trim, mask-pii", "caseType": ""}, {"operations": ["trim", "mask-pii"]}),
    (
        "storage",
        {"storageKey": "k", "persistToExecutionContext": "false"},
        {"storageKey": "k", "persistToExecutionContext": False},
    ),
    ("storage", {"storageKey": "k", "persistToExecutionContext": ""}, {"storageKey": "k"}),
    (
        "memory-write",
        {"memoryKey": " k ", "operation": "increment", "incrementBy": "2", "includeInOutput": "FALSE", "scope": ""},
        {"memoryKey": "k", "operation": "increment", "incrementBy": 2, "includeInOutput": False},
    ),
    (
        "memory-write",
        {"memoryKey": "k", "incrementBy": "", "outputKey": "", "valuePath": "", "valueTemplate": "", "operation": ""},
        {"memoryKey": "k"},
    ),
    ("memory-read", {"memoryKey": "k", "outputKey": "", "required": "true"}, {"memoryKey": "k", "required": True}),
    (
        "execution-control",
        {"action": "increment-loop", "value": "3", "reason": ""},
        {"action": "increment-loop", "value": 3},
    ),
    ("execution-control", {"action": "", "value": ""}, {"value": 1}),
    (
        "evaluation",
        {"minLength": "120", "maxLength": "", "requestRetryOnFail": "true", "retryDelayMs": "250", "strict": "false"},
        {"minLength": 120, "requestRetryOnFail": True, "retryDelayMs": 250},
    ),
    ("evaluation", {"valuePath": "", "requiredText": "", "retryReasonPrefix": ""}, {}),
    (
        "knowledge-ingest",
        {"documentsPath": "d", "required": "true", "outputKey": "", "scopeType": "", "corpusId": "", "title": ""},
        {"documentsPath": "d", "required": True},
    ),
    (
        "knowledge-retrieve",
        {"queryPath": "q", "topK": "5", "minMatches": "", "failOnEmpty": "TRUE", "speculative": "", "strategy": ""},
        {"queryPath": "q", "topK": 5, "failOnEmpty": True},
    ),
    (
        "knowledge-retrieve",
        {"retrievers": '[{"key": "a", "queryTemplate": "{{q}}", "topK": "3"}]', "topK": "", "outputKey": ""},
        {"retrievers": [{"key": "a", "queryTemplate": "{{q}}", "topK": 3}]},
    ),
    ("log", {"level": "", "message": ""}, {}),
    ("file-upload", {"fileName": "", "fileContent": "x", "filePreview": None, "rowCount": None}, {"fileContent": "x"}),
]


@pytest.mark.parametrize(("name", "edited", "meant"), EDITED)
def test_reads_what_was_edited_as_what_was_meant(name: str, edited: JsonObject, meant: JsonObject) -> None:
    assert _read(name, edited) == _read(name, meant)


MEAN_SOMETHING_WHEN_CLEARED = {("http-request", "method"), ("file-upload", "parsedData")}


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_cleared_field_is_as_good_as_one_that_nobody_touched(name: str) -> None:
    untouched = _complaints(name, {})
    fields = as_object(config_schema(CATALOGUE[name])["properties"])
    for each in fields.keys() - {field for of, field in MEAN_SOMETHING_WHEN_CLEARED if of == name}:
        assert _complaints(name, {each: ""}) == untouched
        assert _complaints(name, {each: None}) == untouched


def _complaints(name: str, config: JsonObject) -> list[str]:
    fields = ConfigReader(config)
    CATALOGUE[name].configured(fields)
    return [fault.message for fault in fields.faults]


@pytest.mark.parametrize(
    ("name", "config", "said"),
    [
        ("transformer", {"expression": ""}, 'Either "expression" or "mappings" is required'),
        ("data-cleaner", {"operations": ""}, '"operations" is required'),
        ("schedule-trigger", {"cron": "", "intervalMs": ""}, 'Either "cron" or "intervalMs" is required'),
        ("memory-read", {"memoryKey": ""}, '"memoryKey" is required'),
        (
            "knowledge-retrieve",
            {"queryTemplate": "", "queryPath": ""},
            'Either "queryTemplate", "queryPath" or "retrievers" is required',
        ),
    ],
)
def test_says_what_is_missing_in_a_node_that_nobody_has_filled_in(name: str, config: JsonObject, said: str) -> None:
    assert _complaints(name, config) == [said]
