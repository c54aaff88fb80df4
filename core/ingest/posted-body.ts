import { INGEST } from '../../contract/limits.ts';
import { Problem } from '../problem.ts';
import { type RawJson, scanRawJson } from '../raw-json.ts';

/** One event as posted: a whole body, or an element of an array. */
export interface PostedEvent {
  /** As received, white space around a single event included; compared when an id is used again. */
  readonly bytes: Uint8Array;
  /** What `JSON.parse` makes of it. */
  readonly value: unknown;
  /** Its top level, token for token. */
  readonly raw: RawJson;
}

/** A body taken apart. */
export interface PostedBody {
  readonly isArray: boolean;
  readonly events: readonly PostedEvent[];
}

/**
 * Reads a body: its size, UTF-8, JSON, and an object or an array of `least` to 100 elements. Elements are judged one
 * by one later. Throws a 400 or 413 `Problem`.
 */
export function readPostedBody(body: Uint8Array, least: 0 | 1): PostedBody {
  const { value, raw } = readJsonText(sized(body));
  if (raw.kind === 'scalar') throw refused('The body must be a JSON object, or an array of objects.');
  if (raw.kind === 'object') return { isArray: false, events: [{ bytes: body, value, raw }] };
  const elements: readonly unknown[] = Array.isArray(value) ? value : [];
  if (elements.length < least || elements.length > INGEST.maxArrayEvents) {
    throw refused(
      `An array holds ${least} to ${INGEST.maxArrayEvents} events; this one holds ${elements.length}.`,
    );
  }
  return {
    isArray: true,
    events: raw.parts.map((part, i) => ({
      bytes: Buffer.from(part.raw),
      value: elements[i],
      raw: scanRawJson(part.raw),
    })),
  };
}

/** A JSON text: what it says, and its top level token for token. Throws a 400 `Problem` for anything else. */
export function readJsonText(body: Uint8Array): {
  readonly text: string;
  readonly value: unknown;
  readonly raw: RawJson;
} {
  if (isBlank(body)) throw refused('The body is empty.');
  const text = decoded(body);
  return { text, value: parsed(text), raw: scanRawJson(text) };
}

/** The 413 that states limit and actual size. */
export function tooLarge(what: string, limit: number, actual: number): Problem {
  return new Problem('too-large', `${what} may have ${limit} bytes; this one has ${actual}.`);
}

function sized(body: Uint8Array): Uint8Array {
  const isArray = body.find(isText) === '['.charCodeAt(0);
  const limit = isArray ? INGEST.maxArrayBytes : INGEST.maxEventBytes;
  if (body.length > limit) {
    throw tooLarge(isArray ? 'An array of events' : 'An event', limit, body.length);
  }
  return body;
}

function isBlank(body: Uint8Array): boolean {
  return !body.some(isText);
}

/** Anything but the white space of RFC 8259, section 2. */
function isText(byte: number): boolean {
  return byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09;
}

function decoded(body: Uint8Array): string {
  const text = utf8(body);
  // RFC 8259 section 8.1: JSON text must not begin with a byte order mark.
  if (text.charCodeAt(0) === 0xfeff)
    throw refused('The body begins with a byte order mark; send it without.');
  return text;
}

function utf8(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw refused('The body is not valid UTF-8.');
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw refused(`The body is not valid JSON: ${error instanceof Error ? error.message : 'unreadable'}.`);
  }
}

function refused(detail: string): Problem {
  return new Problem('invalid-event', detail);
}
