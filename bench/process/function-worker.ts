// Runs a function's bundle in a process of its own, on prepared events, and tells what that took.
import { pathToFileURL } from 'node:url';
import { answerQuestions } from './answer-questions.ts';
import { measured } from './cpu.ts';

/** What a worker can be asked. */
export type WorkerQuestion =
  | { readonly kind: 'load'; readonly bundle: string; readonly events: readonly string[] }
  /** Runs so many invocations, one after the other. */
  | { readonly kind: 'run'; readonly invocations: number }
  | { readonly kind: 'memory' };

/** In bytes. */
export interface Memory {
  readonly heapUsed: number;
  readonly rss: number;
  /** The most that was resident at any time. */
  readonly peakRss: number;
}

type Handler = (event: unknown, context: object) => Promise<unknown>;

/** Far more than any event takes; the same as dispatch has on Lambda. */
const TIMEOUT_MS = 60_000;

let handler: Handler = () => Promise.reject(new Error('no bundle was loaded'));
let events: readonly string[] = [];
let next = 0;

answerQuestions<WorkerQuestion>(async (question) => {
  switch (question.kind) {
    case 'load': {
      const loaded: { handler: Handler } = await import(pathToFileURL(question.bundle).href);
      handler = loaded.handler;
      events = question.events;
      return {};
    }
    case 'run':
      return measured(() => run(question.invocations));
    case 'memory':
      globalThis.gc?.();
      return {
        heapUsed: process.memoryUsage().heapUsed,
        rss: process.memoryUsage.rss(),
        peakRss: process.resourceUsage().maxRSS * 1024,
      };
  }
});

async function run(invocations: number): Promise<void> {
  for (let i = 0; i < invocations; i++) {
    const text = events[next++ % events.length] ?? '{}';
    const deadline = Date.now() + TIMEOUT_MS;
    // Reading the event is the runtime's part of an invocation, and counts.
    const answer = await handler(JSON.parse(text), {
      awsRequestId: 'bench',
      functionName: 'function',
      getRemainingTimeInMillis: () => deadline - Date.now(),
    });
    refuse(answer);
  }
}

/** Work that was not done must not look fast. */
function refuse(answer: unknown): void {
  if (typeof answer !== 'object' || answer === null) throw new Error('the function answered nothing');
  if ('batchItemFailures' in answer && Array.isArray(answer.batchItemFailures)) {
    const { length } = answer.batchItemFailures;
    if (length > 0) throw new Error(`${length} messages were returned`);
  }
  if ('statusCode' in answer && answer.statusCode !== 202)
    throw new Error(`the function answered ${answer.statusCode}: ${JSON.stringify(answer)}`);
}
