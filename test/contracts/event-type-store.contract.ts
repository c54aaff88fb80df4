import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVENT_TYPE } from '../../contract/limits.ts';
import type { EventTypeRecord, EventTypeStore } from '../../core/event-types/ports.ts';

/** What every store of event types must do. */
export function eventTypeStoreContract(name: string, make: () => EventTypeStore): void {
  test(`${name}: a type comes back as it was put, and a later put replaces it`, async () => {
    const store = make();
    await store.put(record('a.b', { schema: '{"x":1.0}', example: 'null', deprecated: true }));
    await store.put(record('a.b', { mode: 'block' }));
    assert.deepEqual(await store.get('a.b'), record('a.b', { mode: 'block' }));
    assert.equal(await store.get('a.c'), null);
    await store.remove('a.b');
  });

  test(`${name}: all of them are read, however large they are together`, async () => {
    const store = make();
    const large = `"${'x'.repeat(200_000)}"`;
    const types = Array.from({ length: 8 }, (_, i) => record(`big.t${i}`, { schema: large }));
    for (const type of types) await store.put(type);
    const all = [...(await store.all())].sort((a, b) => (a.type < b.type ? -1 : 1));
    assert.deepEqual(all, types);
    for (const { type } of types) assert.equal(await store.remove(type), true);
    assert.deepEqual(await store.all(), []);
  });

  test(`${name}: C074: of twenty new types put at once with room for one, one is on record`, async () => {
    const store = make();
    const fill = Array.from({ length: EVENT_TYPE.maxTypes - 1 }, (_, i) => record(`fill.t${i}`));
    for (let at = 0; at < fill.length; at += 25) {
      await Promise.all(fill.slice(at, at + 25).map((one) => store.put(one)));
    }
    const raced = await Promise.all(Array.from({ length: 20 }, (_, i) => store.put(record(`raced.t${i}`))));
    assert.equal(raced.filter(Boolean).length, 1);
    assert.equal((await store.all()).length, EVENT_TYPE.maxTypes);
    assert.equal(await store.put(record('fill.t0', { description: 'changed' })), true);
    await Promise.all(Array.from({ length: 5 }, () => store.remove('fill.t0')));
    assert.equal(await store.put(record('one.more')), true);
    assert.equal(await store.put(record('two.more')), false);
    for (const { type } of await store.all()) await store.remove(type);
  });

  test(`${name}: removing what is gone says so`, async () => {
    assert.equal(await make().remove('never.was'), false);
  });
}

function record(type: string, fields: Partial<EventTypeRecord> = {}): EventTypeRecord {
  return {
    type,
    description: 'What it is',
    schema: null,
    mode: 'off',
    example: null,
    deprecated: false,
    createdAt: 1_767_225_600_123,
    ...fields,
  };
}
