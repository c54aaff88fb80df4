import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STAGES } from '../../../contract/environment.ts';
import {
  METRICS,
  METRICS_NAMESPACE,
  type MetricName,
  type MetricSpec,
  PIPELINE_DIMENSION,
} from '../../../contract/metrics.ts';
import { metricsOf, widgetsOf } from '../../support/dashboards.ts';
import { synthesize } from '../../support/template.ts';

const fanfare = synthesize();
const overview = widgetsOf(fanfare, 'Monitoring/Overview');
const stages = widgetsOf(fanfare, 'Monitoring/Stages');
const titles = (widgets: typeof overview) => widgets.map(({ properties }) => properties.title ?? '');
const headings = (widgets: typeof overview) =>
  widgets.flatMap(({ properties }) => /^## (.*)\n/.exec(properties.markdown ?? '')?.[1] ?? []);

test('the overview asks in this order: is it us, is it them, how late, how much', () => {
  assert.deepEqual(headings(overview), [
    'Is it us?',
    'Is it them?',
    'How late?',
    'How much, and what does it cost?',
  ]);
});

test('each heading says how to read the row below it', () => {
  for (const { properties } of [...overview, ...stages]) {
    if (properties.markdown) assert.match(properties.markdown, /^## .+\n.{40,}/);
  }
});

test('the overview shows every alarm and the composite', () => {
  const [status] = overview;
  assert.equal(status?.type, 'alarm');
  const alarms = fanfare.allOf('AWS::CloudWatch::Alarm').size;
  assert.equal(status?.properties.alarms?.length, alarms + 1);
});

test('the page of stages has every function and queue, in flow order', () => {
  const order = [
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
  ];
  const named = titles(stages).flatMap(
    (title) => /^([a-z-]+): /.exec(title.replace(/^account: .*/, ''))?.[1] ?? [],
  );
  assert.deepEqual([...new Set(named)], order);
  for (const stage of STAGES) {
    for (const what of ['runs', 'duration', 'at once'])
      assert.ok(titles(stages).includes(`${stage}: ${what}`));
  }
});

test('each queue shows what waits, its age, what is in flight against the limits of SQS, and its poison', () => {
  for (const name of ['events', 'deliveries', 'slow-deliveries', 'tasks']) {
    const inFlight = stages.find(({ properties }) => properties.title === `${name}: in flight`);
    assert.deepEqual(
      inFlight?.properties.annotations?.horizontal?.map(({ value }) => value),
      [120_000, 60_000],
    );
    const waiting = stages.find(({ properties }) => properties.title === `${name}: waiting`);
    assert.ok(
      waiting && metricsOf(waiting).some(({ dimensions }) => dimensions.QueueName?.endsWith('/Poison')),
      name,
    );
  }
});

test('concurrency is drawn against the limit of the stage, and that of the account', () => {
  const account = stages.find(({ properties }) => properties.title === 'account: runs at once');
  assert.deepEqual(account && metricsOf(account), [
    { namespace: 'AWS/Lambda', name: 'ConcurrentExecutions', dimensions: {} },
  ]);
  const atOnce = stages.find(({ properties }) => properties.title === 'dispatch: at once');
  assert.deepEqual(
    atOnce?.properties.annotations?.horizontal?.map(({ value }) => value),
    [300],
  );
});

test('own metrics carry the pipeline, and a value of their dimension that the catalogue permits', () => {
  const own = [...overview, ...stages]
    .flatMap(metricsOf)
    .filter(({ namespace }) => namespace === METRICS_NAMESPACE);
  assert.ok(own.length > 0);
  for (const { name, dimensions } of own) {
    const spec: MetricSpec = METRICS[name as MetricName];
    const { [PIPELINE_DIMENSION]: pipeline, ...rest } = dimensions;
    assert.equal(pipeline, 'Fanfare/Pipeline');
    const [given] = Object.entries(rest);
    if (spec.dimension === null) assert.equal(given, undefined, name);
    else assert.ok(given?.[0] === spec.dimension.name && spec.dimension.values.includes(given[1]), name);
  }
});

test('the cost counts requests, runs, messages, table units and log bytes', () => {
  const cost = overview.find(({ properties }) => properties.title === 'Dollars an hour');
  assert.ok(cost);
  assert.deepEqual([...new Set(metricsOf(cost).map(({ namespace }) => namespace))].sort(), [
    'AWS/ApiGateway',
    'AWS/DynamoDB',
    'AWS/Lambda',
    'AWS/Logs',
    'AWS/SQS',
  ]);
  const texts =
    cost.properties.metrics?.flat().flatMap((part) => (part as { expression?: string }).expression ?? []) ??
    [];
  for (const text of texts) {
    assert.doesNotMatch(text, /\de-?\d/, 'an expression has no exponents');
    assert.ok(text.length < 2_048);
  }
});

test('widgets neither overlap nor leave the page', () => {
  for (const page of [overview, stages]) {
    const taken = new Set<string>();
    for (const { x, y, width, height } of page) {
      assert.ok(x + width <= 24);
      for (let i = x; i < x + width; i++) {
        for (let j = y; j < y + height; j++) {
          assert.ok(!taken.has(`${i} ${j}`));
          taken.add(`${i} ${j}`);
        }
      }
    }
  }
});

test('saved queries read the functions’ own log groups, and the top ten come from the wide lines', () => {
  const queries = fanfare.allOf('AWS::Logs::QueryDefinition');
  assert.ok(queries.size >= 3);
  for (const { Properties } of queries.values()) {
    assert.match(String(Properties.Name), /^Fanfare\/Pipeline\//);
    for (const group of Properties.LogGroupNames as readonly unknown[])
      assert.match(fanfare.named(group), /\/FunctionLogs$/);
  }
  const tables = overview.filter(({ type }) => type === 'log');
  assert.equal(tables.length, 2);
  for (const { properties } of tables) assert.match(properties.query ?? '', /limit 10/);
});
