import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Slot, type SlotLimits, SocketSlots } from '../../../core/dispatch/socket-slots.ts';

/** Seekers and what became of them: `origin/owner` or `origin/owner/tenant` of each slot, in the order in which they were given. */
function world(limits: Partial<SlotLimits> = {}) {
  const slots = new SocketSlots({ max: 4, maxPerOrigin: 2, maxPerTenant: 99, maxAside: 2, ...limits });
  const given: string[] = [];
  const open = new Map<string, Slot[]>();
  const owners = new Map<string, object>();
  const seek = (...names: string[]): void => {
    for (const name of names) {
      const [origin = '', , tenant = ''] = name.split('/');
      const owner = owners.get(name) ?? {};
      owners.set(name, owner);
      slots.whenFree({ origin, tenant, owner }, (slot) => {
        given.push(name);
        open.set(name, [...(open.get(name) ?? []), slot]);
      });
    }
  };
  const first = (name: string): Slot => {
    const slot = open.get(name)?.shift();
    assert.ok(slot, `${name} has none`);
    return slot;
  };
  return { slots, given, seek, first };
}

test('no more are open than in all and per origin, and what waits is served when one is given back', () => {
  const { slots, given, seek, first } = world();
  seek('a/1', 'a/2', 'a/3', 'b/1', 'c/1', 'd/1');
  assert.deepEqual(given, ['a/1', 'a/2', 'b/1', 'c/1']);
  assert.equal(slots.open, 4);
  first('b/1').release();
  assert.deepEqual(given.slice(4), ['d/1'], 'a has as many as it may');
  first('a/1').release();
  assert.deepEqual(given.slice(5), ['a/3']);
});

test('a slot given back twice is given back once', () => {
  const { slots, seek, first } = world();
  seek('a/1', 'b/1');
  const slot = first('a/1');
  slot.release();
  slot.release();
  slot.giveWay();
  assert.equal(slots.open, 1);
});

test('who hangs gets no second socket before everybody who waits has had a first one', () => {
  const { given, seek, first } = world({ max: 3, maxPerOrigin: 3, maxAside: 0 });
  // One of each message: the first of them never answers.
  seek('h/1', 'h/2', 'ok/1', 'h/1', 'h/1', 'h/2', 'ok/1', 'ok/2', 'other/1', 'ok/3');
  assert.deepEqual(given, ['h/1', 'h/2', 'ok/1']);
  for (let i = 0; i < 5; i++) {
    const name = given.at(-1) ?? '';
    assert.doesNotMatch(name, /^h/);
    first(name).release();
  }
  assert.deepEqual([...given.slice(3, 7)].sort(), ['ok/1', 'ok/2', 'ok/3', 'other/1']);
  assert.match(given.at(-1) ?? '', /^h/, 'and when nobody else waits, it does');
});

test('what hangs at an origin gives way to others of the same origin, as far as there is room', () => {
  const { slots, given, seek, first } = world();
  seek('a/h1', 'a/h2', 'a/1', 'a/2');
  assert.equal(given.length, 2);
  const [h1, h2] = [first('a/h1'), first('a/h2')];
  h1.giveWay();
  h1.giveWay();
  assert.deepEqual(given.slice(2), ['a/1']);
  h2.giveWay();
  assert.deepEqual(given.slice(3), ['a/2']);
  assert.equal(slots.open, 4);
  seek('a/3');
  first('a/1').giveWay();
  assert.deepEqual(given.slice(4), [], 'two are aside, and no more than two may be');
  h1.release();
  assert.deepEqual(given.slice(4), [], 'what was aside left its place when it gave way');
  first('a/2').release();
  assert.deepEqual(given.slice(4), ['a/3']);
  h2.release();
  assert.equal(slots.open, 2);
});

test('however many endpoints of a tenant hang, there is room for others once the first of them have given way', () => {
  const { slots, given, seek, first } = world({ max: 3, maxPerOrigin: 3, maxPerTenant: 3, maxAside: 3 });
  const hanging = ['a/1/noisy', 'b/1/noisy', 'c/1/noisy', 'd/1/noisy', 'e/1/noisy', 'f/1/noisy'];
  seek(...hanging);
  assert.deepEqual(given, hanging.slice(0, 3));
  const hung = hanging.slice(0, 3).map(first);
  for (const slot of hung) slot.giveWay();
  assert.equal(given.length, 3, 'it has as many as it may');
  assert.equal(slots.isFull, false);
  seek('x/1/quiet', 'y/1/quiet', 'z/1/quiet');
  assert.deepEqual(given.slice(3), ['x/1/quiet', 'y/1/quiet', 'z/1/quiet']);
  first('y/1/quiet').release();
  assert.equal(given.length, 6);
  seek('y/1/quiet');
  assert.equal(given.length, 7);
  for (const name of ['x/1/quiet', 'y/1/quiet', 'z/1/quiet']) first(name).release();
  assert.equal(given.length, 7);
  for (const slot of hung) slot.release();
  assert.deepEqual(given.slice(7), hanging.slice(3), 'and goes on when its own are over');
});

test('origins that wait take turns', () => {
  const { given, seek, first } = world({ max: 1, maxPerOrigin: 1, maxAside: 0 });
  seek('a/1', 'a/2', 'a/3', 'b/1', 'b/2', 'c/1');
  for (let i = 0; i < 5; i++) first(given.at(-1) ?? '').release();
  assert.deepEqual(given, ['a/1', 'b/1', 'c/1', 'a/2', 'b/2', 'a/3']);
});

test('whatever is asked for and given back, everybody is served once and no limit is exceeded', () => {
  const step = fc.record({
    what: fc.constantFrom('seek', 'release', 'giveWay'),
    origin: fc.nat(3),
    owner: fc.nat(3),
    which: fc.nat(100),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const limits = { max: 5, maxPerOrigin: 2, maxPerTenant: 4, maxAside: 3 };
      const slots = new SocketSlots(limits);
      const owners = [{}, {}, {}, {}];
      const open: { readonly slot: Slot; readonly tenant: string }[] = [];
      let asked = 0;
      let served = 0;
      for (const { what, origin, owner, which } of steps) {
        if (what === 'seek') {
          asked++;
          const tenant = `${owner % 2}`;
          slots.whenFree({ origin: `${origin}`, tenant, owner: owners[owner] ?? {} }, (slot) => {
            served++;
            open.push({ slot, tenant });
          });
        } else if (open.length > 0) {
          const at = which % open.length;
          if (what === 'release') open.splice(at, 1)[0]?.slot.release();
          else open[at]?.slot.giveWay();
        }
        assert.ok(slots.open <= limits.max + limits.maxAside);
        assert.equal(slots.open, open.length);
        for (const tenant of ['0', '1'])
          assert.ok(open.filter((one) => one.tenant === tenant).length <= limits.maxPerTenant);
      }
      while (open.length > 0) open.shift()?.slot.release();
      assert.equal(served, asked);
      assert.equal(slots.open, 0);
    }),
  );
});

test('a thousand that wait for an origin keep nobody of another one waiting', () => {
  const slots = new SocketSlots({ max: 256, maxPerOrigin: 64, maxPerTenant: 256, maxAside: 0 });
  for (let i = 0; i < 1_064; i++)
    slots.whenFree({ origin: 'hangs', tenant: 'a', owner: {} }, () => undefined);
  let given = 0;
  const owner = {};
  for (let i = 0; i < 1_000; i++)
    slots.whenFree({ origin: 'quick', tenant: 'a', owner }, (slot) => {
      given++;
      slot.release();
    });
  assert.equal(given, 1_000);
  assert.equal(slots.open, 64);
});
