import { INGEST } from '../../contract/limits.ts';
import type { CloudEventOrigin } from '../../contract/messages.ts';
import { type Fault, Problem } from '../problem.ts';
import { repeatedMembers } from '../repeated-members.ts';
import { parseTime } from '../rfc3339.ts';
import { FIELD_RULES, pointerTo } from './event-fields.ts';
import { type PostedEvent, tooLarge } from './posted-body.ts';

/** An event as its producer described it; null where nothing was said. */
export interface EventInput {
  readonly type: string;
  /** Token for token. */
  readonly data: string;
  readonly id: string | null;
  readonly tenant: string | null;
  readonly subject: string | null;
  /** Epoch milliseconds. */
  readonly time: number | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** Where a CloudEvent came from; null for an event in Fanfare's own form. */
  readonly source: EventSource | null;
}

/** A CloudEvent's id is unique for its source alone. */
export interface EventSource {
  readonly name: string;
  /** The id it gets where its own can't be used, or another source has used it before. */
  readonly derivedId: string;
  readonly origin: CloudEventOrigin;
}

const REQUIRED = ['type', 'data'];
/** Faults told at most; a body can hold many thousand. */
const MAX_FAULTS = 20;

/**
 * Reads one event in Fanfare's own form. Throws a `Problem`: 413 if it is too large, 400 naming each field at
 * fault by JSON pointer, counted from the event itself.
 */
export function readEventInput({ bytes, value, raw }: PostedEvent): EventInput {
  refuseSize(bytes);
  refuseDepth(raw.depth);
  if (raw.kind !== 'object') throw new Problem('invalid-event', 'An event must be a JSON object.');
  const fields = value as Readonly<Record<string, unknown>>;
  const keys = raw.parts.map((part) => part.key);
  const metadata = raw.parts.find((part) => part.key === 'metadata')?.raw ?? '';
  const faults = [...nameFaults(keys), ...valueFaults(fields, keys), ...repeatFaults(metadata)];
  if (faults.length > 0) throw invalidEvent(faults);
  const data = raw.parts.find((part) => part.key === 'data')?.raw ?? 'null';
  return toInput(fields, data);
}

function toInput(fields: Readonly<Record<string, unknown>>, data: string): EventInput {
  const text = (name: string): string | null => {
    const field = fields[name];
    return typeof field === 'string' ? field : null;
  };
  const time = text('time');
  return {
    type: text('type') ?? '',
    data,
    id: text('id'),
    tenant: text('tenant'),
    subject: text('subject'),
    time: time === null ? null : parseTime(time),
    metadata: { ...(fields.metadata as Record<string, string> | undefined) },
    source: null,
  };
}

function nameFaults(keys: readonly string[]): readonly Fault[] {
  const seen = new Set<string>();
  const faults: Fault[] = [];
  for (const key of keys) {
    if (seen.has(key)) faults.push({ pointer: pointerTo(key), detail: 'must not be repeated' });
    else if (key !== 'data' && !Object.hasOwn(FIELD_RULES, key)) {
      faults.push({ pointer: pointerTo(key), detail: 'is not a field of an event' });
    }
    seen.add(key);
  }
  for (const name of REQUIRED) {
    if (!seen.has(name)) faults.push({ pointer: pointerTo(name), detail: 'is required' });
  }
  return faults;
}

/** The event's data is handed on token for token, whatever it repeats; its metadata is ours to read. */
function repeatFaults(metadata: string): readonly Fault[] {
  return repeatedMembers(metadata, new Set()).map((pointer) => ({
    pointer: `${pointerTo('metadata')}${pointer}`,
    detail: 'must not be repeated',
  }));
}

function valueFaults(fields: Readonly<Record<string, unknown>>, keys: readonly string[]): readonly Fault[] {
  return Object.entries(FIELD_RULES)
    .filter(([name]) => keys.includes(name))
    .flatMap(([name, rule]) => rule(fields[name], pointerTo(name)));
}

/** Throws the 413 for an event that is too large. */
export function refuseSize(bytes: Uint8Array): void {
  if (bytes.length > INGEST.maxEventBytes) throw tooLarge('An event', INGEST.maxEventBytes, bytes.length);
}

/** Throws a 400 `Problem` for an event that is nested too deep. */
export function refuseDepth(depth: number): void {
  if (depth <= INGEST.maxDepth) return;
  throw new Problem('invalid-event', `The event is nested ${depth} deep; ${INGEST.maxDepth} is the limit.`);
}

/** A 400 that names each fault. */
export function invalidEvent(faults: readonly Fault[]): Problem {
  const [first] = faults;
  const more = faults.length > 1 ? ` ${faults.length - 1} more in "errors".` : '';
  const detail = first ? `The field ${first.pointer} ${first.detail}.${more}` : 'The event is not valid.';
  return new Problem('invalid-event', detail, faults.slice(0, MAX_FAULTS));
}
