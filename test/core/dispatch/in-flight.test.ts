import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InFlight } from '../../../core/dispatch/in-flight.ts';
import { FakeClock } from '../../support/clock.ts';

function watched() {
  const clock = new FakeClock();
  const timers: number[] = [];
  const late: string[][] = [];
  const after = (ms: number, work: () => void) => {
    timers.push(ms);
    return clock.after(ms, work);
  };
  const flights = new InFlight<string>({ clock, after }, 3_000, (ones) => late.push([...ones]));
  return { clock, timers, late, flights };
}

test('what is under way for three seconds is told of once, together, and while it goes on', () => {
  const { clock, late, flights } = watched();
  flights.begin('a');
  flights.begin('b');
  clock.advance(2_999);
  assert.deepEqual(late, []);
  clock.advance(1);
  assert.deepEqual(late, [['a', 'b']]);
  clock.advance(60_000);
  assert.deepEqual(late, [['a', 'b']]);
});

test('what ended in time is not told of', () => {
  const { clock, late, flights } = watched();
  const ended = flights.begin('quick');
  flights.begin('hangs');
  clock.advance(2_000);
  ended();
  clock.advance(2_000);
  assert.deepEqual(late, [['hangs']]);
});

test('each has its own three seconds', () => {
  const { clock, late, flights } = watched();
  flights.begin('first');
  clock.advance(1_000);
  flights.begin('second');
  clock.advance(2_000);
  assert.deepEqual(late, [['first']]);
  clock.advance(999);
  assert.deepEqual(late, [['first']]);
  clock.advance(1);
  assert.deepEqual(late, [['first'], ['second']]);
});

test('a thousand that end at once share one timer', () => {
  const { clock, timers, late, flights } = watched();
  for (let i = 0; i < 1_000; i++) flights.begin(`${i}`)();
  assert.deepEqual(timers, [3_000]);
  clock.advance(10_000);
  assert.deepEqual([timers.length, late.length], [1, 0]);
  flights.begin('next');
  clock.advance(3_000);
  assert.deepEqual(late, [['next']]);
});

test('a clock that is set back puts it off by three seconds at most', () => {
  const { clock, timers, late, flights } = watched();
  const now = clock.now();
  flights.begin('hangs');
  const set = clock.now.bind(clock);
  clock.now = () => set() - 600_000;
  clock.advance(3_000);
  assert.deepEqual(timers, [3_000, 3_000]);
  clock.now = set;
  clock.advance(3_000);
  assert.deepEqual(late, [['hangs']]);
  assert.equal(clock.now(), now + 6_000);
});

test('once it is over, nothing is told', () => {
  const { clock, late, flights } = watched();
  flights.begin('hangs');
  flights.stop();
  clock.advance(10_000);
  assert.deepEqual(late, []);
});
