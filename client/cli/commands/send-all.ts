import { INGEST } from '../../../contract/limits.ts';
import { FanfareProblem } from '../../failures.ts';
import { JsonText, memberText, writeJson } from '../../json-text.ts';
import type { Event, EventResult, EventResults } from '../../operation-types.ts';
import { REAL_WORLD } from '../../transport.ts';
import { type Context, command, EXIT, UsageError } from '../command.ts';

/** An event with the line it stands on. */
interface Numbered {
  readonly line: number;
  readonly event: Event;
  readonly bytes: number;
}

/** `fanfare send-all` */
export const sendAll = command({
  summary: 'Post a file of events, one a line, up to 100 at a time.',
  args: ['<file>'],
  notes: `  Each line is an event as the API takes it, such as {"type":"order.created","data":{"id":7}}; - reads standard
  input. Data is sent token for token. Events without an id get one, so that nothing is sent twice when a connection
  breaks; with ids of your own the whole file can be sent again. Exit code 1 if an event was refused.`,
  run: async (context, { args: [file = ''] }) => {
    const events = eventsOf(context, await context.readText(file === '-' ? file : `@${file}`));
    const counts = { accepted: 0, duplicates: 0, refused: 0 };
    for (const batch of batchesOf(events)) {
      const { results } = await post(context, batch);
      for (const [i, result] of results.entries()) {
        if (isAccepted(result)) counts[result.duplicate ? 'duplicates' : 'accepted']++;
        else {
          counts.refused++;
          context.out.note(`line ${batch[i]?.line}: ${result.error.detail}`);
        }
      }
      const done = counts.accepted + counts.duplicates + counts.refused;
      if (done < events.length) context.out.progress(`${done} of ${events.length}`);
    }
    if (context.json) context.out.json(JSON.stringify(counts));
    else {
      const { accepted, duplicates, refused } = counts;
      context.out.line(`${accepted} accepted, ${duplicates} accepted before, ${refused} refused`);
    }
    return counts.refused > 0 ? EXIT.failure : EXIT.ok;
  },
});

function isAccepted(result: EventResult): result is Extract<EventResult, { status: 202 }> {
  return result.status === 202;
}

/** Posts a batch, and again when the key posts too fast: a file may be larger than its limit. */
async function post({ api, out, signal }: Context, batch: readonly Numbered[]): Promise<EventResults> {
  for (;;) {
    try {
      return await api.sendAll(
        batch.map(({ event }) => event),
        { signal },
      );
    } catch (error) {
      if (!(error instanceof FanfareProblem) || error.status !== 429) throw error;
      out.progress(error.problem.detail);
      await REAL_WORLD.wait((error.retryAfterSeconds ?? 1) * 1000, signal);
    }
  }
}

function eventsOf({ scope }: Context, text: string): readonly Numbered[] {
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    const event = { id: crypto.randomUUID(), ...scope, ...eventOf(line, i + 1) };
    return [{ line: i + 1, event, bytes: Buffer.byteLength(writeJson(event) ?? '') }];
  });
}

function eventOf(text: string, line: number): Event {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`line ${line} is not JSON: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError(`line ${line} must be an event: {"type": …, "data": …}`);
  }
  const data = memberText(text, 'data');
  // What else an event has are texts; anything wrong with them the API says best.
  return { ...(value as Event), ...(data === null ? {} : { data: new JsonText(data) }) };
}

/** Brackets and commas of an array come on top of its events. */
function* batchesOf(events: readonly Numbered[]): Generator<readonly Numbered[]> {
  let batch: Numbered[] = [];
  let bytes = 2;
  for (const one of events) {
    const full = batch.length === INGEST.maxArrayEvents || bytes + one.bytes + 1 > INGEST.maxArrayBytes;
    if (full && batch.length > 0) {
      yield batch;
      [batch, bytes] = [[], 2];
    }
    batch.push(one);
    bytes += one.bytes + 1;
  }
  if (batch.length > 0) yield batch;
}
