import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { trips } from '../../local/metrics/alarms.ts';
import { startEndpoint, startInProcess } from '../local/runner.ts';
import { ROOT } from '../support/source-files.ts';
import { drawPage } from './page.ts';
import { localDashboards, recorded } from './record.ts';

// Plays the incident of docs/incident.md on a whole runner and draws both dashboards into docs/pictures/.
// Run it with: node test/pictures/main.ts

const STEP_MS = 3_000;
const wait = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1_000));

const runner = await startInProcess({ tableFaults: true });
let shopIsDown = false;
const [shop, crm] = await Promise.all([
  startEndpoint(() => ({ status: shopIsDown ? 503 : 204, delayMs: 40 })),
  startEndpoint((_request, number) => ({ delayMs: 20 + (number % 7) * 15 })),
]);
await runner.subscribe(shop.url, { id: 'sub_shop', tenant: 'shop', retrySchedule: [1, 2] });
await runner.subscribe(crm.url, { id: 'sub_crm', tenant: 'crm', eventTypes: ['customer.*'] });
await runner.subscribe(`${crm.url}/copy`, { id: 'sub_audit', tenant: 'crm' });
await runner.post({ tenant: 'crm', type: 'customer.created', data: 0 });
await wait(3);

const from = Math.ceil(Date.now() / 1000) * 1000;
const say = (what: string): void => {
  process.stdout.write(`${String(Math.round((Date.now() - from) / 1000)).padStart(4)} s  ${what}\n`);
};
let posting = true;
const producers = ['shop', 'crm'].map(async (tenant) => {
  for (let i = 0; posting; i++) {
    const type = tenant === 'shop' ? 'order.created' : 'customer.updated';
    const answer = await runner.call('POST', '/v1/events', { tenant, type, data: { i } });
    if (answer.status >= 500) say(`POST /v1/events answered ${answer.status}`);
    await wait(0.35);
  }
});

say('all is well');
await wait(25);
shopIsDown = true;
say('the shop goes down: 503');
await wait(30);
say('a table throttles every read of subscriptions');
const heal = runner.runner.stack.faults.add({
  kind: 'throttle',
  operation: 'BatchGetItem',
  times: 1_000_000,
});
for (const queue of runner.runner.stack.queues.values()) {
  if (/QueuesDeliveriesQueue/.test(queue.name)) queue.attributes.VisibilityTimeout = '5';
}
await wait(25);
heal();
say('the table is well again');
await wait(15);
shopIsDown = false;
say('the shop is up again');
await wait(30);
posting = false;
await Promise.all(producers);
await wait(5);
say(
  `dead letters: ${JSON.stringify((await runner.call('GET', '/v1/dead-letters/summary?tenant=shop')).body)}`,
);
for (const status of ['succeeded', 'failed', 'retrying', 'pending']) {
  const { body } = await runner.call('GET', `/v1/deliveries?tenant=shop&status=${status}&limit=250`);
  say(`deliveries of the shop that are ${status}: ${body.data.length}`);
}

const to = Math.ceil(Date.now() / 1000) * 1000;
const { alarms, store } = runner.runner.metrics;
for (const alarm of alarms) {
  const steps: number[] = [];
  for (let at = from; at < to; at += STEP_MS) {
    if (!alarm.missingBreaches && trips(alarm, store, at, at + STEP_MS)) steps.push((at - from) / 1000);
  }
  if (steps.length > 0) say(`${alarm.name} tripped from ${steps[0]} s to ${steps.at(-1)} s`);
}
const folder = join(ROOT, 'docs', 'pictures');
mkdirSync(folder, { recursive: true });
for (const [name, widgets] of Object.entries(localDashboards(runner.runner))) {
  writeFileSync(
    join(folder, `${name.toLowerCase()}.svg`),
    drawPage(widgets, recorded(runner.runner, { from, to, stepMs: STEP_MS })),
  );
}
await runner.stop();
await Promise.all([shop.close(), crm.close()]);
