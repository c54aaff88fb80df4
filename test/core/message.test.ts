import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DeliveryMessage, EventMessage } from '../../contract/messages.ts';
import {
  decodeDeadLetterMessage,
  decodeDeliveryMessage,
  decodeEventMessage,
  decodeTaskMessage,
  encodeMessage,
  escapeForSqs,
  MessageFormatError,
} from '../../core/message.ts';

const event = {
  tenant: 'acme',
  id: 'evt_1',
  type: 'order.created',
  subject: null,
  time: 1,
  acceptedAt: 2,
  metadata: { region: 'eu' },
};
const eventMessage: EventMessage = { v: 1, requestId: 'r1', event };
const delivery: DeliveryMessage = {
  v: 1,
  event,
  shards: 1,
  attempt: 1,
  step: 0,
  run: '0',
  trigger: 'schedule',
  targets: ['sub_1', 'sub_2'],
};

/** The characters SQS accepts in a body, from its SendMessage page. */
const accepted = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;

test('C001: the data comes back token for token', () => {
  const data = '{"id":9007199254740993,"big":1e400,"price":1.0,\n "twice":1,"twice":2}';
  assert.deepEqual(decodeEventMessage(encodeMessage(eventMessage, data)), { header: eventMessage, data });
});

test('a header and any data survive the trip', () => {
  fc.assert(
    fc.property(fc.json(), fc.string(), (data, subject) => {
      const header = { ...eventMessage, event: { ...event, subject } };
      const read = decodeEventMessage(encodeMessage(header, data));
      assert.deepEqual(read.header, header);
      assert.deepEqual(JSON.parse(read.data), JSON.parse(data));
    }),
  );
});

test('C005: every character SQS refuses is written as an escape that reads as the same character', () => {
  const text = JSON.stringify('a\u0000\u0007\u000b\uFFFE\uFFFF😀\r\nb');
  const safe = escapeForSqs(text);
  assert.match(safe, accepted);
  assert.equal(JSON.parse(safe), JSON.parse(text));
});

test('delivery, dead letter and task messages are read back', () => {
  const letter = {
    ...delivery,
    dead: { at: 3, reason: 'exhausted' as const, lastStatus: 500, lastError: null },
  };
  assert.deepEqual(decodeDeliveryMessage(encodeMessage(delivery, '1')).header, delivery);
  assert.deepEqual(decodeDeadLetterMessage(encodeMessage(letter, '1')), { header: letter, data: '1' });
  assert.deepEqual(decodeTaskMessage(encodeMessage({ v: 1, task: 'tsk_1' }, '')).header, {
    v: 1,
    task: 'tsk_1',
  });
});

test('a body that this version cannot read is refused with the reason, and its data is not repeated', () => {
  const broken: readonly (readonly [string, RegExp])[] = [
    ['', /not JSON/],
    ['not json\n{}', /not JSON/],
    ['[]\n{}', /not an object/],
    ['null\n{}', /not an object/],
    [`${JSON.stringify({ ...delivery, v: 2 })}\nsecret`, /version 2/],
    [`${JSON.stringify({ ...delivery, targets: [] })}\nsecret`, /lacks a field/],
    [`${JSON.stringify({ ...delivery, targets: [1] })}\nsecret`, /lacks a field/],
    [`${JSON.stringify({ ...delivery, attempt: '1' })}\nsecret`, /lacks a field/],
    [`${JSON.stringify({ ...delivery, event: { ...event, tenant: '' } })}\nsecret`, /lacks a field/],
  ];
  for (const [body, reason] of broken) {
    assert.throws(
      () => decodeDeliveryMessage(body),
      (error) =>
        error instanceof MessageFormatError &&
        reason.test(error.message) &&
        !error.message.includes('secret'),
      body,
    );
  }
});

test('a delivery message is not taken for an event, a dead letter or a task', () => {
  const body = encodeMessage(delivery, '1');
  assert.throws(() => decodeEventMessage(body), MessageFormatError);
  assert.throws(() => decodeDeadLetterMessage(body), MessageFormatError);
  assert.throws(() => decodeTaskMessage(body), MessageFormatError);
});
