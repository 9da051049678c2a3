"""Scripts mean what they mean to their authors, who wrote them for a JavaScript engine."""

import pytest

from application.nodes.code import Code
from application.nodes.transformer import Transformer
from application.ports.script_sandbox import ConsoleLine, ScriptFailed, ScriptUnparsable
from domain.values.json import UNDEFINED, Json, JsonObject, MaybeJson
from tests.adapters.javascript.running import Box
from tests.unit.application.nodes import running


@pytest.mark.parametrize(
    ("code", "received", "output"),
    [
        ("return {a: input.a + 1, b: 'x'};", {"a": 1}, {"a": 2, "b": "x"}),
        ("return [1, 2]", {}, {"result": [1, 2]}),
        ("return null", {}, {"result": None}),
        ("return 'text'", {}, {"result": "text"}),
        ("return 0.5", {}, {"result": 0.5}),
        ("return NaN", {}, {"result": None}),
        ("return false", {}, {"result": False}),
        ("return undefined", {}, {}),
        ("input.a = 2", {"a": 1}, {}),
        ("input.a = 2; return input", {"a": 1, "b": 1}, {"a": 2, "b": 1}),
        ("return Promise.resolve({a: 1})", {}, {"a": 1}),
        ("const got = await Promise.all([1, Promise.resolve(2)]); return got", {}, {"result": [1, 2]}),
        ("return new Promise(done => setTimeout(done, 20, 'later'))", {}, {"result": "later"}),
        ("return new Promise(done => setTimeout(() => done('soon')))", {}, {"result": "soon"}),
        ("return new Date(0)", {}, {"result": "1970-01-01T00:00:00.000Z"}),
        ("return {a: undefined, b: () => 1, c: new Map([[1, 2]])}", {}, {"c": {}}),
        ("return typeof console.log", {}, {"result": "function"}),
        ("const {a = []} = input; return {n: a.length, s: `${a}`}", {"a": [1, 2]}, {"n": 2, "s": "1,2"}),
        ("return this === undefined", {}, {"result": True}),
        ("return 1 // one", {}, {"result": 1}),
        ("return new Intl.NumberFormat('de').format(1234.5)", {}, {"result": "1.234,5"}),
    ],
)
async def test_code_comes_to(box: Box, code: str, received: JsonObject, output: JsonObject) -> None:
    assert (await running.run(Code, {"code": code}, received, scripts=box.sandbox)).data == output


@pytest.mark.parametrize(
    ("expression", "received", "output"),
    [
        ("data.a", {"a": {"b": 1}}, {"b": 1}),
        ("input.a", {"a": 1}, {"result": 1}),
        ("typeof data + typeof input", {}, {"result": "objectobject"}),
        ("({a: data.a})", {"a": 1}, {"a": 1}),
        ("{a: data.a, ...data.b}", {"a": 1, "b": {"c": 2}}, {"a": 1, "c": 2}),
        ("data.items.filter(i => i > 1).map(i => i * 2)", {"items": [1, 2, 3]}, {"result": [4, 6]}),
        ("data.nothing", {}, {}),
        ("data.nothing ?? null", {}, {"result": None}),
        ("data.a;", {"a": 1}, {"result": 1}),
        ("data.a // the first", {"a": 1}, {"result": 1}),
        ("\n  data\n    .a\n", {"a": 1}, {"result": 1}),
        ("Promise.resolve(data.a)", {"a": 1}, {"result": 1}),
        ("JSON.stringify(data)", {"b": 1, "a": "ü"}, {"result": '{"b":1,"a":"ü"}'}),
    ],
)
async def test_expressions_come_to(box: Box, expression: str, received: JsonObject, output: JsonObject) -> None:
    assert (await running.run(Transformer, {"expression": expression}, received, scripts=box.sandbox)).data == output


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("return nodes['3f-a1'].n + input.n", 3),
        ("const nodes = [1, 2, 3]; return nodes.length", 3),
        ("let {nodes} = {nodes: 3}; return nodes", 3),
        ("function nodes() { return 3 } return nodes()", 3),
        ("return (nodes => nodes)(3)", 3),
        ("return Object.keys(nodes).length + (nodes = 2)", 3),
    ],
)
async def test_code_may_name_the_outputs_of_other_nodes_and_may_mean_something_else_by_that_name(
    box: Box, code: str, value: Json
) -> None:
    output = await running.run(Code, {"code": code}, {"n": 1}, outputs={"3f-a1": {"n": 2}}, scripts=box.sandbox)
    assert output.data == {"result": value}


async def test_nobody_elses_outputs_are_left_behind(box: Box) -> None:
    await running.run(Code, {"code": "return nodes"}, {}, outputs={"a": {"n": 2}}, scripts=box.sandbox)
    assert await box.body("return typeof nodes") == "undefined"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("throw new Error('no')", "Error: no (line 1)"),
        ("\n\nnull.x", "TypeError: Cannot read properties of null (reading 'x') (line 3)"),
        ("\nawait Promise.reject(new RangeError('far'))", "RangeError: far (line 2)"),
        ("undeclared = 1", "ReferenceError: undeclared is not defined (line 1)"),
        ("throw 'just text'", "just text"),
        ("throw {why: 1}", '{"why":1}'),
        ("throw undefined", "undefined"),
        ("throw {toJSON() { throw 1 }}", "(something that cannot be shown)"),
        ("return 10n", "TypeError: Do not know how to serialize a BigInt"),
        ("JSON.parse('')", "SyntaxError: Unexpected end of JSON input (line 1)"),
    ],
)
async def test_says_what_was_thrown_and_where(box: Box, code: str, said: str) -> None:
    with pytest.raises(ScriptFailed) as failed:
        await box.body(code)
    assert str(failed.value) == said
    assert not isinstance(failed.value, ScriptUnparsable)


@pytest.mark.parametrize(
    ("code", "line"), [("let a = ;", 1), ("let a = 1;\nlet b = ;\n", 2), ("if (true) {", 1), ("let a, a", 1)]
)
async def test_says_where_it_cannot_be_parsed(box: Box, code: str, line: int) -> None:
    with pytest.raises(ScriptUnparsable, match=r"^SyntaxError: ") as failed:
        await box.body(code)
    assert failed.value.line == line


@pytest.mark.parametrize("expression", ["data.", "let a = 1", "return 1", ""])
async def test_says_that_it_is_no_expression(box: Box, expression: str) -> None:
    with pytest.raises(ScriptUnparsable, match=r"^SyntaxError: "):
        await box.expression(expression)


async def test_code_that_leaves_its_function_does_not_run(box: Box) -> None:
    with pytest.raises(ScriptUnparsable):
        await box.body("}, async function() { return 1")


async def test_keeps_what_the_console_was_told(box: Box) -> None:
    told = await box.told("console.log('a', 1, {b: [2]}); console.warn(new Error('no')); console.error(undefined)")
    assert told.console == (
        ConsoleLine(level="log", text='a 1 {"b":[2]}'),
        ConsoleLine(level="warn", text="Error: no"),
        ConsoleLine(level="error", text="undefined"),
    )


async def test_keeps_what_the_console_was_told_before_it_failed(box: Box) -> None:
    with pytest.raises(ScriptFailed) as failed:
        await box.told("console.info('so far'); throw 1")
    assert failed.value.console == (ConsoleLine(level="info", text="so far"),)


async def test_keeps_a_hundred_short_lines(box: Box) -> None:
    console = (await box.told("for (let i = 0; i < 1e5; i++) console.log('x'.repeat(3000))")).console
    assert len(console) == 100
    assert {len(line.text) for line in console[:-1]} == {2001}
    assert console[-1].text == "(the rest is not kept)"


async def test_half_a_surrogate_pair_does_not_reach_the_log(box: Box) -> None:
    (line,) = (await box.told("console.log('\\ud800')")).console
    assert line.text == "\ufffd"


@pytest.mark.parametrize(
    ("value", "comes_back"),
    [
        (1.0, 1),
        (-0.0, 0),
        (2**53, 2**53),
        (2**53 + 1, 2**53),
        (10**30, 1e30),
        (10**400, None),
        ({"b": 1, "10": 1, "a": 1, "2": 1}, {"2": 1, "10": 1, "b": 1, "a": 1}),
        ({"__proto__": {"a": 1}, "constructor": 2}, {"__proto__": {"a": 1}, "constructor": 2}),
        ("\ud800 \u2028 \0", "\ud800 \u2028 \0"),
        ("</script>\\u0041", "</script>\\u0041"),
    ],
)
async def test_values_are_those_of_javascript(box: Box, value: Json, comes_back: MaybeJson) -> None:
    returned = await box.expression("data", value)
    assert returned == comes_back
    assert str(returned) == str(comes_back)
    assert returned is not UNDEFINED
