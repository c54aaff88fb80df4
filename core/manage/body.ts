import type { z } from 'zod';
import { INGEST } from '../../contract/limits.ts';
import { parseExactJson } from '../exact-number.ts';
import { pointerTo } from '../ingest/event-fields.ts';
import { type Fault, Problem } from '../problem.ts';
import { scanRawJson } from '../raw-json.ts';
import { repeatedMembers } from '../repeated-members.ts';

/** U+FEFF in UTF-8. It is invisible, and RFC 8259 section 8.1 has nobody send it. */
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
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
  const body = objectOf(bytes);
  const text = textOf(bytes);
  const unfit = [...repeated(text), ...unfitNames(body)];
  if (unfit.length > 0) throw invalid('The body has faults.', unfit.slice(0, MAX_FAULTS));
  const parsed = schema.safeParse(body);
  if (!parsed.success) {
    throw invalid('The body has faults.', parsed.error.issues.flatMap(faultsOf).slice(0, MAX_FAULTS));
  }
  // Deeper values were read, but would overflow the stack of whatever writes them later.
  if (scanRawJson(text).depth > INGEST.maxDepth) {
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

/** Members whose value is a caller's own, handed on token for token. */
const HANDED_ON = new Set(['data']);
/** Members whose value is passed through as it was read, whatever its names. */
const PASSED_THROUGH: readonly string[] = [...HANDED_ON, 'filter', 'example'];

function repeated(text: string): readonly Fault[] {
  return repeatedMembers(text, HANDED_ON).map((pointer) => ({
    pointer,
    detail: 'must not be repeated',
  }));
}

/** The one name that JavaScript objects cannot carry safely from hand to hand: it would get lost without a word. */
function unfitNames(body: object): readonly Fault[] {
  const objects = Object.entries(body)
    .filter(([name, value]) => typeof value === 'object' && value !== null && !PASSED_THROUGH.includes(name))
    .map(([name, value]) => ({ pointer: pointerTo(name), value: value as object }));
  return [{ pointer: '', value: body }, ...objects]
    .filter(({ value }) => Object.hasOwn(value, '__proto__'))
    .map(({ pointer }) => ({ pointer: pointerTo('__proto__', pointer), detail: 'must have another name' }));
}

function objectOf(bytes: Buffer): object {
  if (bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)) {
    throw invalid('The body starts with a byte order mark; send it without one.');
  }
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
  // A member whose name is at fault: the rule says which.
  if (issue.code === 'invalid_key') {
    return issue.issues.map(({ message }) => ({ pointer, detail: message }));
  }
  return [{ pointer, detail: issue.message }];
}
