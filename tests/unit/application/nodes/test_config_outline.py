"""The schema of a config agrees with what its type accepts."""

from typing import Any

import jsonschema
import pytest
from jsonschema import Draft202012Validator

from application.nodes.catalogue import CATALOGUE
from application.nodes.condition import Condition
from application.nodes.config_outline import config_schema
from application.nodes.config_reader import ConfigReader
from application.nodes.describe_node_types import describe_node_types
from application.nodes.evaluation import Evaluation
from application.retrieval.read_retrieval import read_retrieval
from domain.values.json import JsonObject


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_schema_is_one(name: str) -> None:
    schema = config_schema(CATALOGUE[name])
    Draft202012Validator.check_schema(schema)
    assert schema["type"] == "object"


def test_tells_names_choices_defaults_and_what_is_required() -> None:
    condition: Any = config_schema(Condition)
    assert condition["required"] == ["field"]
    assert condition["properties"]["operator"]["default"] == "equals"
    assert "is_empty" in condition["properties"]["operator"]["enum"]
    evaluation: Any = config_schema(Evaluation)
    assert evaluation["properties"]["minLength"] == {"type": ["number", "string"], "minimum": 1}


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("condition", {"field": "a", "operator": "equals", "value": [1]}),
        ("condition", {"operator": "equals"}),
        ("condition", {"field": "a", "operator": "resembles"}),
        ("evaluation", {"minLength": "5", "strict": "true"}),
        ("evaluation", {"minLength": 0}),
        ("evaluation", {"minLength": []}),
        ("data-cleaner", {"operations": "trim,mask-pii"}),
        ("data-cleaner", {"operations": ["fly"]}),
        ("data-cleaner", {}),
        ("log", {"level": 3}),
        ("json-validator", {"schema": {"type": "object"}}),
        ("transformer", {"mappings": {"a": 1}}),
        ("knowledge-retrieve", {"queryPath": "q", "topK": 51}),
        ("knowledge-retrieve", {"queryPath": "q", "topK": 2.5}),
        ("knowledge-retrieve", {"queryPath": "q", "strategy": "merge"}),
        ("knowledge-retrieve", {"queryPath": "q", "strategy": "guess"}),
        ("knowledge-retrieve", {"retrievers": [{"queryPath": "q", "topK": 0}]}),
        ("knowledge-retrieve", {"retrievers": [{"queryPath": "q", "topK": "9"}]}),
        ("knowledge-retrieve", {"queryPath": "q", "retrievers": [3]}),
        ("output", {"retrieval": False}),
        ("output", {"retrieval": {"query": "q", "topK": 51}}),
        ("output", {"retrieval": {"query": "q", "retrievers": [{"minScore": "0.5"}]}}),
        ("output", {"retrieval": [1]}),
        ("memory-write", {"memoryKey": "k", "incrementBy": "2"}),
        ("http-request", {"url": "https://a.example", "headers": {"a": 1, "b": True, "c": "d"}}),
        ("http-request", {"url": "https://a.example", "headers": {"a": []}}),
    ],
)
def test_accepts_and_refuses_the_same_configs_as_the_type_itself(name: str, config: JsonObject) -> None:
    fields = ConfigReader(config)
    CATALOGUE[name].configured(fields)
    read_retrieval(fields)
    try:
        jsonschema.validate(config, config_schema(CATALOGUE[name]))
    except jsonschema.ValidationError:
        assert fields.faults
    else:
        assert not fields.faults


def test_describes_every_type_for_people() -> None:
    described = describe_node_types(CATALOGUE)
    assert [each.type for each in described] == list(CATALOGUE)
    assert {each.category for each in described} == {"trigger", "action", "logic", "output"}
    assert all(each.description.endswith(".") for each in described)
