import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STAGES } from '../../../contract/environment.ts';
import { synthesize } from '../../support/template.ts';

const fanfare = synthesize();
const body = JSON.stringify(fanfare.of('Dashboard/Dashboard').DashboardBody);

test('the dashboard shows every queue and function, in flow order', () => {
  const titles = [...body.matchAll(/title[\\":]+([a-z-]+): /g)].map((match) => match[1] ?? '');
  assert.deepEqual(
    [...new Set(titles)],
    [
      'ingest',
      'events',
      'fan-out',
      'deliveries',
      'slow-deliveries',
      'dispatch',
      'retry',
      'dead-letters',
      'tasks',
      'redrive',
      'manage',
    ],
  );
  for (const stage of STAGES) assert.ok(titles.includes(stage));
});

test('a poison queue is on the graph of the queue it belongs to', () => {
  assert.equal(body.match(/label[\\":]+poison/g)?.length, 4);
});
