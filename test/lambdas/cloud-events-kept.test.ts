import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyText } from '../../core/dispatch/body-text.ts';
import { ingestBench } from '../support/ingest-bench.ts';

const STRUCTURED = { 'content-type': 'application/cloudevents+json' };

/** Posts a CloudEvent with these members besides, as JSON text; answers what a subscriber gets of it. */
async function passedOn(members: string): Promise<Readonly<Record<string, unknown>>> {
  const bench = ingestBench();
  const head = '"specversion":"1.0","id":"i","source":"/s","type":"a.b"';
  const { status, body } = await bench.post(`{${head},${members},"data":1}`, STRUCTURED);
  assert.equal(status, 202, JSON.stringify(body));
  const [message] = bench.messages();
  assert.ok(message);
  return JSON.parse(bodyText({ ...message.header.event, data: message.data }, 'cloudevents'));
}

test('C109: the time goes out as it came in, however fine it is and wherever it was', async () => {
  for (const time of [
    '2026-01-02T03:04:05.678Z',
    '2026-01-02T03:04:05.678901234Z',
    '2026-01-02T03:04:05Z',
    '2026-01-02T03:04:05.678+02:00',
    '2026-01-02t03:04:05z',
  ]) {
    assert.equal((await passedOn(`"time":"${time}"`)).time, time);
  }
});

test('C109: a time that is spelt as ours is takes no room of its own', async () => {
  const bench = ingestBench();
  const event = (time: string) =>
    `{"specversion":"1.0","id":"${time}","source":"/s","type":"a.b","time":"${time}","data":1}`;
  await bench.post(event('2026-01-02T03:04:05.678Z'), STRUCTURED);
  const origin = bench.messages()[0]?.header.event.cloudEvent;
  assert.ok(origin && !('time' in origin));
});

test('C109: extensions that are numbers go out as they came in, or are refused by name', async () => {
  assert.partialDeepStrictEqual(
    await passedOn('"sampledrate":5,"at":1767323045678,"least":-2147483648,"share":0.25,"on":false'),
    { sampledrate: 5, at: 1_767_323_045_678, least: -2_147_483_648, share: 0.25, on: false },
  );
  for (const number of ['9007199254740993', '-9007199254740993', '1e400', '1e30']) {
    const bench = ingestBench();
    const event = `{"specversion":"1.0","id":"i","source":"/s","type":"a.b","ext":${number},"data":1}`;
    const { status, body } = await bench.post(event, STRUCTURED);
    assert.deepEqual([status, body.errors[0]?.pointer], [400, '/ext'], number);
    assert.deepEqual(bench.messages(), []);
  }
});
