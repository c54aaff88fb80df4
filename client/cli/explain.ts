import { FanfareProblem, FanfareTimeout, FanfareUnreachable } from '../failures.ts';
import { EXIT, Interrupted, OutputClosed, UsageError } from './command.ts';
import type { Output } from './output.ts';

const EXIT_OF_SIGNAL: Readonly<Partial<Record<NodeJS.Signals, number>>> = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGTERM: 143,
};

/** What may help against a refusal. */
const HINTS: Readonly<Record<number, string>> = {
  401: 'Set FANFARE_API_KEY to a key of this server.',
  403: 'The key lacks a scope, or is bound to another tenant.',
};

/** Says what went wrong and answers the exit code. */
export function explain(error: unknown, out: Output, json: boolean): number {
  if (error instanceof OutputClosed) return EXIT.ok;
  if (error instanceof Interrupted) return EXIT_OF_SIGNAL[error.by] ?? EXIT.failure;
  if (error instanceof UsageError) {
    out.note(`${error.message}\nTry: fanfare --help`.replace('\n', ' — '));
    return EXIT.usage;
  }
  if (error instanceof FanfareProblem) {
    if (json) out.note(JSON.stringify(error.problem));
    else explainProblem(error, out);
    return EXIT.failure;
  }
  if (error instanceof FanfareUnreachable || error instanceof FanfareTimeout) out.note(error.message);
  else out.note(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return EXIT.failure;
}

function explainProblem({ problem, slug, faults, status, requestId }: FanfareProblem, out: Output): void {
  out.note(`${problem.title} (${status} ${slug}). ${problem.detail}`);
  for (const { pointer, detail } of faults) out.note(`  ${pointer}: ${detail}`);
  const hint = HINTS[status];
  if (hint !== undefined) out.note(hint);
  if (status >= 500 && requestId !== null) out.note(`request ${requestId}`);
}
