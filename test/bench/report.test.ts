import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readBenchOptions } from '../../bench/options.ts';
import { jsonOf, table } from '../../bench/report.ts';

test('the JSON holds each figure by its dotted name, and as a tree', () => {
  const json = jsonOf({ 'dispatch.ratio': 0.61234, 'coldStart.fan-out.kb': 293.161 }, { node: 'v24' });
  assert.deepEqual(json, {
    dispatch: { ratio: 0.6123 },
    coldStart: { 'fan-out': { kb: 293.2 } },
    'dispatch.ratio': 0.6123,
    'coldStart.fan-out.kb': 293.2,
    about: { node: 'v24' },
  });
});

test('the table tells each figure with its unit and what it means', () => {
  const lines = table({ 'dispatch.ratio': 0.61234, 'dispatch.micros': 1_234.5 }).split('\n');
  assert.equal(lines.length, 2);
  assert.match(lines[0] ?? '', /^dispatch\.ratio +0\.612 +pace of dispatch/);
  assert.match(lines[1] ?? '', /^dispatch\.micros +1,235 µs +processor time of a delivery$/);
});

test('options are read from the command line; a part that does not exist is refused', () => {
  assert.deepEqual(readBenchOptions(['--quick', '--json'], ['dispatch']), {
    quick: true,
    json: true,
    check: false,
    only: [],
  });
  assert.deepEqual(readBenchOptions(['--only', 'dispatch,tls'], ['dispatch', 'tls', 'ingest']), {
    quick: false,
    json: false,
    check: false,
    only: ['dispatch', 'tls'],
  });
  assert.throws(() => readBenchOptions(['--only', 'speed'], ['dispatch']), /--only takes some of dispatch/);
  assert.throws(() => readBenchOptions(['--fast'], ['dispatch']), /--fast/);
});
