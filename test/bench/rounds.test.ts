import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inRounds, type LineUp } from '../../bench/rounds.ts';

type Name = 'bare' | 'ours';

/** A line-up that takes a scripted time per unit; the machine is twice as slow in each second round. */
function scripted(): { readonly lineUp: () => Promise<LineUp<Name>>; readonly log: string[] } {
  const log: string[] = [];
  const runs = { bare: 0, ours: 0 };
  const variant = (name: Name, micros: number) => ({
    name,
    run: async () => {
      log.push(name);
      const slow = runs[name]++ % 2 === 1 ? 2 : 1;
      return { units: 10, cpuMicros: 10 * micros * slow, wallMs: 5 };
    },
  });
  return {
    log,
    lineUp: async () => ({
      variants: [variant('bare', 30), variant('ours', 50)],
      stop: async () => {
        log.push('stop');
      },
    }),
  };
}

test('a ratio compares each round with itself, so that a slow machine changes nothing', async () => {
  const { lineUp } = scripted();
  const rounds = await inRounds(lineUp, { lineUps: 1, warmUps: 0, rounds: 4 });
  assert.deepEqual(rounds.ratio('bare', 'ours'), { value: 0.6, spread: 0 });
  assert.equal(rounds.perSecond('ours'), 2_000);
});

test('warming up does not count, and every line-up is stopped', async () => {
  const { lineUp, log } = scripted();
  const rounds = await inRounds(lineUp, { lineUps: 2, warmUps: 1, rounds: 3 });
  assert.equal(log.filter((name) => name === 'ours').length, 8);
  assert.equal(log.filter((name) => name === 'stop').length, 2);
  assert.equal(rounds.units('ours'), 80);
});

test('a line-up is stopped when a variant fails', async () => {
  const stopped: string[] = [];
  const lineUp = async (): Promise<LineUp<'bad'>> => ({
    variants: [{ name: 'bad', run: () => Promise.reject(new Error('dropped work')) }],
    stop: async () => {
      stopped.push('stop');
    },
  });
  await assert.rejects(inRounds(lineUp, { lineUps: 1, warmUps: 0, rounds: 1 }), /dropped work/);
  assert.deepEqual(stopped, ['stop']);
});
