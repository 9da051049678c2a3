// Runs one script and tells what came of it, as JSON. Scripts may redefine whatever they can reach, so everything that
// is needed after they began is taken before, and nothing of theirs is trusted to be what it looks like.
((mostUnits, mostLines, mostLineUnits) => {
  "use strict";

  const { parse, stringify } = JSON;
  const { apply } = Reflect;
  const { assign, defineProperty, entries } = Object;
  const string = String;
  const isError = Error.isError ?? ((thrown) => thrown instanceof Error);
  const AsyncFunction = (async () => {}).constructor;
  const unbound = (method) => Function.prototype.call.bind(method);
  const cut = unbound(String.prototype.slice);
  const wellFormed = unbound(String.prototype.toWellFormed);
  const search = unbound(RegExp.prototype.exec);
  const NativePromise = Promise;
  const nativeThen = Promise.prototype.then;
  const SyntaxFault = SyntaxError;
  const FRAME = /\bscript\.js:(\d+):\d+/;
  const LINES_BEFORE = 2;

  const timer = globalThis.setTimeout;

  delete globalThis.WebAssembly;
  globalThis.setTimeout = (act, delay, ...values) => timer(act, delay >= 1 ? delay : 1, ...values);

  let told = "";
  let lines = 0;

  const shown = (value) => {
    if (typeof value === "string") return value;
    try {
      return isError(value) ? string(value) : (stringify(value) ?? string(value));
    } catch {
      return "(something that cannot be shown)";
    }
  };

  const short = (text) => (wellFormed(text.length > mostLineUnits ? cut(text, 0, mostLineUnits) + "…" : text));

  const write = (level, text) => {
    lines += 1;
    if (lines > mostLines) return;
    const last = lines === mostLines ? "(the rest is not kept)" : short(text);
    told += `${told && ","}{"level":"${level}","text":${stringify(last)}}`;
  };

  const speaker = (level) => (...values) => {
    let text = "";
    for (let each = 0; each < values.length && text.length <= mostLineUnits; each++) {
      text += (each ? " " : "") + shown(values[each]);
    }
    write(level, text);
  };

  const console = {
    log: speaker("log"),
    debug: speaker("debug"),
    info: speaker("info"),
    warn: speaker("warn"),
    error: speaker("error"),
  };

  const lineOf = (thrown) => {
    try {
      const found = search(FRAME, thrown.stack);
      return found ? `,"line":${+found[1] - LINES_BEFORE}` : "";
    } catch {
      return "";
    }
  };

  const refusal = (outcome, thrown) =>
    `{"outcome":"${outcome}","message":${stringify(short(shown(thrown)))}${lineOf(thrown)},"console":[${told}]}`;

  const returned = (value) => {
    const text = stringify(value);
    if (text === undefined) return `{"outcome":"returned","console":[${told}]}`;
    if (text.length > mostUnits) return `{"outcome":"too_large","console":[${told}]}`;
    return `{"outcome":"returned","value":${text},"console":[${told}]}`;
  };

  const compiled = (kind, source, names) => {
    const body = kind === "expression" ? `return(${source.replace(/[\s;]+$/, "")}\n)` : source;
    return new AsyncFunction(...names, "console", `"use strict";${body}\n//# sourceURL=script.js`);
  };

  const answer = async (question) => {
    let script, values;
    try {
      const { kind, source, variables, globals } = parse(question);
      assign(globalThis, globals);
      const pairs = entries(variables);
      values = [...pairs.map(([, value]) => value), console];
      script = compiled(kind, source, pairs.map(([name]) => name));
    } catch (thrown) {
      return refusal(thrown instanceof SyntaxFault ? "unparsable" : "threw", thrown);
    }
    try {
      const running = apply(script, undefined, values);
      defineProperty(running, "constructor", { __proto__: null, value: NativePromise });
      return returned(await running);
    } catch (thrown) {
      return refusal("threw", thrown);
    }
  };

  return (question) => {
    const promise = answer(question);
    // Whoever waits for it outside does so by these two, which a script could have replaced for all promises.
    defineProperty(promise, "then", { __proto__: null, value: nativeThen });
    defineProperty(promise, "constructor", { __proto__: null, value: undefined });
    return promise;
  };
})
