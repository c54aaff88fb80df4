import type { z } from 'zod';
import { INGEST } from '../../contract/limits.ts';
import { parseExactJson } from '../exact-number.ts';
import { pointerTo } from '../ingest/event-fields.ts';
import { type Fault, Problem } from '../problem.ts';
import { scanRawJson } from '../raw-json.ts';

/** Faults named in one answer. */
const MAX_FAULTS = 20;

/**
 * Reads a JSON body by a schema. Throws a 400 `Problem` that names each fault by JSON pointer, unknown members
 * included, and 413 for a body over 256 KiB.
 */
export function parseBody<T>(schema: z.ZodType<T>, bytes: Buffer): T {
  if (bytes.length > INGEST.maxEventBytes) {
    throw new Problem(
      'too-large',
      `The body has ${bytes.length} bytes; at most ${INGEST.maxEventBytes} are taken.`,
    );
  }
  if (bytes.length === 0) throw invalid('The body is empty; send a JSON object.');
  const parsed = schema.safeParse(objectOf(bytes));
  if (!parsed.success) {
    throw invalid('The body has faults.', parsed.error.issues.flatMap(faultsOf).slice(0, MAX_FAULTS));
  }
  // Deeper values were read, but would overflow the stack of whatever writes them later.
  if (scanRawJson(textOf(bytes)).depth > INGEST.maxDepth) {
    throw invalid(`The body is nested deeper than ${INGEST.maxDepth} levels.`);
  }
  return parsed.data;
}

/** As `parseBody`, but an empty body stands for an empty object. */
export function parseOptionalBody<T>(schema: z.ZodType<T>, bytes: Buffer): T {
  return parseBody(schema, bytes.length === 0 ? Buffer.from('{}') : bytes);
}

/** A 400 with the given faults. */
export function invalid(detail: string, faults: readonly Fault[] = []): Problem {
  return new Problem('invalid-request', detail, faults);
}

function objectOf(bytes: Buffer): object {
  let value: unknown;
  try {
    value = parseExactJson(textOf(bytes));
  } catch {
    // A SyntaxError or a decoding TypeError; what it says may quote the body, so it is not passed on.
    throw invalid('The body is not JSON in UTF-8.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('The body must be a JSON object.');
  }
  return value;
}

/** Throws a `TypeError` for bytes that are not UTF-8. */
function textOf(bytes: Buffer): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

function faultsOf(issue: z.core.$ZodIssue): readonly Fault[] {
  const pointer = issue.path.reduce<string>((parent, step) => pointerTo(String(step), parent), '');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ pointer: pointerTo(key, pointer), detail: 'is not a known field' }));
  }
  return [{ pointer, detail: issue.message }];
}
