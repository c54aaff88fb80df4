import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort, LOOPBACK } from '../loopback.ts';

/** DynamoDB on a loopback port. */
export interface DynamoServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Ends the program when the pipe on standard input closes, which it does however the runner ends, and lets the
 * watcher end when the program does.
 */
const UNTIL_PIPE_CLOSES =
  'exec 3<&0; "$0" "$@" & child=$!; { cat <&3 >/dev/null; kill "$child" 2>/dev/null; } & wait "$child"';

/**
 * Starts dynoxide, a DynamoDB stand-in, with its data in `file` or in memory. `given` is the address of another
 * stand-in to use in its place (variable `FANFARE_DYNAMODB_ENDPOINT`); it must be on loopback.
 */
export async function startDynamo(file: string | null, given?: string): Promise<DynamoServer> {
  if (given !== undefined) return { url: loopbackOnly(given), close: async () => {} };
  const port = await freePort();
  const kept = file === null ? [] : ['--db-path', file];
  const child = spawn(
    'sh',
    ['-c', UNTIL_PIPE_CLOSES, binary(), '--host', LOOPBACK, '--port', String(port), ...kept],
    // A group of its own: an interrupt from the keyboard must reach it after the running work has ended.
    { stdio: ['pipe', 'ignore', 'pipe'], detached: true },
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `http://${LOOPBACK}:${port}`;
  await answering(url, () => {
    if (child.exitCode !== null)
      throw new Error(`the DynamoDB stand-in ended: ${said.trim() || child.exitCode}`);
  });
  return {
    url,
    close: async () => {
      child.stdin.end();
      await gone;
    },
  };
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

async function answering(url: string, stillThere: () => void): Promise<void> {
  const givenUpAt = Date.now() + 10_000;
  for (;;) {
    stillThere();
    if (await answers(url)) return;
    if (Date.now() > givenUpAt) throw new Error('the DynamoDB stand-in does not answer');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(url)).arrayBuffer();
    return true;
  } catch {
    // Not listening yet; the caller asks again.
    return false;
  }
}
