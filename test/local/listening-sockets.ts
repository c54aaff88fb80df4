import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Where a process listens. */
export interface ListeningSocket {
  readonly host: string;
  readonly port: number;
}

/** `/proc/net/tcp` has this in the column of the state. */
const LISTENING = '0A';

/** Every TCP socket that a process or one below it listens on, as the system tells. Linux only. */
export function listeningSockets(pid: number): readonly ListeningSocket[] {
  const held = new Set(withThoseBelow(pid).flatMap(socketsOf));
  return ['tcp', 'tcp6'].flatMap((kind) =>
    readFileSync(`/proc/net/${kind}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode]) => state === LISTENING && held.has(inode ?? ''))
      .map(([, local = '']) => placeOf(local)),
  );
}

function withThoseBelow(pid: number): readonly number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const children = all.map(Number).filter((child) => parentOf(child) === pid);
  return [pid, ...children.flatMap(withThoseBelow)];
}

function parentOf(pid: number): number {
  const status = whileThere(() => readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? '';
  return Number(status.replace(/^.*\) /s, '').split(' ')[1]);
}

/** Inodes of its sockets. */
function socketsOf(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  return (whileThere(() => readdirSync(folder)) ?? []).flatMap(
    (fd) => /^socket:\[(\d+)\]$/.exec(whileThere(() => readlinkSync(`${folder}/${fd}`)) ?? '')?.[1] ?? [],
  );
}

/** Null for what ended meanwhile. */
function whileThere<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}

/** `0100007F:0BB8`: the address with its bytes turned round, and the port. */
function placeOf(text: string): ListeningSocket {
  const [address = '', port = ''] = text.split(':');
  const bytes = address.match(/../g) ?? [];
  const host =
    bytes.length === 4
      ? bytes
          .reverse()
          .map((byte) => Number.parseInt(byte, 16))
          .join('.')
      : address;
  return { host, port: Number.parseInt(port, 16) };
}
