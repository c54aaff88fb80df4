import assert from 'node:assert/strict';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { afterEach, test } from 'node:test';
import type { TlsOptions } from 'node:tls';
import { failureOf } from '../../adapters/https/failure.ts';
import { HttpsDestination } from '../../adapters/https-destination.ts';
import { NameError, type NameFault } from '../../adapters/names/name-error.ts';
import { systemClock } from '../../adapters/system.ts';
import type { DeliveryError } from '../../core/delivery.ts';
import type { SendOutcome } from '../../core/dispatch/ports.ts';
import { type Certificate, certificate } from '../support/certificates.ts';
import { namesBy, post } from '../support/loopback-destination.ts';
import { startSilentPort } from '../support/silent-port.ts';

const open: { close(): unknown }[] = [];
const names = ['h.names.test'];
const root = certificate('Root', { authority: true });
const middle = certificate('Middle', { by: root, authority: true });
const lower = certificate('Lower', { by: middle, authority: true });
const old = certificate('Old', { by: root, authority: true, until: '2001-01-01' });
const elsewhere = certificate('Elsewhere', { authority: true });
const belowElsewhere = certificate('Below', { by: elsewhere, authority: true });
const good = certificate('h', { by: root, names });

afterEach(() => {
  for (const one of open.splice(0).reverse()) one.close();
});

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(server);
  return (server.address() as AddressInfo).port;
}

/** A client that trusts `root`, for which every name is this machine. */
function destination(): HttpsDestination {
  const made = new HttpsDestination({
    policy: { allowLoopback: true, internalEndpoints: [] },
    clock: systemClock,
    ca: root.cert,
    names: namesBy((_host, tell) => tell([{ address: '127.0.0.1', family: 4 }])),
  });
  open.push(made);
  return made;
}

function unanswered(outcome: SendOutcome): Extract<SendOutcome, { kind: 'unanswered' }> {
  assert.ok(outcome.kind === 'unanswered', JSON.stringify(outcome));
  return outcome;
}

/** What is sent along: the certificate and those above it, root last. */
const chain = (...certificates: readonly Certificate[]) => ({
  key: certificates[0]?.key,
  cert: certificates.map(({ cert }) => cert).join(''),
});

const HANDSHAKES: readonly (readonly [what: string, options: TlsOptions, detail: RegExp])[] = [
  ['expired', chain(certificate('h', { by: root, names, until: '2001-01-01' })), /has expired\. Renew it/],
  ['issued by one that expired', chain(certificate('h', { by: old, names }), old), /has expired\. Renew it/],
  ['not valid yet', chain(certificate('h', { by: root, names, from: '2099-01-01' })), /not valid yet/],
  ['self-signed', chain(certificate('h', { names })), /is self-signed\. Use one from a public/],
  ['for another name', chain(certificate('h', { by: root, names: ['other.test'] })), /for another host name/],
  ['for no name', chain(certificate('h', { by: root })), /for another host name/],
  [
    'without its intermediate',
    chain(certificate('h', { by: middle, names })),
    /without the intermediate.*send the full chain/,
  ],
  [
    'without one of its intermediates',
    chain(certificate('h', { by: lower, names }), lower),
    /one in between is missing/,
  ],
  [
    'of a private authority, sent along',
    chain(certificate('h', { by: elsewhere, names }), elsewhere),
    /authority that is not publicly trusted/,
  ],
  [
    'of a private authority, not sent along',
    chain(certificate('h', { by: belowElsewhere, names }), belowElsewhere),
    /the authority is private/,
  ],
  ['issued by one that may not', chain(certificate('leaf', { by: good, names }), good), /not made for this/],
  [
    'too old a TLS',
    { ...chain(good), minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' },
    /neither TLS 1\.2 nor TLS 1\.3/,
  ],
  [
    'no cipher in common',
    { ...chain(good), maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA' },
    /no cipher in common/,
  ],
  ['a client certificate wanted', { ...chain(good), requestCert: true }, /wants a client certificate/],
  [
    'a client certificate wanted by TLS 1.2',
    { ...chain(good), requestCert: true, maxVersion: 'TLSv1.2' },
    /wants a client certificate/,
  ],
];

test('C033, C108: why a certificate or a handshake is refused is told apart, with the next step, and no body is sent', async () => {
  const told = new Map<string, string>();
  for (const [what, options, detail] of HANDSHAKES) {
    let requests = 0;
    const server = createServer(options, () => requests++);
    const port = await listening(server);
    const outcome = unanswered(await post(destination(), `https://h.names.test:${port}/`));
    assert.equal(outcome.error, 'tls', what);
    assert.match(outcome.detail, detail, what);
    assert.equal(requests, 0, what);
    told.set(what, outcome.detail);
  }
  const kinds = ['self-signed', 'without its intermediate', 'of a private authority, sent along'];
  assert.equal(new Set(kinds.map((kind) => told.get(kind))).size, kinds.length);
});

test('C108: a port that does not speak TLS is told from a handshake that failed', async () => {
  const http = createHttpServer((_request, response) => response.end());
  const greeting = createTcpServer((socket) =>
    socket.on('error', () => socket.destroy()).write('220 SMTP ready\r\n'),
  );
  for (const server of [http, greeting]) {
    const outcome = unanswered(await post(destination(), `https://h.names.test:${await listening(server)}/`));
    assert.deepEqual(
      [outcome.error, /does not speak TLS/.test(outcome.detail)],
      ['tls', true],
      outcome.detail,
    );
  }
});

test('C108: a closed port, no answer to the attempt to connect, a handshake and an answer that never come are told apart', async () => {
  const silent = await startSilentPort();
  open.push(silent);
  const mute = await listening(createTcpServer(() => undefined));
  const cut = await listening(createTcpServer((socket) => socket.once('data', () => socket.destroy())));
  const closing = await listening(
    createTcpServer((socket: Socket) => socket.once('data', () => socket.destroy())),
  );
  // Long enough to come to the stage that stalls on a busy machine.
  const cases: readonly (readonly [url: string, error: DeliveryError, detail: RegExp])[] = [
    // No program listens on this port.
    ['https://h.names.test:1027/', 'connect', /was refused: nothing listens on the port/],
    [`https://h.names.test:${silent.port}/`, 'timeout', /did not answer when we tried to connect.*firewall/],
    [`https://h.names.test:${mute}/`, 'timeout', /the TLS handshake did not end in time/],
    [`http://127.0.0.1:${mute}/`, 'timeout', /No answer came in time/],
    [`https://h.names.test:${cut}/`, 'tls', /closed in the middle of the TLS handshake/],
    [`http://127.0.0.1:${closing}/`, 'reset', /closed before an answer came/],
  ];
  await Promise.all(
    cases.map(async ([url, error, detail]) => {
      const outcome = unanswered(await post(destination(), url, 2_000));
      assert.equal(outcome.error, error, `${url} ${outcome.detail}`);
      assert.match(outcome.detail, detail);
    }),
  );
});

test('C108: of what several addresses of a host met, that is told which tells most', () => {
  const met = (...codes: readonly string[]) =>
    failureOf(
      new AggregateError(codes.map((code) => Object.assign(new Error(code), { code }))),
      'connecting',
    );
  assert.match(met('ECONNREFUSED', 'ENETUNREACH').detail, /refused/);
  assert.match(met('ENETUNREACH', 'ETIMEDOUT').detail, /did not answer/);
  assert.match(met('ENETUNREACH', 'EHOSTUNREACH').detail, /can't be reached/);
});

test('C108: every detail says what it was and what to do, without an address, and fits into a row', () => {
  const faults: readonly NameFault[] = ['no-name', 'no-address', 'no-answer', 'server-failed', 'not-asked'];
  const codes = [
    ...[
      'EBLOCKED',
      'ECONNREFUSED',
      'EHOSTUNREACH',
      'HPE_HEADER_OVERFLOW',
      'HPE_INVALID_CONSTANT',
      'EUPGRADE',
      'EINFORMATIONAL',
    ],
    ...[
      'ESTATUS',
      'ERR_INVALID_CHAR',
      'EDEADLINE',
      'ECONNRESET',
      'CERT_REVOKED',
      'EPROTO',
      'ERR_SSL_UNKNOWN',
      'EWHATEVER',
    ],
  ];
  const failures = [
    ...faults.map((fault) => failureOf(new NameError(fault), 'connecting')),
    ...codes.flatMap((code) =>
      (['connecting', 'securing', 'ready'] as const).map((stage) =>
        failureOf(Object.assign(new Error('127.0.0.1'), { code }), stage),
      ),
    ),
  ];
  for (const { detail } of failures) {
    assert.match(detail, /^[A-Z][^.]+.*\. [A-Z].*\.$/, detail);
    assert.doesNotMatch(detail, /127|undefined/);
    assert.ok(detail.length <= 200, detail);
  }
});
