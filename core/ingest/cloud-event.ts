import { isUtf8 } from 'node:buffer';
import type { CloudEventOrigin } from '../../contract/messages.ts';
import { CHOSEN_ID_PATTERN } from '../api-key.ts';
import { eventIdOfSource } from '../id.ts';
import { type Fault, Problem } from '../problem.ts';
import { formatTime, parseTime } from '../rfc3339.ts';
import { FIELD_RULES, pointerTo } from './event-fields.ts';
import { type EventInput, invalidEvent, refuseDepth, refuseSize } from './event-input.ts';
import { type PostedEvent, readJsonText } from './posted-body.ts';

/** The media types of the structured and the batched mode (CloudEvents JSON format 1.0.2, sections 3 and 4). */
export const CLOUD_EVENT = 'application/cloudevents+json';
export const CLOUD_EVENT_BATCH = 'application/cloudevents-batch+json';

/** The attributes of the specification; all others are extensions (CloudEvents 1.0.2, section 3.1). */
const CORE = ['specversion', 'id', 'source', 'type', 'time', 'subject', 'datacontenttype'];
/** Lower-case letters and digits (section 3.1.1). */
const ATTRIBUTE_NAME = /^[a-z0-9]+$/;
const JSON_TYPE = /^application\/(?:json|[^/;\s]+\+json)\s*(?:;|$)/i;
const HEADER_PREFIX = 'ce-';

/** An event's attributes, and how a fault in one of them is pointed at. */
interface Attributes {
  readonly values: ReadonlyMap<string, unknown>;
  readonly pointer: (name: string) => string;
}

/** Whether headers say that the body is an event's data, in binary mode (HTTP binding 1.0.2, section 3.1). */
export function isBinaryMode(headers: Readonly<Record<string, string | undefined>>): boolean {
  return ['specversion', 'id', 'source', 'type'].some((name) => headers[HEADER_PREFIX + name] !== undefined);
}

/** Reads an event in structured mode, or one of a batch. Throws a `Problem` that names each fault. */
export function readStructured(posted: PostedEvent): EventInput {
  refuseSize(posted.bytes);
  refuseDepth(posted.raw.depth);
  if (posted.raw.kind !== 'object') throw new Problem('invalid-event', 'An event must be a JSON object.');
  const members = posted.value as Readonly<Record<string, unknown>>;
  const names = posted.raw.parts.map((part) => part.key);
  const repeated = names.filter((name, i) => names.indexOf(name) !== i);
  if (repeated.length > 0) {
    throw invalidEvent(
      repeated.map((name) => ({ pointer: pointerTo(name), detail: 'must not be repeated' })),
    );
  }
  // A member that is null says no more than one that is absent (JSON format, section 2.2).
  const given = names.filter((name) => name !== 'data' && members[name] !== null);
  const values = new Map(given.map((name) => [name, members[name]]));
  const data = posted.raw.parts.find((part) => part.key === 'data')?.raw ?? 'null';
  return toInput({ values, pointer: pointerTo }, data);
}

/**
 * Reads an event in binary mode: attributes in headers, the body its data. The second part of the answer is what
 * is compared when the id is used again: the attributes count as much as the data.
 */
export function readBinary(
  headers: Readonly<Record<string, string | undefined>>,
  contentType: string,
  body: Uint8Array,
): { readonly input: EventInput; readonly bytes: Uint8Array } {
  refuseSize(body);
  const { text, raw } = readJsonText(body);
  refuseDepth(raw.depth);
  const values = new Map<string, unknown>([['datacontenttype', contentType]]);
  for (const [header, value] of Object.entries(headers)) {
    if (header.startsWith(HEADER_PREFIX) && value !== undefined) {
      values.set(header.slice(HEADER_PREFIX.length), decoded(header, value));
    }
  }
  const input = toInput({ values, pointer: (name) => HEADER_PREFIX + name }, text.trim());
  const attributes = JSON.stringify([...values].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { input, bytes: Buffer.concat([Buffer.from(`${attributes}\n`), body]) };
}

/** A quoted string with its escapes (RFC 9110, section 5.6.4). */
const QUOTED = /^"((?:[^"\\]|\\.)*)"$/;

/**
 * A header's value: unquoted, then percent-decoded once (HTTP binding, section 3.1.3.2). Libraries that send them
 * unencoded are common, so a percent sign that begins no encoding is taken as it stands. Throws a 400 `Problem` for an
 * encoding that is not UTF-8.
 */
function decoded(header: string, value: string): string {
  const unquoted = QUOTED.exec(value)?.[1]?.replace(/\\(.)/g, '$1') ?? value;
  return unquoted.replace(/(?:%[0-9A-Fa-f]{2})+/g, (sequence) => {
    const bytes = Buffer.from(sequence.replaceAll('%', ''), 'hex');
    if (!isUtf8(bytes)) throw invalidEvent([{ pointer: header, detail: 'must be percent-encoded UTF-8' }]);
    return bytes.toString('utf8');
  });
}

function toInput(attributes: Attributes, data: string): EventInput {
  const { values } = attributes;
  const faults = faultsOf(attributes);
  if (faults.length > 0) throw invalidEvent(faults);
  const text = (name: string): string | null => {
    const value = values.get(name);
    return value === undefined ? null : String(value);
  };
  const [source, id] = [text('source') ?? '', text('id') ?? ''];
  const derived = eventIdOfSource(source, id);
  const time = text('time');
  return {
    type: text('type') ?? '',
    data,
    id: CHOSEN_ID_PATTERN.test(id) ? id : derived,
    source: { name: source, derivedId: derived, origin: originOf(values, id, time) },
    tenant: text('tenant'),
    subject: text('subject'),
    time: time === null ? null : parseTime(time),
    metadata: metadataOf(values),
  };
}

/** What is kept of a CloudEvent beside its envelope and metadata, as little as it can be. */
function originOf(values: ReadonlyMap<string, unknown>, id: string, time: string | null): CloudEventOrigin {
  const contentType = values.get('datacontenttype');
  const literals = Object.keys(metadataOf(values)).filter((name) => typeof values.get(name) !== 'string');
  return {
    id,
    ...(typeof contentType === 'string' && contentType !== 'application/json' ? { contentType } : {}),
    ...(time === null || time === formatTime(parseTime(time) ?? 0) ? {} : { time }),
    ...(literals.length === 0 ? {} : { literals }),
  };
}

/** The source, and extensions as text; `tenant` names whose event it is. */
function metadataOf(values: ReadonlyMap<string, unknown>): Record<string, string> {
  const kept = [...values].filter(
    ([name]) => name === 'source' || (!CORE.includes(name) && name !== 'tenant'),
  );
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}

function faultsOf({ values, pointer }: Attributes): readonly Fault[] {
  const faults: Fault[] = [];
  const add = (name: string, detail: string): void => void faults.push({ pointer: pointer(name), detail });
  for (const name of ['id', 'source', 'type']) {
    const value = values.get(name);
    if (typeof value !== 'string' || value === '') add(name, 'is required, a string that is not empty');
  }
  if (values.get('specversion') !== '1.0') add('specversion', 'must be "1.0"');
  if (values.has('data_base64')) add('data_base64', 'is not supported: send JSON in "data"');
  const contentType = values.get('datacontenttype');
  if (contentType !== undefined && !JSON_TYPE.test(String(contentType))) {
    add('datacontenttype', 'must be a JSON media type');
  }
  for (const name of ['type', 'time', 'subject', 'tenant'] as const) {
    const value = values.get(name);
    const rule = FIELD_RULES[name];
    if (value !== undefined && value !== '' && rule) {
      for (const { detail } of rule(value, '')) add(name, detail);
    }
  }
  for (const [name, value] of values) {
    if (!ATTRIBUTE_NAME.test(name) && name !== 'data_base64')
      add(name, 'is no attribute name: use a-z and 0-9');
    else if (!['string', 'number', 'boolean'].includes(typeof value))
      add(name, 'must be text, a number or a boolean');
    // The specification's integers have 32 bits; larger ones are common, and kept as far as that is exact.
    else if (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER)
      add(name, `must be a number between -${Number.MAX_SAFE_INTEGER} and ${Number.MAX_SAFE_INTEGER}`);
  }
  if (faults.length > 0) return faults;
  return (
    FIELD_RULES.metadata?.(metadataOf(values), '').map(({ pointer: at, detail }) => ({
      pointer: at === '' ? '' : pointer(at.slice(1)),
      detail: at === '' ? `${detail}: source and extensions count` : detail,
    })) ?? []
  );
}
