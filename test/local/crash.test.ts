import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startAsChild, startEndpoint } from './runner.ts';
import { until } from './until.ts';

test('a runner that is killed in the middle of its work loses no accepted event', async () => {
  const data = await mkdtemp(join(tmpdir(), 'fanfare-'));
  const endpoint = await startEndpoint();
  const accepted: string[] = [];
  const options = { args: ['--no-demo', '--quiet', '--data', data], apiKey: 'crash-test' };
  try {
    const first = await startAsChild(options);
    await first.subscribe(endpoint.url);
    const post = async (n: number): Promise<void> => {
      accepted.push(await first.post({ type: 'a.b', data: { n } }));
      if (accepted.length === 150) await first.end('SIGKILL');
    };
    const posters = Array.from({ length: 8 }, async (_, lane) => {
      for (let n = lane; n < 500; n += 8) await post(n);
    });
    const ends = await Promise.allSettled(posters);
    assert.ok(
      ends.some((end) => end.status === 'rejected'),
      'the runner was to die before all were posted',
    );
    const second = await startAsChild(options);
    const delivered = (): Set<string | undefined> =>
      new Set(endpoint.requests.map((request) => request.headers['webhook-id']));
    await until('every accepted event arrives', () => accepted.every((id) => delivered().has(id)));
    assert.ok(accepted.length >= 150);
    assert.equal(await second.end('SIGTERM'), 0);
  } finally {
    await endpoint.close();
    await rm(data, { recursive: true, force: true });
  }
});
