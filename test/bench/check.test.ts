import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Baseline, lossesAgainst } from '../../bench/check.ts';

const baseline: Baseline = { higher: { 'dispatch.ratio': 0.6 }, lower: { 'coldStart.dispatch.kb': 400 } };

test('a loss of up to 15 % passes, in either direction', () => {
  const figures = { 'dispatch.ratio': 0.511, 'coldStart.dispatch.kb': 459 };
  assert.deepEqual(lossesAgainst(baseline, figures), []);
});

test('a gain passes, however large', () => {
  assert.deepEqual(lossesAgainst(baseline, { 'dispatch.ratio': 2, 'coldStart.dispatch.kb': 1 }), []);
});

test('a larger loss is told, with what it was', () => {
  const losses = lossesAgainst(baseline, { 'dispatch.ratio': 0.5, 'coldStart.dispatch.kb': 461 });
  assert.deepEqual(losses, [
    'dispatch.ratio is 0.500; it was 0.6',
    'coldStart.dispatch.kb is 461; it was 400',
  ]);
});

test('a figure that is kept and was not measured is a loss', () => {
  assert.deepEqual(lossesAgainst(baseline, { 'dispatch.ratio': 0.6 }), [
    'coldStart.dispatch.kb was not measured',
  ]);
});

test('the baseline that is kept can be read, and holds the figures that targets are about', () => {
  const kept: Baseline = JSON.parse(
    readFileSync(new URL('../../bench/baseline.json', import.meta.url), 'utf8'),
  );
  for (const name of ['dispatch.ratio', 'dispatch.packed', 'ingest.ratio'])
    assert.ok((kept.higher[name] ?? 0) > 0, name);
  for (const name of ['coldStart.dispatch.kb', 'fanout.growth']) assert.ok((kept.lower[name] ?? 0) > 0, name);
});
