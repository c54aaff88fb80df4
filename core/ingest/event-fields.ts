import { INGEST } from '../../contract/limits.ts';
import { CHOSEN_ID_PATTERN, TENANT_PATTERN } from '../api-key.ts';
import { EVENT_TYPE_PATTERN, isEventType } from '../event-type.ts';
import type { Fault } from '../problem.ts';
import { parseTime } from '../rfc3339.ts';

/** What is wrong with a field's value; nothing if it is right. */
export type FieldRule = (value: unknown, pointer: string) => readonly Fault[];

/** The rules of an event's fields, `data` apart: that may be any JSON value. */
export const FIELD_RULES: Readonly<Record<string, FieldRule>> = {
  type: text((value) =>
    isEventType(value)
      ? null
      : `must be at most ${INGEST.maxTypeBytes} bytes and match ${EVENT_TYPE_PATTERN.source}`,
  ),
  id: text((value) => (CHOSEN_ID_PATTERN.test(value) ? null : `must match ${CHOSEN_ID_PATTERN.source}`)),
  tenant: text((value) => (TENANT_PATTERN.test(value) ? null : `must match ${TENANT_PATTERN.source}`)),
  subject: text((value) => plainText(value, INGEST.maxSubjectLength)),
  time: text((value) =>
    parseTime(value) === null ? 'must be an RFC 3339 date and time, such as 2026-01-02T03:04:05.678Z' : null,
  ),
  metadata: (value, pointer) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return [{ pointer, detail: 'must be an object of strings' }];
    }
    const pairs = Object.entries(value);
    if (pairs.length > INGEST.maxMetadataPairs) {
      return [
        { pointer, detail: `must have at most ${INGEST.maxMetadataPairs} members, not ${pairs.length}` },
      ];
    }
    return pairs.flatMap(([key, member]) => metadataFaults(key, member, pointerTo(key, pointer)));
  },
};

/** A JSON pointer to a member (RFC 6901); of a very long name only the beginning. */
export function pointerTo(key: string, parent = ''): string {
  const shown = key.length > 128 ? `${key.slice(0, 128)}…` : key;
  return `${parent}/${shown.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function metadataFaults(key: string, value: unknown, pointer: string): readonly Fault[] {
  const details = [keyFault(key), typeof value === 'string' ? null : 'must be a string'];
  if (typeof value === 'string') details.push(plainText(value, INGEST.maxMetadataValueLength));
  return details.filter((detail) => detail !== null).map((detail) => ({ pointer, detail }));
}

function keyFault(key: string): string | null {
  if (key === '') return 'must have a name that is not empty';
  // The one name that JavaScript objects cannot carry safely from hand to hand.
  if (key === '__proto__') return 'must have another name';
  const fault = plainText(key, INGEST.maxMetadataKeyLength);
  return fault === null ? null : `must have a name that is fit: it ${fault}`;
}

function text(faultOf: (value: string) => string | null): FieldRule {
  return (value, pointer) => {
    const detail = typeof value === 'string' ? faultOf(value) : 'must be a string';
    return detail === null ? [] : [{ pointer, detail }];
  };
}

/** Characters count as code points, as in JSON Schema; half a surrogate pair cannot be stored. */
function plainText(value: string, maxLength: number): string | null {
  if (!value.isWellFormed()) return 'must not hold half a surrogate pair';
  if (value.length > maxLength && [...value].length > maxLength)
    return `must have at most ${maxLength} characters`;
  return null;
}
