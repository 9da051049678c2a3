"""JSON Schemas are evaluated by the book, and none of them can do harm."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from adapters.jsonschema.json_schema_validator import JsonSchemaValidator
from application.ports.schema_validator import SchemaValidator
from domain.values.json import Json, JsonObject

HTTP = "https://example.com/never-fetched.json"


@pytest.fixture(scope="module")
def validator() -> Iterator[SchemaValidator]:
    one = JsonSchemaValidator()
    yield one
    one.close()


@pytest.fixture
def impatient() -> Iterator[JsonSchemaValidator]:
    one = JsonSchemaValidator(limit_seconds=0.5)
    yield one
    one.close()


PERSON: JsonObject = {
    "type": "object",
    "required": ["name"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "minLength": 2, "pattern": "^[A-Z]"},
        "age": {"type": ["integer", "null"], "minimum": 18},
        "role": {"enum": ["admin", "Gäst"]},
        "tags": {"type": "array", "uniqueItems": True, "items": {"type": "string"}},
    },
}


def test_says_nothing_about_what_is_valid(validator: SchemaValidator) -> None:
    person: JsonObject = {"name": "Ada", "age": 36.0, "role": "Gäst", "tags": ["x", "y"]}
    assert validator.faults(PERSON, person) == []
    assert validator.faults(True, person) == []
    assert validator.faults({}, None) == []


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ([], "(root): must be of type object"),
        ({}, "(root): 'name' is a required property"),
        ({"name": "Ada", "x": 1}, "(root): Additional properties are not allowed ('x' was unexpected)"),
        ({"name": "ada"}, 'name: violates "pattern": "^[A-Z]"'),
        ({"name": "A"}, 'name: violates "minLength": 2'),
        ({"name": "Ada", "age": 17}, 'age: violates "minimum": 18'),
        ({"name": "Ada", "age": True}, "age: must be of type integer or null"),
        ({"name": "Ada", "role": "x"}, 'role: violates "enum": ["admin", "Gäst"]'),
        ({"name": "Ada", "tags": ["x", "x"]}, 'tags: violates "uniqueItems": true'),
        ({"name": "Ada", "tags": ["x", 2]}, "tags.1: must be of type string"),
    ],
)
def test_says_where_and_what(validator: SchemaValidator, value: Json, fault: str) -> None:
    assert validator.faults(PERSON, value) == [fault]


def test_says_everything_at_once(validator: SchemaValidator) -> None:
    assert len(validator.faults(PERSON, {"age": 1, "role": 2, "tags": 3})) == 4


def test_a_false_schema_refuses_everything(validator: SchemaValidator) -> None:
    assert validator.faults(False, 1) == ["(root): is not allowed here"]


def test_speaks_the_dialect_that_the_schema_names(validator: SchemaValidator) -> None:
    exclusive: JsonObject = {"minimum": 1, "exclusiveMinimum": True}
    old = "http://json-schema.org/draft-04/schema#"
    assert validator.faults({"$schema": old, **exclusive}, 1) == ['(root): violates "minimum": 1']
    assert "not a valid JSON Schema" in validator.faults(exclusive, 1)[0]
    tuples: JsonObject = {"prefixItems": [{"type": "string"}]}
    assert validator.faults(tuples, [1]) == ["0: must be of type string"]
    assert validator.faults({"$schema": "http://json-schema.org/draft-07/schema#", **tuples}, [1]) == []


def test_formats_are_annotations(validator: SchemaValidator) -> None:
    assert validator.faults({"format": "email"}, "no address") == []


def test_follows_references_inside_the_schema(validator: SchemaValidator) -> None:
    tree: JsonObject = {
        "$defs": {"leaf": {"type": "integer"}},
        "type": "array",
        "items": {"anyOf": [{"$ref": "#/$defs/leaf"}, {"$ref": "#"}]},
    }
    assert validator.faults(tree, [1, [2, [3]]]) == []
    assert validator.faults(tree, [1, ["x"]]) == ['1: does not fit the "anyOf" of the schema']


@pytest.mark.parametrize("reference", [HTTP, "#/nowhere", "#anchor", "file:///etc/passwd", "other.json"])
def test_fetches_nothing_and_says_what_it_did_not_find(validator: SchemaValidator, reference: str) -> None:
    (fault,) = validator.faults({"$ref": reference}, 1)
    assert fault.startswith("schema: refers to what cannot be found")


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "nonsense"},
        {"required": "name"},
        {"pattern": "["},
        {"properties": {"a": {"minimum": "low"}}},
        {"$schema": "https://example.com/my-own"},
        {"$schema": 7},
        {"$ref": "#"},
        {"$ref": "#/hidden", "hidden": {"type": 5}},
    ],
)
def test_a_broken_schema_is_told_and_never_raised(validator: SchemaValidator, schema: JsonObject) -> None:
    (fault,) = validator.faults(schema, 1)
    assert fault.startswith("schema: ")


def test_bottomless_values_are_told_too(validator: SchemaValidator) -> None:
    value: Json = 1
    for _ in range(100_000):
        value = [value]
    assert validator.faults({}, value) == ["(root): nested too deeply"]
    deep: Json = 1
    for _ in range(500):
        deep = [deep]
    assert validator.faults({}, deep) == []
    (fault,) = validator.faults({"items": {"$ref": "#"}}, deep)
    assert fault.startswith("schema: ")


def test_answers_stay_short(validator: SchemaValidator) -> None:
    faults = validator.faults({"items": {"const": "x" * 10_000}}, list(range(1000)))
    assert len(faults) == 100
    assert max(map(len, faults)) <= 300


def test_takes_any_text(validator: SchemaValidator) -> None:
    assert validator.faults({"required": ["\ud800", "ü\u2028"]}, {"\ud800": 1, "ü\u2028": "\x00\n"}) == []


DOUBLING: JsonObject = {
    "$ref": "#/$defs/d0",
    "$defs": {
        **{f"d{at}": {"anyOf": [{"$ref": f"#/$defs/d{at + 1}"}, {"$ref": f"#/$defs/d{at + 1}"}]} for at in range(40)},
        "d40": {"type": "string"},
    },
}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"pattern": "^(a+)+$"}, "a" * 60 + "b"),
        ({"patternProperties": {"^(a|a)*$": {}}}, {"a" * 60 + "b": 1}),
        ({"additionalProperties": False, "patternProperties": {"^(a|a)*$": {}}}, {"a" * 60 + "b": 1}),
        (DOUBLING, 1),
    ],
)
def test_gives_up_on_what_takes_too_long_and_goes_on_answering(
    impatient: JsonSchemaValidator, schema: JsonObject, value: Json
) -> None:
    assert impatient.faults(schema, value) == ["schema: not evaluated within 0.5 seconds"]
    assert impatient.faults({"type": "string"}, 1) == ["(root): must be of type string"]


def test_answers_threads_one_by_one(validator: SchemaValidator) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda at: validator.faults({"const": at % 2}, at), range(100)))
    assert [answer == [] for answer in answers] == [at < 2 for at in range(100)]


def test_works_again_after_it_was_closed() -> None:
    one = JsonSchemaValidator()
    assert one.faults(True, 1) == []
    one.close()
    assert one.faults(False, 1) != []
    one.close()
