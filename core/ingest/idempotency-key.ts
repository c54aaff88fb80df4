import { INGEST } from '../../contract/limits.ts';
import { Problem } from '../problem.ts';
import type { EventInput } from './event-input.ts';

const HEADER = 'idempotency-key';
/** Without the comma: two headers of this name arrive as one, with a comma between (RFC 9110, section 5.3). */
const KEY = /^[!-+\--~]+$/;

/**
 * The `Idempotency-Key` of a request, or null without one. Throws a 400 `Problem` if it is malformed or comes
 * with an array, where each event's `id` does the work.
 */
export function idempotencyKey(value: string | undefined, isArray: boolean): string | null {
  if (value === undefined) return null;
  if (isArray) throw refused('goes with a single event only; in an array give each event an "id"');
  if (value.length > INGEST.maxIdempotencyKeyLength || !KEY.test(value)) {
    throw refused(
      `must be sent once: 1 to ${INGEST.maxIdempotencyKeyLength} visible ASCII characters, no comma`,
    );
  }
  return value;
}

/** Throws a 400 `Problem` when both a key and an `id` stand for the event: they could disagree. */
export function refuseKeyWithId(key: string | null, input: EventInput): void {
  if (key === null || input.id === null) return;
  throw new Problem('invalid-event', 'Send either "id" or the header Idempotency-Key, not both.', [
    { pointer: '/id', detail: 'must be absent when Idempotency-Key is sent' },
    { pointer: HEADER, detail: 'must be absent when the event has an "id"' },
  ]);
}

function refused(detail: string): Problem {
  return new Problem('invalid-event', `The header Idempotency-Key ${detail}.`, [{ pointer: HEADER, detail }]);
}
