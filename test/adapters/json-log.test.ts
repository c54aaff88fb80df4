import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JsonLog } from '../../adapters/json-log.ts';
import { seededRandom } from '../support/clock.ts';
import { printedBy } from '../support/emf-lines.ts';

const linesOf = async (share: number, work: (log: JsonLog) => void) =>
  (await printedBy(() => work(new JsonLog(share, seededRandom())))).map((line) => JSON.parse(line));

test('of routine lines a share is written, which says how large it is; all others are written always', async () => {
  const lines = await linesOf(0.1, (log) => {
    for (let i = 0; i < 1_000; i++) log.routine('dispatch.attempted', { i });
    for (let i = 0; i < 50; i++) log.info('dispatch.attempted', { failedAttempts: 1 });
    log.error('dispatch.failed', {}, new Error('no'));
  });
  const sampled = lines.filter(({ share }) => share === 0.1);
  assert.ok(sampled.length > 50 && sampled.length < 200, `${sampled.length} of 1,000`);
  assert.equal(lines.length - sampled.length, 51);
});

test('with a share of 1 every line is written as it is, with one of 0 none that is routine', async () => {
  const [line, ...more] = await linesOf(1, (log) => log.routine('fan-out.done', { events: 2 }));
  assert.equal(more.length, 0);
  assert.deepEqual([line.message, line.events, 'share' in line], ['fan-out.done', 2, false]);
  assert.deepEqual(await linesOf(0, (log) => log.routine('fan-out.done', {})), []);
});

test('a routine line says nothing of what is nothing; all others name their invocation', async () => {
  const fields = { failed: 0, traceIds: [], source: null, tenant: 'acme', ok: false };
  const [routine, info] = await linesOf(1, (log) => {
    log.begin('inv-1');
    log.routine('fan-out.done', fields);
    log.info('fan-out.done', fields);
  });
  const head = { level: 'INFO', message: 'fan-out.done' };
  assert.deepEqual(routine, { ...head, timestamp: routine.timestamp, tenant: 'acme', ok: false });
  assert.match(routine.timestamp, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.partialDeepStrictEqual(info, { ...head, invocationId: 'inv-1', failed: 0, traceIds: [] });
});

test('lines carry the invocation they belong to, and of an error no more than name, message and stack', async () => {
  const error = Object.assign(new Error('refused'), { request: { url: 'https://h.example/SECRET' } });
  const [line] = await linesOf(1, (log) => {
    log.begin('inv-1');
    log.error('dispatch.failed', { tenant: 'acme' }, error);
  });
  assert.equal(line.invocationId, 'inv-1');
  assert.equal(line.errorMessage, 'refused');
  assert.doesNotMatch(JSON.stringify(line), /SECRET/);
});
