import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** What an exchange with a peer comes to: the status that counts, or the class of the failure. */
export type Ending = { readonly status: number; readonly body?: string } | { readonly error: string };

/** One way in which a server can end, stall or lie. */
export interface HostilePeer extends Circumstances {
  readonly title: string;
  /** Called with each new connection; over TLS as soon as the handshake is done. */
  readonly serve: (socket: Socket) => void;
  readonly ends: Ending;
}

export interface Circumstances {
  /** Speaks TLS, or is silent where it should. */
  readonly tls?: 'done' | 'stalled';
  /** Only the deadline ends it. */
  readonly stalls?: true;
  /** The connection may be used again, so it stays open. */
  readonly kept?: true;
  /** The request goes once more, on a new connection: the kept one died before any byte of an answer. */
  readonly resent?: true;
  readonly bodyBytes?: number;
  /** Requests that are answered as they should be before the one that matters, on the same connection. */
  readonly healthyFirst?: number;
}

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;
const EMPTY = `${OK}content-length: 0\r\n\r\n`;
const FAREWELL = `${OK}connection: close\r\ncontent-length: 0\r\n\r\n`;
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
const HINTS = 'HTTP/1.1 103 Early Hints\r\n\r\n';
const SWITCHED = 'HTTP/1.1 101 Switching Protocols\r\n';
const UPGRADE = 'Upgrade: websocket\r\nConnection: Upgrade\r\n';
const UPGRADED = `${SWITCHED}${UPGRADE}\r\n`;

/** More than the kernel's buffers of a connection take. */
const HUGE = { bodyBytes: 32 * 1024 * 1024 };
const KEPT = { kept: true } as const;
const STALLS = { stalls: true } as const;
const TLS = { tls: 'done' } as const;
const REUSED = { healthyFirst: 1 };
const RESENT = { healthyFirst: 1, resent: true } as const;

const PROTOCOL = { error: 'protocol' };
const RESET = { error: 'reset' };
const TIMEOUT = { error: 'timeout' };
const TOO_LARGE = { error: 'response-too-large' };
const answered = (status: number, body?: string): Ending =>
  body === undefined ? { status } : { status, body };

function peer(
  title: string,
  serve: HostilePeer['serve'],
  ends: Ending,
  ...circumstances: readonly Circumstances[]
): HostilePeer {
  return Object.assign({ title, serve, ends }, ...circumstances);
}

const silent = (): void => undefined;

/** Acts once bytes of a request are there. */
function asked(act: (socket: Socket) => void): HostilePeer['serve'] {
  return (socket) => socket.once('data', () => act(socket));
}

/** Writes this, and does nothing more. */
const says = (text: string) => asked((socket) => socket.write(text));

/** Writes this and hangs up. */
const ends = (text: string) => asked((socket) => socket.end(text));

/** Writes this and breaks the connection. */
const resets = (text: string) =>
  asked((socket) => {
    if (text === '') broken(socket);
    else socket.write(text, () => setImmediate(broken, socket));
  });

/** TLS has no reset of its own; there the connection ends without a farewell. */
function broken(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}

/** Writes this, then the rest again and again for as long as anybody takes it. */
const floods = (first: string, rest: string) =>
  asked((socket) => {
    socket.write(first);
    const more = (): void => {
      if (!socket.destroyed) socket.write(rest, () => setImmediate(more));
    };
    more();
  });

/** Answers without reading a byte. */
const early = (text: string) => (socket: Socket) => {
  socket.pause();
  socket.write(text);
};

export const HOSTILE_PEERS: readonly HostilePeer[] = [
  // Neither a response nor an error.
  peer('101 with Upgrade', says(UPGRADED), PROTOCOL),
  peer('101 without Upgrade', says(`${SWITCHED}\r\n`), PROTOCOL),
  peer('101 and bytes of the other protocol', floods(UPGRADED, 'x'.repeat(9_000)), PROTOCOL),
  peer('101 and RST', resets(UPGRADED), PROTOCOL),
  peer('101 and FIN', ends(UPGRADED), PROTOCOL),
  peer('101 while the body is being written', says(UPGRADED), PROTOCOL, HUGE),
  peer('101 without reading a byte', early(UPGRADED), PROTOCOL, HUGE),
  peer('101 after 100', says(`${CONTINUE}${UPGRADED}`), PROTOCOL),
  peer('101 on a kept connection', says(UPGRADED), PROTOCOL, REUSED),
  peer('101 over TLS', says(UPGRADED), PROTOCOL, TLS),
  peer('200 with Upgrade', says(`${OK}${UPGRADE}content-length: 2\r\n\r\nok`), answered(200, 'ok'), KEPT),
  peer('200 as to CONNECT', ends('HTTP/1.1 200 Connection Established\r\n\r\n'), answered(200, '')),
  peer('one 103 and silence', says(HINTS), TIMEOUT, STALLS),
  peer('100 without end', floods('', CONTINUE), PROTOCOL),
  peer('102 without end', floods('', 'HTTP/1.1 102 Processing\r\nx: y\r\n\r\n'), PROTOCOL),
  peer('103 in one heap', says(HINTS.repeat(999)), PROTOCOL),
  peer('100 without end on a kept connection', floods('', CONTINUE), PROTOCOL, REUSED),
  peer('another protocol', (socket) => socket.write('220 SMTP\r\n'), PROTOCOL),
  ...['000', '099', '600', '999'].map((status) =>
    peer(`status ${status}`, says(`HTTP/1.1 ${status} X\r\ncontent-length: 0\r\n\r\n`), PROTOCOL),
  ),
  peer('HTTP/0.9', ends('ok'), PROTOCOL),
  peer('HTTP/2.0', says('HTTP/2.0 200 OK\r\ncontent-length: 0\r\n\r\n'), answered(200), KEPT),
  peer('a status of four digits', says('HTTP/1.1 2000 OK\r\ncontent-length: 0\r\n\r\n'), PROTOCOL),
  peer('a line end of its own kind', says('HTTP/1.1 200 OK\rcontent-length: 0\r\r'), PROTOCOL),
  peer('103 with a body', says(`HTTP/1.1 103 X\r\ncontent-length: 2\r\n\r\nok${EMPTY}`), PROTOCOL),
  peer(
    '426 with Upgrade',
    says(`HTTP/1.1 426 X\r\n${UPGRADE}content-length: 0\r\n\r\n`),
    answered(426),
    KEPT,
  ),

  // Nothing more comes.
  peer('silence', silent, TIMEOUT, STALLS),
  peer('silence over TLS', silent, TIMEOUT, STALLS, TLS),
  peer('silence instead of TLS', silent, TIMEOUT, STALLS, { tls: 'stalled' }),
  peer('silence on a kept connection', silent, TIMEOUT, STALLS, REUSED),
  peer('half a status line', says('HTTP/1.1 20'), TIMEOUT, STALLS),
  peer('half a header', says(`${OK}x-ha`), TIMEOUT, STALLS),
  peer('a request that is never read', (socket) => socket.pause(), TIMEOUT, STALLS, HUGE),
  peer('no body', says(`${OK}content-length: 9\r\n\r\n`), answered(200, ''), STALLS),
  peer('half a chunk', says(`${CHUNKED}9\r\nhalf`), answered(200, 'half'), STALLS),
  peer('a last chunk without end', says(`${CHUNKED}2\r\nok\r\n0\r\n`), answered(200, 'ok'), STALLS),

  // The connection ends.
  peer('FIN at once', (socket) => socket.end(), RESET),
  peer('FIN instead of an answer', ends(''), RESET),
  peer('FIN instead of an answer over TLS', ends(''), RESET, TLS),
  peer('FIN in a status line', ends('HTTP/1.1 2'), RESET),
  peer('FIN in the headers', ends(`${OK}x-ha`), RESET),
  peer('FIN after the headers', ends(`${OK}content-length: 9\r\n\r\n`), answered(200, '')),
  peer('FIN in the body', ends(`${OK}content-length: 9\r\n\r\nhalf`), answered(200, 'half')),
  peer('FIN while the body is being written', ends(''), RESET, HUGE),
  peer('RST at once', (socket) => socket.resetAndDestroy(), RESET),
  peer('RST instead of an answer', resets(''), RESET),
  peer('RST in a status line', resets('HTTP/1.1 2'), RESET),
  peer('RST after 100', resets(CONTINUE), RESET),
  peer('RST after the headers', resets(`${OK}content-length: 9\r\n\r\n`), answered(200, '')),
  peer('RST while the body is being written', resets(''), RESET, HUGE),
  peer('C118: RST in a status line on a kept connection', resets('HTTP/1.1 2'), RESET, REUSED),
  peer('C118: FIN in a status line on a kept connection', ends('HTTP/1.1 2'), RESET, REUSED),
  peer('C118: RST after 100 on a kept connection', resets(CONTINUE), RESET, REUSED),
  peer('C118: RST in a status line on a kept TLS connection', resets('HTTP/1.1 2'), RESET, REUSED, TLS),
  peer('C118: FIN without a byte on a kept connection', ends(''), answered(200, ''), RESENT),
  peer('C118: RST without a byte on a kept connection', resets(''), answered(200, ''), RESENT),
  peer('C118: FIN without a byte on a kept TLS connection', ends(''), answered(200, ''), RESENT, TLS),

  // The answer lies.
  peer('a chunk size that is none', says(`${CHUNKED}zz\r\n`), answered(200, '')),
  peer('a chunk longer than it says', says(`${CHUNKED}2\r\nokay\r\n0\r\n\r\n`), answered(200, 'ok')),
  peer('a chunk of more than 2^64 bytes', says(`${CHUNKED}ffffffffffffffffff\r\nx`), answered(200, '')),
  peer('a body longer than its length', says(`${OK}content-length: 2\r\n\r\nokay`), answered(200, 'ok')),
  peer('a length below nothing', says(`${OK}content-length: -1\r\n\r\n`), PROTOCOL),
  peer('a length beyond 2^64', says(`${OK}content-length: 99999999999999999999\r\n\r\n`), PROTOCOL),
  peer(
    'two thousand headers',
    says(`${OK}${'a:\r\n'.repeat(2_500)}content-length: 0\r\n\r\n`),
    answered(200),
    KEPT,
  ),
  peer('a byte that is no header', says(`${OK}x: \0\r\ncontent-length: 0\r\n\r\n`), PROTOCOL),
  peer('two lengths', says(`${OK}content-length: 2\r\ncontent-length: 3\r\n\r\nokay`), PROTOCOL),
  peer('a length and chunks', says(`${OK}content-length: 2\r\n${CHUNKED.slice(OK.length)}`), PROTOCOL),
  peer('204 with a body', says('HTTP/1.1 204 X\r\ncontent-length: 2\r\n\r\nok'), answered(204, '')),
  peer('two answers', says(`${EMPTY}HTTP/1.1 500 X\r\ncontent-length: 0\r\n\r\n`), answered(200, '')),
  peer('chunks without end', floods(CHUNKED, `2000\r\n${'x'.repeat(8_192)}\r\n`), answered(200)),
  peer('a body without end', floods(`${OK}\r\n`, 'x'.repeat(8_192)), answered(200)),
  peer('a body without end over TLS', floods(`${OK}\r\n`, 'x'.repeat(8_192)), answered(200), TLS),
  peer('a header without end', floods(`${OK}x: `, 'x'.repeat(4_096)), TOO_LARGE),
  peer('headers without end', floods(OK, 'x: y\r\n'.repeat(500)), TOO_LARGE),
  peer('a reason without end', floods('HTTP/1.1 200 ', 'x'.repeat(4_096)), TOO_LARGE),
  peer(
    'trailers without end',
    floods(`${CHUNKED}2\r\nok\r\n0\r\n`, 'x: y\r\n'.repeat(500)),
    answered(200, 'ok'),
  ),
  peer('a chunk extension without end', floods(`${CHUNKED}2;x=`, 'x'.repeat(4_096)), answered(200, '')),
  peer('an answer to a request that is never read', early(EMPTY), answered(200, ''), HUGE),
  peer('the same over TLS', early(EMPTY), answered(200, ''), HUGE, TLS),
  peer('the same with a farewell', early(FAREWELL), answered(200, ''), HUGE),
  peer('an answer before the request', (socket) => socket.resume().write(EMPTY), answered(200, ''), KEPT),
];
