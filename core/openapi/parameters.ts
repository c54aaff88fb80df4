import { LIST } from '../../contract/limits.ts';
import type { OperationName } from '../../contract/operations.ts';
import { CHOSEN_ID_PATTERN, TENANT_PATTERN } from '../api-key.ts';
import { EVENT_TYPE_PATTERN } from '../event-type.ts';
import type { Json } from './event-schema.ts';

const id: Json = { type: 'string', pattern: CHOSEN_ID_PATTERN.source };
const eventType: Json = { type: 'string', pattern: EVENT_TYPE_PATTERN.source, maxLength: 128 };
const time: Json = { type: 'string', format: 'date-time' };

/** Query parameters by name; where they differ between operations, by operation and name. */
const QUERY: Readonly<Record<string, Json>> = {
  tenant: { type: 'string', pattern: TENANT_PATTERN.source },
  type: eventType,
  eventType,
  subscription: id,
  event: id,
  since: time,
  until: time,
  limit: { type: 'integer', minimum: 1, maximum: LIST.maxLimit, default: LIST.defaultLimit },
  cursor: { type: 'string' },
  attemptsLimit: { type: 'integer', minimum: 1, maximum: LIST.maxLimit, default: LIST.maxLimit },
  attemptsCursor: { type: 'string' },
  'listSubscriptions status': { enum: ['active', 'paused', 'disabled', 'unverified'] },
  code: { enum: ['2xx', '3xx', '4xx', '5xx', 'none'] },
  'listDeliveries status': { enum: ['pending', 'succeeded', 'retrying', 'failed', 'skipped', 'cancelled'] },
};

const ABOUT: Readonly<Record<string, string>> = {
  tenant: "Whose; the key's own, or `default`, if it is not given.",
  since: 'Not before this time.',
  until: 'Before this time.',
  code: 'Class of the last answer; `none` where the last attempt got no answer.',
  cursor: 'What the page before gave.',
  limit: 'Items of a page at most; it ends sooner where 4 MiB are full.',
  attemptsLimit: 'Attempts in the answer at most; it has fewer where 4 MiB are full.',
  attemptsCursor: 'What the answer with the newer attempts gave: those before them are wanted.',
};

/** The parameters of an operation, those in its path first. Throws for one that nothing is known of. */
export function parametersOf(name: OperationName, path: string, query: readonly string[]): readonly Json[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter = '']) => ({
    name: parameter,
    in: 'path',
    required: true,
    schema: parameter === 'type' ? eventType : path.startsWith('/v1/tenants') ? QUERY.tenant : id,
  }));
  const inQuery = query.map((parameter) => {
    const schema = QUERY[parameter] ?? QUERY[`${name} ${parameter}`];
    if (schema === undefined) throw new Error(`nothing is known of the parameter ${parameter} of ${name}`);
    const description = ABOUT[parameter];
    return { name: parameter, in: 'query', schema, ...(description === undefined ? {} : { description }) };
  });
  return [...inPath, ...inQuery];
}
