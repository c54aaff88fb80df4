import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { timeArgument } from '../../../client/cli/arguments.ts';
import type { Command } from '../../../client/cli/command.ts';
import { COMMANDS } from '../../../client/cli/commands/all.ts';
import { Output } from '../../../client/cli/output.ts';
import { GLOBAL_OPTIONS, isGroup } from '../../../client/cli/parse.ts';
import { listen } from '../../../local/loopback.ts';
import { until } from '../../local/until.ts';
import { fanfareHere, type Here } from './run-here.ts';
import { fanfare, startFanfare } from './spawn-fanfare.ts';

/** What a server saw, and what it answers to everything. */
const seen: { readonly method: string; readonly url: string; readonly body: string }[] = [];
let answer: { readonly status: number; readonly body: unknown } = { status: 200, body: {} };
const server = createServer(async (request, response) => {
  let body = '';
  for await (const part of request) body += part;
  seen.push({ method: request.method ?? '', url: request.url ?? '', body });
  response.writeHead(answer.status, { 'x-request-id': 'r1' }).end(JSON.stringify(answer.body));
}).unref();
const url = `http://127.0.0.1:${await listen(server, 0)}`;
after(() => server.closeAllConnections());

const NOW = Date.parse('2026-01-02T03:04:05.000Z');

/** Runs a command line in this process. */
function run(argv: readonly string[], { key = 'K', ...here }: Here & { readonly key?: string } = {}) {
  return fanfareHere({ url, apiKey: key }, argv, { now: NOW, ...here });
}

/** A command with the words that name it. */
type Named = readonly [words: readonly string[], command: Command];

function everyCommand(): readonly Named[] {
  return Object.entries(COMMANDS).flatMap(([name, entry]): readonly Named[] =>
    isGroup(entry)
      ? Object.entries(entry.commands).map(([verb, command]): Named => [[name, verb], command])
      : [[[name], entry]],
  );
}

test('each command explains itself, with each of its options and arguments', async () => {
  for (const [words, command] of everyCommand()) {
    const { code, stdout } = await run([...words, '--help']);
    assert.equal(code, 0);
    assert.ok(stdout.includes(`fanfare ${words.join(' ')}`), stdout);
    for (const option of Object.keys({ ...command.options, ...GLOBAL_OPTIONS })) {
      assert.ok(stdout.includes(`--${option}`), `${words.join(' ')} --${option}`);
    }
    for (const argument of command.args ?? []) assert.ok(stdout.includes(argument), argument);
    assert.equal((await run(['help', ...words])).stdout, stdout);
  }
  const { stdout: overview } = await run(['--help']);
  for (const name of Object.keys(COMMANDS)) assert.ok(overview.includes(`fanfare ${name}`), name);
});

test('no command has an option that means something else everywhere', () => {
  for (const [words, { options = {} }] of everyCommand()) {
    for (const name of Object.keys(GLOBAL_OPTIONS)) assert.ok(!(name in options), `${words} --${name}`);
  }
});

test('a command line that makes no sense is exit code 2, one line, and no request', async () => {
  const before = seen.length;
  for (const [argv, message] of [
    ['sned', /there is no command "sned"/],
    ['constructor', /there is no command "constructor"/],
    ['subscriptions', /say what to do: fanfare subscriptions list\|get/],
    ['subscriptions lst', /there is no command "subscriptions lst"/],
    ['send', /<type> is missing/],
    ['send a.b {} more', /there is no place for "more"/],
    ['send a.b {"a":', /data must be JSON/],
    ['send a.b {} --metadata shop', /--metadata takes a name, "=" and a value/],
    ['events list --colour', /--colour/],
    ['events list --limit few', /--limit takes a whole number, not "few"/],
    ['redrive --rate', /--rate/],
    ['replay sub_1', /--since is missing/],
    ['replay sub_1 --since 2h --status some', /--status takes one of failed, missing, all/],
    ['subscriptions update sub_1', /nothing to change/],
    ['subscriptions update sub_1 --clear url', /--clear takes one of/],
    ['listen --answer 42', /--answer takes a status/],
    ['listen --forward-to here', /--forward-to takes a URL/],
    ['health --url nowhere', /cannot be used/],
  ] as const) {
    const { code, stdout, stderr } = await run(argv.split(' '));
    assert.deepEqual([code, stdout], [2, ''], argv);
    assert.match(stderr, message);
    assert.equal(stderr.split('\n').length, 1, stderr);
  }
  assert.equal((await run([])).code, 2);
  assert.match((await run(['health'], { key: '' })).stderr, /no API key: set FANFARE_API_KEY/);
  assert.equal(seen.length, before);
});

test('options of every command may stand before it', async () => {
  answer = { status: 200, body: { data: [], cursor: null } };
  const { code } = await run([
    '--tenant',
    'acme',
    '--json',
    'events',
    'list',
    '--since',
    '2h',
    '--limit',
    '3',
  ]);
  assert.equal(code, 0);
  assert.equal(seen.at(-1)?.url, '/v1/events?tenant=acme&since=2026-01-02T01%3A04%3A05.000Z&limit=3');
});

test('times are taken as they are, or as so long ago', () => {
  const now = Date.parse('2026-01-02T03:04:05.000Z');
  const read = ['90s', '30m', '2h', '7d', '1w', '2026-01-01T00:00:00Z', 'yesterday', undefined];
  assert.deepEqual(
    read.map((text) => timeArgument(text, now)),
    [
      '2026-01-02T03:02:35.000Z',
      '2026-01-02T02:34:05.000Z',
      '2026-01-02T01:04:05.000Z',
      '2025-12-26T03:04:05.000Z',
      '2025-12-26T03:04:05.000Z',
      '2026-01-01T00:00:00Z',
      'yesterday',
      undefined,
    ],
  );
});

test('a refusal is exit code 1 with every fault, and as JSON for programs', async () => {
  const problem = {
    type: '/problems/invalid-request',
    title: 'The request is not valid',
    status: 400,
    detail: 'The body has faults.',
    errors: [{ pointer: '/url', detail: 'must be https' }],
  };
  answer = { status: 400, body: problem };
  const text = await run(['subscriptions', 'create', 'http://h.example/']);
  assert.deepEqual(text, {
    code: 1,
    stdout: '',
    stderr: 'The request is not valid (400 invalid-request). The body has faults.\n  /url: must be https',
  });
  const json = await run(['subscriptions', 'create', 'http://h.example/', '--json']);
  assert.deepEqual([json.code, JSON.parse(json.stderr)], [1, problem]);
});

test('texts of others cannot move the cursor or turn the line round', async () => {
  const evil = '\u001b[2J\u0007\u009b1A\u202eok\n';
  answer = {
    status: 200,
    body: { data: [{ id: 'e1', type: 'a', matched: 0, acceptedAt: '', subject: evil }], cursor: null },
  };
  const { stdout } = await run(['events', 'list'], { tty: true });
  assert.ok(stdout.includes('\\u001b[2J\\u0007\\u009b1A\\u202eok\\u000a'), JSON.stringify(stdout));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are looked for
  assert.doesNotMatch(stdout, /[\u001b\u0007\u009b\u202e]/);
});

test('a redrive is sent only when its question is answered with yes, or was answered before', async () => {
  const task = { id: 'tsk_1', kind: 'redrive', status: 'done', matched: 3, sent: 3, dropped: 0 };
  answer = { status: 202, body: task };
  const sent = async (argv: readonly string[], says: boolean | null) => {
    const from = seen.length;
    assert.equal((await run(['redrive', ...argv], { says })).code, 0);
    return seen.slice(from).flatMap(({ body }) => (body === '' ? [] : [JSON.parse(body).dryRun]));
  };
  assert.deepEqual(await sent([], null), [true]);
  assert.deepEqual(await sent([], false), [true]);
  assert.deepEqual(await sent([], true), [true, false]);
  assert.deepEqual(await sent(['--yes'], null), [false]);
  assert.deepEqual(await sent(['--yes', '--dry-run'], null), [true]);
  answer = { status: 202, body: { ...task, status: 'failed', failure: 'The store is full.' } };
  const failed = await run(['redrive', '--yes']);
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /failed: 3 matched, 3 sent\. The store is full\./);
});

test('progress renews one line of a terminal, and leaves none behind', () => {
  const parts: string[] = [];
  const stream = { isTTY: true, write: (part: string) => parts.push(part) };
  const out = new Output(stream, stream);
  out.progress('1 of 2');
  out.progress('2 of 2');
  out.line('done');
  assert.equal(parts.join(''), '\r\u001b[2K1 of 2\r\u001b[2K2 of 2\r\u001b[2Kdone\n');
});

test('Ctrl-C while a task works is exit code 130 and says how to stop the task', async () => {
  answer = {
    status: 200,
    body: { id: 'tsk_1', kind: 'redrive', status: 'running', matched: 9, sent: 1, dropped: 0 },
  };
  const watching = startFanfare({ url, apiKey: 'K' }, ['tasks', 'watch', 'tsk_1']);
  await watching.says(/running: 9 matched, 1 sent/);
  watching.kill('SIGINT');
  assert.equal(await watching.ended, 130);
  assert.match(watching.stderr.at(-1) ?? '', /fanfare tasks cancel tsk_1/);
});

test('listen says why a deployed server refuses it', async () => {
  const title = 'The destination is not allowed';
  answer = { status: 400, body: { type: '/problems/invalid-url', title, status: 400, detail: 'Loopback.' } };
  const { code, stderr } = await fanfare({ url, apiKey: 'K' }, ['listen']);
  assert.equal(code, 1);
  assert.match(stderr, /"listen" is for the local runner/);
});

test('listen refuses what it did not get from Fanfare, and says so in the end', async () => {
  answer = { status: 201, body: { id: 'sub_1', eventTypes: ['*'] } };
  const listening = startFanfare({ url, apiKey: 'K' }, ['listen']);
  await listening.says(/^listening on/);
  const [, target = ''] = /listening on (\S+)/.exec(listening.stderr.join('\n')) ?? [];
  const forged = await fetch(target, { method: 'POST', body: '{}', headers: { 'webhook-id': 'evt_1' } });
  assert.equal(forged.status, 401);
  const huge = await fetch(target, { method: 'POST', body: 'x'.repeat(600 * 1024) });
  assert.equal(huge.status, 413);
  const cut = connect(Number(new URL(target).port), '127.0.0.1');
  cut.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{', () => cut.resetAndDestroy());
  await once(cut, 'close');
  await until('it is told', () => listening.stdout.length > 0);
  assert.deepEqual(listening.stdout, ['evt_1 NOT verified, answered 401']);
  listening.kill('SIGTERM');
  assert.equal(await listening.ended, 1);
  assert.deepEqual([seen.at(-1)?.method, seen.at(-1)?.url], ['DELETE', '/v1/subscriptions/sub_1']);
});

test('a reader that has seen enough is no failure, and a server that is down is one line', async () => {
  const item = { id: 'e1', type: 'a.b', matched: 0, acceptedAt: '', subject: null };
  answer = { status: 200, body: { data: Array(250).fill(item), cursor: null } };
  const listing = startFanfare({ url, apiKey: 'K' }, ['events', 'list', '--all']);
  listing.stopReading();
  assert.equal(await listing.ended, 0);
  assert.deepEqual(listing.stderr, []);
  // No program listens on this port; one that was free a moment ago may be anybody's by now.
  const { code, stderr } = await fanfare({ url: 'http://127.0.0.1:3', apiKey: 'K' }, ['redrive', '--yes']);
  assert.equal(code, 1);
  assert.match(stderr, /^http:\/\/127\.0\.0\.1:\d+ was not reached: connect ECONNREFUSED \S+$/);
});

test('data is read from a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fanfare-client-'));
  try {
    writeFileSync(join(folder, 'data.json'), '{"n":1.0}\n');
    answer = { status: 202, body: { id: 'evt_1', type: 'a.b', duplicate: false } };
    assert.equal((await fanfare({ url, apiKey: 'K' }, ['send', 'a.b', `@${folder}/data.json`])).code, 0);
    assert.equal(seen.at(-1)?.body, '{"type":"a.b","data":{"n":1.0}}');
    assert.equal((await fanfare({ url, apiKey: 'K' }, ['send', 'a.b', `@${folder}/absent.json`])).code, 2);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
