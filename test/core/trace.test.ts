import assert from 'node:assert/strict';
import { test } from 'node:test';
import { traceIdOf, traceparentOf } from '../../core/trace.ts';
import { eventEnvelope } from '../support/delivery-messages.ts';
import { answer, DispatchWorld, received } from '../support/dispatch-world.ts';
import { ingestBench } from '../support/ingest-bench.ts';
import { subscription } from '../support/subscription.ts';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const ID = '4bf92f3577b34da6a3ce929d0e0e4736';

test('a trace context that is not well-formed is dropped', () => {
  assert.equal(traceparentOf(` ${TRACE} `), TRACE);
  for (const bad of [
    undefined,
    '',
    'x',
    TRACE.toUpperCase(),
    TRACE.replace('00-', '01-'),
    `${TRACE}-more`,
    TRACE.replace(ID, '0'.repeat(32)),
    `00-${ID}-${'0'.repeat(16)}-01`,
    `${TRACE}\r\nx: y`,
  ]) {
    assert.equal(traceparentOf(bad), null, String(bad));
  }
  assert.equal(traceIdOf(TRACE), ID);
  assert.equal(traceIdOf(undefined), undefined);
});

test('the trace context of a request travels with each of its events, and its id is in the line', async () => {
  const bench = ingestBench();
  await bench.post('[{"type":"a.b","data":1},{"type":"a.b","data":2}]', { traceparent: TRACE });
  await bench.post('{"type":"a.b","data":3}', { traceparent: 'nonsense' });
  assert.deepEqual(
    bench.messages().map(({ header }) => header.event.trace),
    [TRACE, TRACE, undefined],
  );
  assert.deepEqual(
    bench.log.of('ingest.accepted').map(({ fields }) => fields.traceId),
    [ID, undefined],
  );
});

test('a subscriber gets the trace context on each attempt, and none when there was none', async () => {
  const world = new DispatchWorld();
  await world.subscriptions.create(subscription());
  world.respond = () => answer(500);
  await world.run([received(['sub_1'], { event: eventEnvelope({ trace: TRACE }) })]);
  const [next] = world.next;
  assert.equal(next?.event.trace, TRACE);
  await world.run([received(['sub_1'], next)]);
  await world.run([received(['sub_1'], { event: eventEnvelope({ id: 'evt_2' }) })]);
  assert.deepEqual(
    world.requests.map(({ headers }) => headers.traceparent),
    [TRACE, TRACE, undefined],
  );
  assert.equal(world.lines.of('dispatch.attempted')[0]?.fields.traceId, ID);
});
