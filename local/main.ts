import { fileURLToPath } from 'node:url';
import { FolderTakenError } from './data-folder.ts';
import { seedEventTypes } from './demo/event-types.ts';
import { showMainJob, showNextSteps } from './demo/main-job.ts';
import { readOptions, USAGE, UsageError } from './options.ts';
import { FolderRefusedError } from './private-files.ts';
import { PortTakenError, type Runner, startRunner } from './runner.ts';
import { Screen } from './screen.ts';
import { SynthError } from './synth.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** A second signal ends the runner at once, but one key press may arrive twice: from the terminal and from npm. */
const SAME_SIGNAL_MS = 1_000;

/** How often the line that tells how things are is written anew. */
const STATUS_EVERY_MS = 1_000;

/** Errors that the user can mend; their message says how, and where in the code they arose does not matter. */
const PLAIN = [UsageError, PortTakenError, FolderTakenError, FolderRefusedError, SynthError];

let runner: Promise<Runner> | null = null;
let stoppingSince: number | null = null;

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === 'help') {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const screen = new Screen(options.quiet);
  runner = startRunner(
    ROOT,
    options,
    {
      notice: (line) => screen.notice(line),
      trouble: (line) => screen.trouble(line),
      ...(options.verbose ? { log: (line: string) => screen.log(line) } : {}),
    },
    process.env,
  );
  const running = await runner;
  if (stoppingSince !== null) return;
  screen.ready(running.url);
  await seedEventTypes(running).catch((error: unknown) => {
    if (stoppingSince === null) screen.trouble(`the event types were not put on record: ${explain(error)}`);
  });
  if (options.demo) {
    await showMainJob(running, screen).catch((error: unknown) => {
      if (stoppingSince === null) screen.trouble(`the demo failed: ${explain(error)}`);
    });
  }
  if (stoppingSince !== null) return;
  showNextSteps(running, screen);
  setInterval(() => {
    if (stoppingSince === null) screen.status(running.metrics.rates());
  }, STATUS_EVERY_MS).unref();
  // After everything else: it takes the processors for some seconds when the page's sources are new.
  await running.page.prepare().catch((error: unknown) => {
    if (stoppingSince === null) screen.trouble(`the console can't be served: ${explain(error)}`);
  });
}

/** Ends the runner: cleanly at first, at once when asked again. */
async function stop(code: number): Promise<void> {
  if (stoppingSince !== null) {
    if (Date.now() - stoppingSince > SAME_SIGNAL_MS) process.exit(code);
    return;
  }
  stoppingSince = Date.now();
  try {
    await (await runner)?.stop();
  } finally {
    process.exit(code);
  }
}

function explain(error: unknown): string {
  if (PLAIN.some((kind) => error instanceof kind)) return (error as Error).message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

process.on('SIGINT', () => void stop(0));
process.on('SIGTERM', () => void stop(0));
process.on('SIGHUP', () => void stop(0));

// Whoever started this is gone without a word (kill -9): nobody is left to stop it.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) void stop(0);
}, 100).unref();

main().catch((error: unknown) => {
  if (stoppingSince !== null) return;
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
});
