import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { hiddenPlace, LOOPBACK, type Place } from '../loopback.ts';

/** DynamoDB on a loopback port. */
export interface DynamoServer {
  readonly url: string;
  /** Whether a web page could find it by trying ports, and it is not known to refuse pages. */
  readonly canBeFound: boolean;
  close(): Promise<void>;
}

/**
 * Ends the program when the pipe on standard input closes, which it does however the runner ends, and lets the
 * watcher end when the program does.
 */
const UNTIL_PIPE_CLOSES =
  'exec 3<&0; "$0" "$@" & child=$!; { cat <&3 >/dev/null; kill "$child" 2>/dev/null; } & wait "$child"';

/** It does one call after the other, and handing calls from thread to thread takes as long as most of them. */
const ONE_THREAD = { TOKIO_WORKER_THREADS: '1' };
/** Places to try: one that was free may be taken by another program before this one listens on it. */
const TRIES = 5;
/** Time to start on a machine that is busy. */
const READY_WITHIN_MS = 60_000;

/**
 * Starts dynoxide, a DynamoDB stand-in, with its data in `file` or in memory. It answers every web page
 * (`access-control-allow-origin: *`), takes any signature, and has no option against either. So it listens where nobody
 * finds it: knowing the address is the credential, and no call takes a detour. `given` is the address of another
 * stand-in to use in its place (variable `FANFARE_DYNAMODB_ENDPOINT`); it must be on loopback. `place` finds a free one.
 */
export async function startDynamo(
  file: string | null,
  given?: string,
  place: () => Promise<Place> = hiddenPlace,
): Promise<DynamoServer> {
  if (given !== undefined) return { url: loopbackOnly(given), canBeFound: true, close: async () => {} };
  for (let tries = 1; ; tries++) {
    const program = launch(await place(), file);
    const ended = await program.listens;
    if (ended === null) return program;
    if (tries === TRIES || !/in use/.test(ended)) throw new Error(`the DynamoDB stand-in ended: ${ended}`);
  }
}

interface Program extends DynamoServer {
  /** Settles with null once it listens, or with what it said when it ended without. */
  readonly listens: Promise<string | null>;
}

function launch({ host, port }: Place, file: string | null): Program {
  const kept = file === null ? [] : ['--db-path', file];
  const child = spawn(
    'sh',
    ['-c', UNTIL_PIPE_CLOSES, binary(), '--host', host, '--port', String(port), ...kept],
    // A group of its own: an interrupt from the keyboard must reach it after the running work has ended.
    { stdio: ['pipe', 'ignore', 'pipe'], detached: true, env: { ...process.env, ...ONE_THREAD } },
  );
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const close = async () => {
    child.stdin.end();
    await gone;
  };
  return {
    url: `http://${host}:${port}`,
    canBeFound: host === LOOPBACK,
    close,
    listens: listening(child, close),
  };
}

/** It says so by itself: an answer on the port may be that of another program, which was quicker to take it. */
function listening(child: ChildProcessByStdio<Writable, null, Readable>, close: () => Promise<void>) {
  return new Promise<string | null>((resolve, reject) => {
    let said = '';
    const late = setTimeout(() => {
      reject(new Error('the DynamoDB stand-in does not start'));
      void close();
    }, READY_WITHIN_MS);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2000);
      if (!said.includes('listening on')) return;
      clearTimeout(late);
      resolve(null);
    });
    child.once('close', (code) => {
      clearTimeout(late);
      resolve(said.trim() || `exit status ${code}`);
    });
  });
}

/** Where the program for this machine is. Throws with the command that gets it. */
function binary(): string {
  const name = `@dynoxide/${process.platform}-${process.arch}`;
  const folder = fileURLToPath(new URL(`../../node_modules/${name}/`, import.meta.url));
  for (const file of ['dynoxide', 'dynoxide.exe']) {
    if (existsSync(folder + file)) return folder + file;
  }
  throw new Error(`${name} is not installed. Run: npm i --no-save ${name}@1.2.1`);
}

function loopbackOnly(address: string): string {
  const { hostname, origin } = new URL(address);
  if (hostname !== LOOPBACK && hostname !== 'localhost' && hostname !== '[::1]') {
    throw new Error(`FANFARE_DYNAMODB_ENDPOINT must be on loopback, not ${hostname}`);
  }
  return origin;
}
