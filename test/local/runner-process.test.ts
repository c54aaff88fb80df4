import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { listen } from '../../local/loopback.ts';
import { type ChildRunner, spawnRunner, startAsChild, startEndpoint } from './runner.ts';
import { until } from './until.ts';

/** Processes below this one, however deep. */
function below(pid: number): readonly number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const children = all.map(Number).filter((child) => statusOf(child)?.parent === pid);
  return [...children, ...children.flatMap((child) => below(child))];
}

/** A process that ended but was not yet asked about is no longer there either. */
function lives(pid: number): boolean {
  return (statusOf(pid)?.state ?? 'Z') !== 'Z';
}

function statusOf(pid: number): { readonly state: string; readonly parent: number } | null {
  try {
    const [state = '', parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { state, parent: Number(parent) };
  } catch {
    // No such process.
    return null;
  }
}

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'fanfare-runner-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function withChild(
  work: (runner: ChildRunner) => Promise<void>,
  args: readonly string[] = [],
): Promise<void> {
  const runner = await startAsChild({ args });
  try {
    await work(runner);
  } finally {
    await runner.end('SIGKILL');
  }
}

test('quiet, it prints the ready line alone, and the API answers by then', () =>
  withChild(
    async (runner) => {
      assert.deepEqual(runner.stdout, [`ready ${runner.url}`]);
      assert.deepEqual(
        runner.stderr.filter((line) => !/template/.test(line)),
        [],
      );
      const { status, body } = await runner.call('GET', '/v1/health');
      assert.deepEqual([status, body.status], [200, 'ok']);
    },
    ['--quiet'],
  ));

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`on ${signal} it ends with code 0, running work done and no process left`, () =>
    withChild(
      async (runner) => {
        const endpoint = await startEndpoint(() => ({ delayMs: 500 }));
        await runner.subscribe(endpoint.url);
        await runner.post({ type: 'order.created', data: {} });
        await until('the attempt is under way', () => endpoint.requests.length === 1);
        const children = below(runner.child.pid ?? 0);
        assert.ok(children.length >= 3);
        assert.equal(await runner.end(signal), 0);
        assert.equal(endpoint.answered(), 1, 'the attempt under way was finished');
        assert.deepEqual(children.filter(lives), []);
        await endpoint.close();
      },
      ['--quiet'],
    ));
}

test('killed, it leaves no process behind', () =>
  withChild(
    async (runner) => {
      const children = below(runner.child.pid ?? 0);
      assert.ok(children.length >= 2);
      assert.equal(await runner.end('SIGKILL'), 'SIGKILL');
      await until('all processes have ended', () => children.filter(lives).length === 0);
    },
    ['--quiet'],
  ));

test('a taken port is one clear line and a failure', async () => {
  const other = createServer().unref();
  const port = await listen(other, 0);
  const { ended, stdout, stderr } = spawnRunner(['--port', String(port), '--no-demo']);
  assert.equal(await ended, 1);
  assert.deepEqual(stdout, []);
  assert.deepEqual(
    stderr.map((line) => line.replace(String(port), 'N')),
    ['port N is taken; choose another one: npm start -- --port 3001'],
  );
  other.close();
});

test('an unknown option is one clear line and a failure', async () => {
  const { ended, stderr } = spawnRunner(['--colour']);
  assert.equal(await ended, 1);
  assert.equal(stderr.length, 1);
  assert.match(stderr[0] ?? '', /--colour/);
});

test('kill -9 loses nothing that was accepted, and what was in flight goes on at once', () =>
  withFolder(async (folder) => {
    let down = true;
    // While it is down it hangs, so that messages are in flight when the runner dies.
    const endpoint = await startEndpoint(() => (down ? { delayMs: 60_000 } : {}));
    const args = ['--quiet', '--data', folder];
    const first = await startAsChild({ args, apiKey: 'kept-key' });
    const { id, secret } = await first.subscribe(endpoint.url, { timeoutSeconds: 30 });
    const ids: string[] = [];
    for (let i = 0; i < 20; i++) ids.push(await first.post({ type: 'order.created', data: { i } }));
    await until('an attempt is under way', () => endpoint.requests.length > 0);
    ids.push(await first.post({ type: 'order.created', data: { i: 'last' } }));
    await first.end('SIGKILL');
    down = false;
    const before = endpoint.requests.length;
    const second = await startAsChild({ args, apiKey: 'kept-key' });
    const delivered = () => new Set(endpoint.requests.slice(before).map((got) => got.headers['webhook-id']));
    // Their visibility timeout would end after six minutes, long after this wait gives up.
    await until('each event was delivered after the restart', () => delivered().size === ids.length);
    assert.deepEqual([...delivered()].sort(), [...ids].sort());
    assert.equal((await second.call('GET', `/v1/subscriptions/${id}/secret`)).body.secret, secret);
    await second.end('SIGKILL');
    await endpoint.close();
  }));

test('two runners do not share a folder', () =>
  withFolder(async (folder) => {
    await withChild(async () => {
      const { ended, stderr } = spawnRunner(['--port', '0', '--no-demo', '--data', folder]);
      assert.equal(await ended, 1);
      assert.deepEqual(stderr, [`another runner uses the folder ${folder}`]);
    }, ['--quiet', '--data', folder]);
  }));
