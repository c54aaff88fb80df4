import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { METRICS, METRICS_NAMESPACE } from '../../contract/metrics.ts';
import { type Endpoint, type InProcessRunner, startEndpoint, startInProcess } from '../local/runner.ts';
import { until } from '../local/until.ts';
import { metricsOf } from '../support/dashboards.ts';
import { drawPage, type Recorded } from './page.ts';
import { localDashboards, recorded } from './record.ts';

// Both dashboards, as a chart library draws their bodies over what a runner recorded.

let runner: InProcessRunner;
let endpoint: Endpoint;
let drawn: Recorded;
before(async () => {
  const from = Math.floor(Date.now() / 1000) * 1000;
  runner = await startInProcess();
  endpoint = await startEndpoint((_request, number) => ({ status: number % 2 === 0 ? 200 : 500 }));
  await runner.subscribe(endpoint.url, { id: 'sub_half', tenant: 'acme', retrySchedule: [] });
  for (let i = 0; i < 6; i++) await runner.post({ tenant: 'acme', type: 'order.created', data: i });
  const { store } = runner.runner.metrics;
  const own = (name: string, dimensions = {}) => ({
    namespace: 'Fanfare',
    name,
    dimensions: { service: 'Fanfare/Pipeline', ...dimensions },
  });
  await until(
    'all attempts are counted',
    () => store.statistic(own('AttemptsMade'), 'Sum', from, Date.now() + 1_000) === 6,
  );
  const failed = () => {
    drawn = recorded(runner.runner, { from, to: (Math.floor(Date.now() / 1000) + 1) * 1000, stepMs: 1_000 });
    return Number(drawn.tables['Failing tenants']?.[1]?.at(-1));
  };
  await until('dispatch told of each that failed', () => failed() === 3);
});
after(async () => {
  await runner.stop();
  await endpoint.close();
});

test('each widget is drawn, with a line for what was recorded', () => {
  const pages = localDashboards(runner.runner);
  assert.deepEqual(Object.keys(pages), ['Overview', 'Stages']);
  for (const widgets of Object.values(pages)) {
    const svg = drawPage(widgets, drawn);
    for (const { properties } of widgets) {
      if (properties.title && properties.title !== 'Alarms')
        assert.ok(svg.includes(`>${properties.title}`), properties.title);
    }
    assert.doesNotMatch(svg, /NaN|undefined/);
    assert.equal(svg.match(/<svg/g)?.length, svg.match(/<\/svg>/g)?.length);
  }
});

test('the picture tells what happened: half of the attempts failed, and whose they were', () => {
  const svg = drawPage(localDashboards(runner.runner).Overview ?? [], drawn);
  assert.match(svg, />50 taken</);
  assert.match(svg, />sub_half</);
  assert.match(svg, />StandStill</);
  assert.doesNotMatch(svg, /tripped in this time/);
});

test('each widget names metrics that some code emits', () => {
  for (const widget of Object.values(localDashboards(runner.runner)).flat()) {
    for (const { namespace, name } of metricsOf(widget)) {
      if (namespace === METRICS_NAMESPACE) assert.ok(name in METRICS, name);
      else assert.match(namespace, /^AWS\/(Lambda|SQS|ApiGateway|DynamoDB|Logs)$/);
    }
  }
});
