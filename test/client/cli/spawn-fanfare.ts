import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { until } from '../../local/until.ts';
import { ROOT } from '../../support/source-files.ts';

/** A `fanfare` command that runs in a process of its own. */
export interface Running {
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly ended: Promise<number | NodeJS.Signals | null>;
  /** Settles when a line of standard error fits. */
  says(what: RegExp): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Closes the reading end of its output. */
  stopReading(stream?: 'stdout' | 'stderr'): void;
}

/** How a command ended, and what it printed. */
export interface Ended {
  readonly code: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where commands find the API. */
export interface Place {
  readonly url: string;
  readonly apiKey: string;
}

/** Starts a command as a user does, but for the launcher in front. */
export function startFanfare({ url, apiKey }: Place, args: readonly string[], input = ''): Running {
  const { NODE_TEST_CONTEXT: _, ...own } = process.env;
  const child = spawn(process.execPath, [join(ROOT, 'client/cli/main.ts'), ...args], {
    env: { ...own, FANFARE_URL: url, FANFARE_API_KEY: apiKey },
    stdio: 'pipe',
  });
  child.stdin.end(input);
  const [stdout, stderr]: [string[], string[]] = [[], []];
  createInterface({ input: child.stdout }).on('line', (line) => stdout.push(line));
  createInterface({ input: child.stderr }).on('line', (line) => stderr.push(line));
  let over = false;
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('close', (code, signal) => {
      over = true;
      resolve(code ?? signal);
    });
  });
  return {
    stdout,
    stderr,
    ended,
    says: (what) =>
      until(`fanfare ${args.join(' ')} says ${what}`, () => {
        if (stderr.some((line) => what.test(line))) return true;
        if (over) throw new Error(`fanfare ${args.join(' ')} ended: ${stderr.join('\n')}`);
        return false;
      }),
    kill: (signal) => void child.kill(signal),
    stopReading: (stream = 'stdout') => void child[stream].destroy(),
  };
}

/** Runs a command to its end. */
export async function fanfare(place: Place, args: readonly string[], input = ''): Promise<Ended> {
  const { ended, stdout, stderr } = startFanfare(place, args, input);
  return { code: await ended, stdout: stdout.join('\n'), stderr: stderr.join('\n') };
}
