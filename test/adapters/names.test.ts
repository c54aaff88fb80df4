import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { askServers } from '../../adapters/names/ask.ts';
import { NameError } from '../../adapters/names/name-error.ts';
import { Names } from '../../adapters/names/names.ts';
import { FakeClock } from '../support/clock.ts';
import {
  having,
  type NameServer,
  type Question,
  type Reply,
  startNameServer,
} from '../support/name-server.ts';

const open: { close(): unknown }[] = [];

afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

async function server(answer: (question: Question) => Reply): Promise<NameServer> {
  const started = await startNameServer(answer);
  open.push(started);
  return started;
}

function namesAt({ address }: Pick<NameServer, 'address'>, clock = new FakeClock()): Names {
  return new Names({ clock, ask: askServers([address]) });
}

/** The addresses that are found, in order; or the fault. */
function find(names: Names, host: string): Promise<readonly string[] | string> {
  return new Promise((resolve) => {
    names.find('acme', host, (found) =>
      resolve(found instanceof NameError ? found.fault : found.map(({ address }) => address).sort()),
    );
  });
}

const MANY = Array.from({ length: 100 }, (_, i) => `93.184.216.${i}`).sort();

/** What name servers say, and what it comes to. */
const CASES: readonly (readonly [string, (question: Question) => Reply, readonly string[] | string])[] = [
  ['one address', having('93.184.216.34'), ['93.184.216.34']],
  ['both families', having('93.184.216.34', '2606:4700::1'), ['2606:4700::1', '93.184.216.34']],
  ['IPv6 alone', having('2606:4700::1'), ['2606:4700::1']],
  ['no address of either family', having(), 'no-address'],
  ['no such name', () => ({ code: 3 }), 'no-name'],
  ['a failure', () => ({ code: 2 }), 'server-failed'],
  ['a refusal', () => ({ code: 5 }), 'server-failed'],
  ['a format error', () => ({ code: 1 }), 'server-failed'],
  [
    'an address, and a failure for IPv6',
    ({ type }) => (type === 'A' ? { records: [{ value: '1.1.1.1' }] } : { code: 2 }),
    ['1.1.1.1'],
  ],
  [
    'an address, and silence for IPv6',
    ({ type }) => (type === 'A' ? { records: [{ value: '1.1.1.1' }] } : null),
    ['1.1.1.1'],
  ],
  [
    'IPv6, and silence for IPv4',
    ({ type }) => (type === 'AAAA' ? { records: [{ value: '2606:4700::1' }] } : null),
    ['2606:4700::1'],
  ],
  [
    'no IPv4 address, and a failure for IPv6',
    ({ type }) => (type === 'A' ? {} : { code: 2 }),
    'server-failed',
  ],
  ['no IPv4 address, and silence for IPv6', ({ type }) => (type === 'A' ? {} : null), 'no-answer'],
  ['silence', () => null, 'no-answer'],
  [
    'a chain of names',
    ({ name, type }) =>
      type === 'A'
        ? {
            records: [
              { name, type: 'CNAME', value: 'b.example' },
              { name: 'b.example', type: 'CNAME', value: 'c.example' },
              { name: 'c.example', value: '10.0.0.5' },
            ],
          }
        : {},
    ['10.0.0.5'],
  ],
  [
    'a name for itself, for ever',
    ({ name }) => ({ records: [{ name, type: 'CNAME', value: name }] }),
    'no-address',
  ],
  ['a hundred addresses', having(...MANY), MANY],
  [
    'a hundred addresses over TCP, as they did not fit',
    (question) => (question.over === 'udp' ? { truncated: true } : having(...MANY)(question)),
    MANY,
  ],
  [
    'that there is more, and nothing over TCP',
    ({ over }) => (over === 'udp' ? { truncated: true } : null),
    'no-answer',
  ],
];

/** The question, sent back with one byte of it changed. */
const spoilt = (at: number) => () => ({
  raw: (query: Buffer) => Buffer.from(query).fill((query[at] ?? 0) ^ 0xff, at, at + 1),
});

const GARBAGE: typeof CASES = [
  ['three bytes', () => ({ raw: () => Buffer.from([1, 2, 3]) }), 'server-failed'],
  ['nothing', () => ({ raw: () => Buffer.alloc(0) }), 'no-answer'],
  ['the answer to another question', spoilt(0), 'no-answer'],
  ['an answer that was cut off', () => ({ raw: (query) => query.subarray(0, 14) }), 'server-failed'],
];

test('what a name server says comes to addresses or to a reason', { timeout: 60_000 }, async (t) => {
  await t.test('each of these', { concurrency: true }, async (all) => {
    for (const [title, answer, expected] of [...CASES, ...GARBAGE]) {
      void all.test(title, async (one) => {
        const started = await startNameServer(answer);
        one.after(() => started.close());
        assert.deepEqual(await find(namesAt(started), 'h.example'), expected);
      });
    }
  });
});

test('a name server that cannot be reached is one that does not answer, and no refused connection', async () => {
  // No program listens on this port.
  assert.equal(await find(namesAt({ address: '127.0.0.1:1027' }), 'h.example'), 'no-answer');
  const one = await server(having('93.184.216.34'));
  const names = new Names({ clock: new FakeClock(), ask: askServers(['127.0.0.1:1027', one.address]) });
  assert.deepEqual(await find(names, 'h.example'), ['93.184.216.34']);
});

test('a name server that was not there is asked again once it is', async () => {
  const clock = new FakeClock();
  const before = await startNameServer(() => null);
  before.close();
  const names = namesAt(before, clock);
  assert.equal(await find(names, 'h.example'), 'no-answer');
  open.push(await startNameServer(having('93.184.216.34'), Number(before.address.split(':')[1])));
  clock.advance(1_000);
  assert.deepEqual(await find(names, 'h.example'), ['93.184.216.34']);
});

test('a name that no server could be asked for does not exist', async () => {
  const one = await server(having('93.184.216.34'));
  for (const host of [`${'a'.repeat(64)}.example`, `${'a.'.repeat(150)}example`, 'a..example'])
    assert.equal(await find(namesAt(one), host), 'no-name', host);
  assert.deepEqual(one.asked, []);
});

test('this machine goes by its own names, and no server is asked (RFC 6761)', async () => {
  const one = await server(having('93.184.216.34'));
  for (const host of ['localhost', 'a.localhost', 'a.b.localhost'])
    assert.deepEqual(await find(namesAt(one), host), ['127.0.0.1', '::1'], host);
  assert.deepEqual(one.asked, []);
  assert.deepEqual(await find(namesAt(one), 'notlocalhost'), ['93.184.216.34']);
});

test('requests for one name at once share a look-up, and one that goes away takes nothing from the others', async () => {
  const one = await server(having('93.184.216.34'));
  const names = namesAt(one);
  const gone = names.find('acme', 'h.example', () => assert.fail('it was stopped'));
  const found = Promise.all(Array.from({ length: 50 }, () => find(names, 'h.example')));
  gone.stop();
  assert.equal(new Set((await found).flat()).size, 1);
  assert.deepEqual(one.asked.map(({ type }) => type).sort(), ['A', 'AAAA']);
});

test('a look-up that nobody waits for any more is given up, and one that somebody waits for is not', () => {
  let stopped = 0;
  const names = new Names({
    clock: new FakeClock(),
    ask: () => () => {
      stopped++;
    },
  });
  const [first, second] = ['acme', 'globex'].map((tenant) =>
    names.find(tenant, 'h.example', () => assert.fail()),
  );
  first?.stop();
  first?.stop();
  assert.equal(stopped, 0);
  second?.stop();
  assert.equal(stopped, 1);
});

test('an answer is kept for as long as its owner says, but at least a second and at most five minutes', async () => {
  for (const [ttl, seconds] of [
    [0, 1],
    [30, 30],
    [604_800, 300],
    [0x7fff_ffff, 300],
    // Of no meaning (RFC 2181, section 8), but of no more harm than others.
    [0xffff_ffff, 300],
  ] as const) {
    const one = await server((question) => having('93.184.216.34')(question, ttl));
    const clock = new FakeClock();
    const names = namesAt(one, clock);
    await find(names, 'h.example');
    clock.advance(seconds * 1000 - 1);
    await find(names, 'h.example');
    assert.equal(one.asked.length, 2, `${ttl}: kept`);
    clock.advance(1);
    await find(names, 'h.example');
    assert.equal(one.asked.length, 4, `${ttl}: asked again`);
  }
});

test('the shortest life among the addresses of a name and the names it goes by counts', async () => {
  const one = await server(({ name, type }) => ({
    records: [
      { name, type: 'CNAME', value: 'b.example', ttl: 5 },
      { name: 'b.example', value: type === 'A' ? '1.1.1.1' : '2606:4700::1', ttl: type === 'A' ? 60 : 10 },
    ],
  }));
  const clock = new FakeClock();
  const names = namesAt(one, clock);
  await find(names, 'h.example');
  clock.advance(4_999);
  await find(names, 'h.example');
  assert.equal(one.asked.length, 2);
  clock.advance(1);
  await find(names, 'h.example');
  assert.equal(one.asked.length, 4);
});

test('that a name has no address is kept for a second, so that a moved endpoint is soon found', async () => {
  let reply: Reply = { code: 3 };
  const one = await server((question) => reply ?? having('93.184.216.34')(question));
  const clock = new FakeClock();
  const names = namesAt(one, clock);
  assert.equal(await find(names, 'h.example'), 'no-name');
  reply = null;
  assert.equal(await find(names, 'h.example'), 'no-name');
  clock.advance(1_000);
  assert.deepEqual(await find(names, 'h.example'), ['93.184.216.34']);
});

test('thousands of names do not grow what is kept without bound, nor does a name with very many addresses', () => {
  const clock = new FakeClock();
  const asked: string[] = [];
  const names = new Names({
    clock,
    ask: (host, tell) => {
      asked.push(host);
      const count = host === 'many.example' ? 33 : 1;
      tell({
        addresses: Array.from({ length: count }, () => ({ address: '1.1.1.1', family: 4 })),
        ttlSeconds: 300,
      });
      return () => undefined;
    },
  });
  const look = (host: string) => void names.find('acme', host, () => undefined);
  for (let i = 0; i < 5_001; i++) look(`h${i}.example`);
  asked.length = 0;
  // The oldest made room; the last is there.
  for (const host of ['h5000.example', 'h1.example', 'h0.example']) look(host);
  assert.deepEqual(asked, ['h0.example']);
  for (let i = 0; i < 2; i++) look('many.example');
  assert.deepEqual(asked, ['h0.example', 'many.example', 'many.example']);
});
