"""Each of these costs its own call, in bounded time, while other scripts go on and the next one finds nothing."""

import asyncio
import time
from contextlib import suppress

import pytest

from adapters.javascript.v8_script_sandbox import V8ScriptSandbox
from application.ports.script_sandbox import ScriptFailed, ScriptOutOfMemory, ScriptTimedOut, ScriptTooLarge
from tests.adapters.javascript.running import Box

LIMIT_SECONDS = 0.7
BOUND_SECONDS = LIMIT_SECONDS + 2

ENDLESS = {
    "loop": "for (;;);",
    "backtracking": "/(a+)+b/.test('a'.repeat(50))",
    "microtasks": "for (;;) await 0",
    "promise chain": "const next = () => Promise.resolve().then(next); await next()",
    "waiting for nobody": "await new Promise(() => {})",
    "sleeping thread": "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)",
    "in a getter of the result": "return {get a() { for (;;); }}",
    "in toJSON": "return {toJSON() { for (;;); }}",
    "in a thenable": "return {then() { for (;;); }}",
    "in the text of an error": "throw {toJSON() { for (;;); }}",
    "in a finally": "try { for (;;); } finally { for (;;); }",
    "in a replaced promise": "Promise.prototype.then = () => { for (;;); }; await new Promise(() => {})",
    "timers": "const again = () => setTimeout(again); again(); await new Promise(() => {})",
}

HUNGRY = {
    "objects": "const all = []; for (;;) all.push(new Array(1e5).fill(1.5))",
    "texts": "const all = []; for (let i = 0; ; i++) { all.push('x'.repeat(1 << 20) + i); all.at(-1).charCodeAt(9) }",
    "array buffers": "const all = []; for (;;) all.push(new ArrayBuffer(1 << 24))",
    "filled buffers": "const all = []; for (;;) all.push(new Uint8Array(1 << 24).fill(1))",
    "one text": "let text = 'x'; for (;;) text += text",
    "a long array": "return new Array(2 ** 32 - 1)",
    "recursion": "(function again() { again() })()",
    "deep parentheses": "return eval('('.repeat(1e6))",
    "result": "return 'x'.repeat(17 << 20)",
    "escaped result": "return '\\u0001'.repeat(3 << 20)",
    "a result beyond all measure": "return 'x'.repeat(400 << 20)",
    "nesting": "let nest = {}; for (let i = 0; i < 1e5; i++) nest = {nest}; return nest",
    "nesting a little too deep": "let nest = 1; for (let i = 0; i < 129; i++) nest = [nest]; return nest",
}

OUTWARD = {
    "process": "return process.env",
    "require": "return require('fs')",
    "import": "return await import('fs')",
    "import of data": "return await import('data:text/javascript,export default 1')",
    "fetch": "return await fetch('http://127.0.0.1')",
    "WebAssembly": "return new WebAssembly.Memory({initial: 1})",
    "Deno": "return Deno.env",
    "read": "return read('/etc/passwd')",
    "load": "return load('/etc/passwd')",
    "Worker": "return new Worker('data:,1')",
}


@pytest.mark.parametrize("attack", ENDLESS)
async def test_what_never_ends_is_ended(box: Box, attack: str) -> None:
    begun = time.monotonic()
    with pytest.raises(ScriptTimedOut, match=r"^It did not end within 700 ms$"):
        await box.body(ENDLESS[attack], seconds=LIMIT_SECONDS)
    assert time.monotonic() - begun < BOUND_SECONDS
    assert await box.body("return 1") == 1


@pytest.mark.parametrize("attack", HUNGRY)
async def test_what_wants_everything_gets_nothing(box: Box, attack: str) -> None:
    """Hunger ends them, and not the time that they have, however slow the machine."""
    with pytest.raises(ScriptFailed) as failed:
        await box.body(HUNGRY[attack], seconds=60.0)
    assert not isinstance(failed.value, ScriptTimedOut)
    assert await box.body("return 1") == 1


@pytest.mark.parametrize("attack", OUTWARD)
async def test_there_is_nothing_outside(box: Box, attack: str) -> None:
    with pytest.raises(ScriptFailed, match=r"is not defined|Not supported"):
        await box.body(OUTWARD[attack])


TAMPERING = [
    "Object.prototype.toJSON = () => 'forged'; Array.prototype.toJSON = () => 'forged'; return {a: [1]}",
    "JSON.stringify = JSON.parse = () => 'forged'; return 1",
    "Promise.prototype.then = Promise.prototype.constructor = () => 'forged'; return 1",
    "Promise[Symbol.species]; Object.defineProperty(Promise, Symbol.species, {value: Array}); return 1",
    "String.prototype.slice = RegExp.prototype.exec = () => 'forged'; throw new Error('x')",
    "Function.prototype.call = Function.prototype.apply = Function.prototype.bind = () => 'forged'; return 1",
    "Error.prepareStackTrace = () => { throw 1 }; throw new Error('x')",
    "Object.setPrototypeOf(globalThis, new Proxy({}, {has: () => true, get: () => 'forged'})); return 1",
    "for (const key of Reflect.ownKeys(globalThis)) try { delete globalThis[key] } catch {}; return 1",
    "Object.defineProperty(Object.prototype, 'value', {set() {}, get: () => 'forged'}); return 1",
    "Array.prototype[Symbol.iterator] = function* () { yield 'forged' }; console.log(1, 2); return 1",
    "Object.freeze(Object.prototype); Object.freeze(Promise.prototype); return 1",
    "globalThis.leak = 1; Object.prototype.leak = 1; return 1",
    "Array.prototype.push = null; return 1",
    "console.log = input.constructor.constructor('return 1'); return 1",
]


CLEAN = (
    "return [typeof leak, ({}).leak, [].push(1), JSON.stringify([{}]), typeof Promise.prototype.then, 'ab'.slice(1)]"
)


@pytest.mark.parametrize("attack", TAMPERING)
async def test_tampering_ends_with_the_script(box: Box, attack: str) -> None:
    with suppress(ScriptFailed):
        assert await box.body(attack) in (1, "forged")
    for _ in range(4):
        assert await box.body(CLEAN) == ["undefined", None, 1, "[{}]", "function", "b"]


@pytest.mark.parametrize("rest", ["(async () => { for (;;) await 0 })()", "setTimeout(() => { for (;;); }, 30)"])
async def test_what_a_script_leaves_running_does_not_run_on(box: Box, rest: str) -> None:
    """Whether the script itself comes to its result depends on what it left."""
    with suppress(ScriptTimedOut):
        assert await box.body(f"{rest}; return 1", seconds=LIMIT_SECONDS) == 1
    for _ in range(4):
        begun = time.monotonic()
        assert await box.body("return 1") == 1
        assert time.monotonic() - begun < BOUND_SECONDS


async def test_globals_end_with_the_script(box: Box) -> None:
    for _ in range(6):
        assert await box.body("globalThis.n = (globalThis.n ?? 0) + 1; return n") == 1


async def test_a_result_of_the_largest_size_arrives(box: Box) -> None:
    assert await box.body("return 'x'.repeat((16 << 20) - 2).length") == (16 << 20) - 2
    assert len(str(await box.body("return 'x'.repeat((16 << 20) - 2)"))) == (16 << 20) - 2


@pytest.mark.parametrize("received", [{"a": "x" * (16 << 20)}])
async def test_variables_that_are_too_large_are_refused(box: Box, received: dict[str, str]) -> None:
    with pytest.raises(ScriptTooLarge, match=r"larger than 16 MiB"):
        await box.body("return 1", {**received})


async def test_memory_is_told_from_time(box: Box) -> None:
    with pytest.raises(ScriptOutOfMemory):
        await box.body(HUNGRY["objects"], seconds=10)


async def test_others_go_on_meanwhile() -> None:
    sandbox = V8ScriptSandbox(processes=2)
    box = Box(sandbox)
    try:
        assert await box.body("return 1") == 1
        for attack in ("for (;;);", "for (;;) await 0", HUNGRY["filled buffers"], ENDLESS["backtracking"]):
            attacking = asyncio.create_task(box.body(attack, seconds=1.0))
            done, slowest = 0, 0.0
            while not attacking.done():
                begun = time.monotonic()
                assert await box.body("return input.a", {"a": 1}) == 1
                done, slowest = done + 1, max(slowest, time.monotonic() - begun)
            with pytest.raises(ScriptFailed):
                await attacking
            assert done >= 5
            assert slowest < 3
    finally:
        await sandbox.close()
