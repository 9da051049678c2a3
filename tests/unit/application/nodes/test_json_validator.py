import pytest

from application.nodes.json_validator import JsonValidator
from application.nodes.node import NodeFailed
from domain.values.json import Json, JsonObject, as_object
from tests.unit.application.nodes.running import faults, run


async def _errors(config: JsonObject, received: JsonObject) -> Json:
    output = await run(JsonValidator, config, received)
    told = as_object(output.data["_validation"])
    assert told["valid"] is (told["errors"] == [])
    return told["errors"]


@pytest.mark.parametrize("required", [["name", "email"], "name, email", "name,,email ,"])
async def test_names_each_required_field_that_is_missing(required: Json) -> None:
    assert await _errors({"requiredFields": required}, {"name": None}) == ["Missing required field: email"]
    assert await _errors({"requiredFields": required}, {"name": "", "email": 0}) == []


async def test_inherited_names_are_not_there() -> None:
    assert await _errors({"requiredFields": ["toString"]}, {}) == ["Missing required field: toString"]


async def test_required_fields_are_keys_and_no_paths() -> None:
    assert await _errors({"requiredFields": ["a.b"]}, {"a": {"b": 1}}) == ["Missing required field: a.b"]
    assert await _errors({"requiredFields": ["a.b"]}, {"a.b": 1}) == []


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("x", "string"),
        (1, "number"),
        (1.5, "number"),
        (True, "boolean"),
        ({}, "object"),
        ([], "object"),
        (None, "object"),
    ],
)
async def test_types_are_those_of_javascript(value: Json, name: str) -> None:
    config: JsonObject = {"requiredFields": [], "fieldTypes": {"a": name}}
    assert await _errors(config, {"a": value}) == []
    assert await _errors({"requiredFields": [], "fieldTypes": {"a": "function"}}, {"a": value}) == [
        f'Field "a" must be of type function, but is {name}'
    ]


async def test_absent_fields_have_no_type() -> None:
    assert await _errors({"requiredFields": [], "fieldTypes": '{"a": "string"}'}, {}) == []


@pytest.mark.parametrize("schema", [{"required": ["a", "b"]}, '{"required": ["a", "b"]}'])
async def test_judges_the_whole_input_by_the_schema(schema: Json) -> None:
    assert await _errors({"schema": schema}, {"a": 1, "b": 2}) == []
    assert await _errors({"schema": schema}, {"a": 1}) == ["(root): 'b' is a required property"]


async def test_a_schema_that_is_switched_off_judges_nothing() -> None:
    assert await _errors({"schema": False, "requiredFields": []}, {}) == []


async def test_text_under_json_must_be_json() -> None:
    assert await _errors({"requiredFields": []}, {"json": '{"a": 1}'}) == []
    assert await _errors({"requiredFields": []}, {"json": {"a": 1}}) == []
    errors = await _errors({"requiredFields": []}, {"json": "{a: 1}"})
    assert isinstance(errors, list)
    assert len(errors) == 1
    assert str(errors[0]).startswith('Field "json" is not valid JSON')


async def test_passes_the_input_on_and_vouches_for_the_verdict_only() -> None:
    output = await run(JsonValidator, {"requiredFields": "a"}, {"a": 1, "result": True})
    assert output.data == {"a": 1, "result": True, "_validation": {"valid": True, "errors": []}}
    assert set(output.produced) == {"_validation"}


@pytest.mark.parametrize("strict", [True, "true", "True"])
async def test_strict_makes_an_invalid_input_a_failure_with_all_reasons(strict: Json) -> None:
    config: JsonObject = {"requiredFields": ["a"], "fieldTypes": {"b": "string"}, "strict": strict}
    with pytest.raises(NodeFailed) as failed:
        await run(JsonValidator, config, {"b": 1})
    assert str(failed.value) == (
        'JSON validation failed: Missing required field: a; Field "b" must be of type string, but is number'
    )
    assert (await run(JsonValidator, config, {"a": 1})).data["_validation"] == {"valid": True, "errors": []}


@pytest.mark.parametrize("config", [{}, {"schema": "", "requiredFields": ""}, {"schema": None}, {"schema": False}])
def test_needs_a_schema_or_required_fields(config: JsonObject) -> None:
    assert faults(JsonValidator, config) == [("schema", "required")]


@pytest.mark.parametrize(
    ("config", "fault"),
    [
        ({"schema": "{"}, ("schema", "not_json")),
        ({"schema": [1]}, ("schema", "wrong_type")),
        ({"schema": "7"}, ("schema", "wrong_type")),
        ({"requiredFields": [1]}, ("requiredFields", "wrong_type")),
        ({"requiredFields": [], "fieldTypes": {"a": 1}}, ("fieldTypes.a", "wrong_type")),
    ],
)
def test_refuses_what_it_cannot_read(config: JsonObject, fault: tuple[str, str]) -> None:
    assert faults(JsonValidator, config) == [fault]
