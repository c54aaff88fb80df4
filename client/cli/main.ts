#!/usr/bin/env node
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { Interrupted, OutputClosed, UsageError } from './command.ts';
import { runCommandLine } from './run.ts';

/** A second signal ends at once, but one key press may arrive twice: from the terminal and from npm. */
const SAME_SIGNAL_MS = 1_000;

const abort = new AbortController();
let firstAt: number | null = null;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (firstAt !== null && Date.now() - firstAt > SAME_SIGNAL_MS) process.exit(1);
    firstAt ??= Date.now();
    abort.abort(new Interrupted(signal));
  });
}

// Whoever reads may stop reading, as `head` does: no failure, but what the command made for its own use is to be removed.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    abort.abort(new OutputClosed());
  });
}

async function readText(argument: string): Promise<string> {
  if (argument === '-') return text(process.stdin);
  if (!argument.startsWith('@')) return argument;
  const file = argument.slice(1);
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`${file} cannot be read: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}

async function ask(question: string): Promise<boolean | null> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return null;
  // Not as a terminal, so that Ctrl-C stays a signal.
  const lines = createInterface({ input: process.stdin, terminal: false });
  process.stderr.write(`${question} [y/N] `);
  try {
    const options = { signal: abort.signal };
    const answer = await Promise.race([once(lines, 'line', options), once(lines, 'close', options)]);
    // The end of input leaves the cursor behind the question.
    if (answer.length === 0) process.stderr.write('\n');
    return /^\s*y(es)?\s*$/i.test(String(answer[0] ?? ''));
  } catch (error) {
    abort.signal.throwIfAborted();
    throw error;
  } finally {
    lines.close();
  }
}

process.exitCode = await runCommandLine(process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: abort.signal,
  now: () => Date.now(),
  readText,
  ask,
});
