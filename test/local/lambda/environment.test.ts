import assert from 'node:assert/strict';
import { test } from 'node:test';
import { routeTo, type SmallFunction } from '../small-assembly.ts';
import type { SmallStack } from '../small-stack.ts';
import { startSmallStack } from '../small-stack.ts';
import { until } from '../until.ts';

/** Runs one function behind a route and gives a way to invoke it. */
async function withFunction(
  lambda: SmallFunction,
  work: (
    invoke: (event?: unknown) => ReturnType<SmallStack['stack']['backend']['invoke']>,
    stack: SmallStack,
  ) => Promise<void>,
): Promise<void> {
  const stack = await startSmallStack({
    functions: { Unit: lambda },
    resources: routeTo('Unit', 'POST /unit'),
  });
  const [lambdaFunction] = stack.stack.functions;
  try {
    await work(
      (event = {}) => stack.stack.backend.invoke(lambdaFunction?.arn ?? '', JSON.stringify(event)),
      stack,
    );
  } finally {
    await stack.close();
  }
}

const handler = (body: string): SmallFunction => ({
  code: `export const handler = async (event, context) => { ${body} };`,
});

test('a result comes back, and the environment is used again', () =>
  withFunction(
    { code: 'let n = 0; export const handler = async (event) => ({ event, n: ++n });' },
    async (invoke) => {
      assert.deepEqual(await invoke({ a: 1 }), { ok: true, payload: '{"event":{"a":1},"n":1}' });
      assert.deepEqual(await invoke({ a: 2 }), { ok: true, payload: '{"event":{"a":2},"n":2}' });
    },
  ));

test('one environment works on one invocation at a time', () =>
  withFunction(
    handler(
      'globalThis.busy = (globalThis.busy ?? 0) + 1; const seen = busy; await new Promise((r) => setTimeout(r, 20)); busy--; return seen;',
    ),
    async (invoke) => {
      const outcomes = await Promise.all([1, 2, 3].map(() => invoke()));
      assert.deepEqual(
        outcomes.map((outcome) => outcome.ok && outcome.payload),
        ['1', '1', '1'],
      );
    },
  ));

test('a thrown error is told with its kind, and the environment lives on', () =>
  withFunction(
    handler('if (event.fail) throw new RangeError("too far"); return process.pid;'),
    async (invoke, { failures }) => {
      const before = await invoke();
      const outcome = await invoke({ fail: true });
      assert.ok(!outcome.ok);
      assert.deepEqual([outcome.error.errorType, outcome.error.errorMessage], ['RangeError', 'too far']);
      assert.deepEqual(await invoke(), before);
      assert.equal(failures.length, 1);
    },
  ));

test('what takes too long is stopped, even when it never yields, and the next one starts afresh', () =>
  withFunction(
    { ...handler('if (event.hang) for (;;); return process.pid;'), timeout: 3 },
    async (invoke) => {
      const before = await invoke();
      const outcome = await invoke({ hang: true });
      assert.ok(!outcome.ok);
      assert.equal(outcome.error.errorType, 'Sandbox.Timedout');
      assert.match(outcome.error.errorMessage, /Task timed out after 3\.00 seconds/);
      assert.notDeepEqual(await invoke(), before);
    },
  ));

test('the time that is left counts down to the timeout of the template', () =>
  withFunction(
    { ...handler('return [context.getRemainingTimeInMillis(), Date.now()];'), timeout: 70 },
    async (invoke) => {
      await invoke();
      const began = Date.now();
      const outcome = await invoke();
      assert.ok(outcome.ok);
      const [left, at] = JSON.parse(outcome.payload);
      assert.ok(left <= 70_000 && left >= 70_000 - (at - began), `${left} after ${at - began} ms`);
    },
  ));

test('a process that ends takes its invocation with it and no other', () =>
  withFunction(handler('if (event.die) process.exit(3); return 1;'), async (invoke) => {
    const outcome = await invoke({ die: true });
    assert.ok(!outcome.ok);
    assert.equal(outcome.error.errorType, 'Runtime.ExitError');
    assert.match(outcome.error.errorMessage, /exit status 3/);
    assert.deepEqual(await invoke(), { ok: true, payload: '1' });
  }));

test('a rejection that nobody handles fails the invocation', () =>
  withFunction(handler('Promise.reject(new Error("lost")); await new Promise(() => {});'), async (invoke) => {
    const outcome = await invoke();
    assert.ok(!outcome.ok);
    assert.equal(outcome.error.errorMessage, 'lost');
  }));

test('more memory than the template gives ends the process', () =>
  withFunction(
    {
      ...handler('const all = []; for (;;) all.push(new Array(100_000).fill(Math.random()));'),
      timeout: 120,
    },
    async (invoke) => {
      const outcome = await invoke();
      assert.ok(!outcome.ok);
      assert.equal(outcome.error.errorType, 'Runtime.ExitError');
    },
  ));

const BROKEN: readonly (readonly [what: string, code: string, errorType: string])[] = [
  ['that throws while it loads', 'throw new TypeError("no config");', 'TypeError'],
  ['that is no JavaScript', 'export const = ;', 'SyntaxError'],
  ['without a handler', 'export const other = 1;', 'Runtime.HandlerNotFound'],
];

for (const [what, code, errorType] of BROKEN) {
  test(`a module ${what} fails each invocation and says why`, () =>
    withFunction({ code }, async (invoke) => {
      for (let i = 0; i < 2; i++) {
        const outcome = await invoke();
        assert.ok(!outcome.ok);
        assert.equal(outcome.error.errorType, errorType);
      }
    }));
}

test('a result over 6 MB is an error', () =>
  withFunction(handler('return "x".repeat(6 * 1024 * 1024);'), async (invoke) => {
    const outcome = await invoke();
    assert.ok(!outcome.ok);
    assert.equal(outcome.error.errorType, 'Function.ResponseSizeTooLarge');
  }));

test('a function sees its own variables, local services, and nothing of the runner', () =>
  withFunction(
    { ...handler('return process.env;'), variables: { OWN: 'value', QUEUE: { Ref: 'AWS::Region' } } },
    async (invoke) => {
      const outcome = await invoke();
      assert.ok(outcome.ok);
      const env = JSON.parse(outcome.payload);
      assert.deepEqual([env.OWN, env.QUEUE, env.FANFARE_ALLOW_LOOPBACK], ['value', 'us-east-1', 'true']);
      for (const [name, value] of Object.entries(env)) {
        if (name.startsWith('AWS_ENDPOINT_URL')) assert.match(new URL(String(value)).hostname, /^127\./);
      }
      assert.equal(new URL(env.AWS_ENDPOINT_URL).port, '9', 'services without a stand-in lead nowhere');
      assert.equal(env.HOME, undefined);
      assert.equal(env.NODE_TEST_CONTEXT, undefined);
    },
  ));

test('what a function writes is kept under its name', () =>
  withFunction(handler('console.log("out"); console.error("err"); return 1;'), async (invoke, { lines }) => {
    await invoke();
    await until('both lines are there', () => lines.length === 2);
    assert.deepEqual([...lines].sort(), ['Unit err', 'Unit out']);
  }));

test('stopping ends every process', () =>
  withFunction(handler('return process.pid;'), async (invoke, stack) => {
    const outcome = await invoke();
    assert.ok(outcome.ok);
    const pid = Number(outcome.payload);
    assert.ok(process.kill(pid, 0));
    await stack.stack.stop(0);
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  }));
