import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventEnvelope } from '../../support/delivery-messages.ts';
import { answer, DispatchWorld, received } from '../../support/dispatch-world.ts';
import { subscription } from '../../support/subscription.ts';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

async function world(): Promise<DispatchWorld> {
  const made = new DispatchWorld();
  for (const id of ['sub_1', 'sub_2', 'failing'])
    await made.subscriptions.create(
      subscription({ id, url: `https://${id.replace('_', '-')}.example/hook` }),
    );
  made.respond = ({ url }) => answer(url.includes('failing') ? 500 : 200);
  return made;
}

const of = (id: string, fields = {}) => ({ event: eventEnvelope({ id, ...fields }) });

test('messages that were served at once share one line, which names each event', async () => {
  const w = await world();
  await w.run([
    received(['sub_1'], of('evt_1')),
    received(['sub_1'], of('evt_2', { trace: TRACE })),
    received(['sub_1', 'sub_2'], of('evt_3')),
  ]);
  const [line, ...more] = w.lines.of('dispatch.attempted');
  assert.equal(more.length, 0);
  assert.deepEqual([line?.fields.eventIds].flat().sort(), ['evt_1', 'evt_2', 'evt_3']);
  assert.partialDeepStrictEqual(line?.fields, {
    tenants: ['acme'],
    subscriptionIds: ['sub_1'],
    traceIds: ['4bf92f3577b34da6a3ce929d0e0e4736'],
    succeeded: 4,
  });
});

test('whatever failed, was retried, asked for by hand or came again has a line of its own', async () => {
  const w = await world();
  await w.run([
    received(['sub_1'], of('evt_served')),
    received(['sub_1', 'failing'], of('evt_failed')),
    received(['sub_1'], { ...of('evt_retried'), attempt: 2, step: 1 }),
    received(['sub_1'], { ...of('evt_manual'), trigger: 'manual', run: 'run_1' }),
    { ...received(['sub_1'], of('evt_again')), receiveCount: 2 },
  ]);
  const fields = w.lines.of('dispatch.attempted').map((line) => line.fields);
  const own = fields.filter(({ eventId }) => eventId !== undefined);
  assert.deepEqual(own.map(({ eventId }) => eventId).sort(), [
    'evt_again',
    'evt_failed',
    'evt_manual',
    'evt_retried',
  ]);
  assert.deepEqual(
    fields.filter(({ eventId }) => eventId === undefined).map(({ eventIds }) => eventIds),
    [['evt_served']],
  );
  assert.partialDeepStrictEqual(
    own.find(({ eventId }) => eventId === 'evt_failed'),
    {
      failedAttempts: 1,
      failedSubscriptions: ['failing'],
      succeeded: 1,
    },
  );
});
