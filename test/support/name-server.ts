import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, isIPv6, type Socket } from 'node:net';
import { listen } from '../../local/loopback.ts';

/** What a name server was asked. */
export interface Question {
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'other';
  readonly over: 'udp' | 'tcp';
}

/** A record of an answer; `type` and `name` follow the question unless they are named. */
export interface NameRecord {
  readonly value: string;
  readonly ttl?: number;
  readonly name?: string;
  readonly type?: 'A' | 'AAAA' | 'CNAME';
}

/** An answer; null is silence. */
export type Reply = {
  readonly records?: readonly NameRecord[];
  /** RFC 1035, section 4.1.1: 0 is no error, 2 a failure, 3 no such name, 5 refused. */
  readonly code?: number;
  /** Says that there is more, to be asked for over TCP. */
  readonly truncated?: boolean;
  /** Bytes to answer with instead, made from the query. */
  readonly raw?: (query: Buffer) => Buffer;
} | null;

/** A name server on loopback that says what a test wants. */
export interface NameServer {
  /** Its address as resolvers take it. */
  readonly address: string;
  readonly asked: readonly Question[];
  close(): void;
}

const TYPES = { A: 1, CNAME: 5, AAAA: 28 } as const;

/** Starts a name server over UDP and TCP, on a free port unless one is named. */
export async function startNameServer(
  answer: (question: Question) => Reply,
  ownPort = 0,
): Promise<NameServer> {
  const asked: Question[] = [];
  const reply = (query: Buffer, over: Question['over']): Buffer | null => {
    const question = { ...questionOf(query), over };
    asked.push(question);
    const said = answer(question);
    return said === null ? null : encode(query, question, said);
  };
  const open = new Set<Socket>();
  const tcp = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    let pending = Buffer.alloc(0);
    socket.on('data', (data) => {
      pending = Buffer.concat([pending, data]);
      // Each message has its length before it; several may come at once (RFC 7766).
      for (let length = lengthOf(pending); pending.length >= 2 + length; length = lengthOf(pending)) {
        const said = reply(pending.subarray(2, 2 + length), 'tcp');
        pending = pending.subarray(2 + length);
        if (said) socket.write(Buffer.concat([uint16(said.length), said]));
      }
    });
  });
  const port = await listen(tcp, ownPort);
  const udp: UdpSocket = createSocket('udp4', (query, from) => {
    const said = reply(query, 'udp');
    if (said) udp.send(said, from.port, from.address);
  });
  await new Promise<void>((resolve) => udp.bind(port, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${port}`,
    asked,
    close: () => {
      udp.close();
      for (const socket of open) socket.destroy();
      tcp.close();
    },
  };
}

/** Addresses as an answer to the question of their family, and no address to the other. */
export function having(...addresses: readonly string[]): (question: Question, ttl?: number) => Reply {
  return ({ type }, ttl = 60) => ({
    records: addresses
      .filter((address) => isIPv6(address) === (type === 'AAAA'))
      .map((value) => ({ value, ttl })),
  });
}

function questionOf(query: Buffer): Pick<Question, 'name' | 'type'> {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const type = query.readUInt16BE(at + 1);
  const known = type === TYPES.A ? 'A' : type === TYPES.AAAA ? 'AAAA' : 'other';
  return { name: labels.join('.').toLowerCase(), type: known };
}

function encode(
  query: Buffer,
  { name, type }: Question,
  { records = [], code = 0, truncated = false, raw }: Exclude<Reply, null>,
): Buffer {
  if (raw !== undefined) return raw(query);
  const flags = 0x8180 | (truncated ? 0x0200 : 0) | code;
  const end = 12 + encodeName(name).length + 4;
  const head = [query.subarray(0, 2), uint16(flags), uint16(1), uint16(records.length), uint16(0), uint16(0)];
  return Buffer.concat([
    ...head,
    query.subarray(12, end),
    ...records.map((one) => encodeRecord(one, name, type)),
  ]);
}

function encodeRecord(record: NameRecord, asked: string, askedType: Question['type']): Buffer {
  const { value, ttl = 60, name = asked, type = askedType === 'AAAA' ? 'AAAA' : 'A' } = record;
  const data = type === 'CNAME' ? encodeName(value) : encodeAddress(value);
  const lifetime = Buffer.alloc(4);
  lifetime.writeUInt32BE(ttl);
  return Buffer.concat([
    encodeName(name),
    uint16(TYPES[type]),
    uint16(1),
    lifetime,
    uint16(data.length),
    data,
  ]);
}

function encodeName(name: string): Buffer {
  const labels = name
    .split('.')
    .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

function encodeAddress(address: string): Buffer {
  if (!isIPv6(address)) return Buffer.from(address.split('.').map(Number));
  const [before = '', after] = address.split('::');
  const groups = (text: string | undefined) =>
    text ? text.split(':').map((group) => Number(`0x${group}`)) : [];
  const [first, last] = [groups(before), groups(after)];
  const zeros = new Array<number>(8 - first.length - last.length).fill(0);
  return Buffer.concat([...first, ...zeros, ...last].map(uint16));
}

function lengthOf(framed: Buffer): number {
  return framed.length < 2 ? Number.POSITIVE_INFINITY : framed.readUInt16BE(0);
}

function uint16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}
