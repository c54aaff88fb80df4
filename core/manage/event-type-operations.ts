import { z } from 'zod';
import type { EventTypeBody } from '../../contract/api.ts';
import { EVENT_TYPE } from '../../contract/limits.ts';
import type { Caller } from '../api-key.ts';
import { isEventType } from '../event-type.ts';
import { compileDataSchema } from '../event-types/data-schema.ts';
import type { EventTypeRecord, EventTypeStore } from '../event-types/ports.ts';
import { parseExactJson } from '../exact-number.ts';
import { Problem } from '../problem.ts';
import { invalid, parseBody } from './body.ts';
import { cursorScope } from './cursor.ts';
import type { Operations } from './operation.ts';
import { type ListDeps, pageRequest, readPage } from './page.ts';
import { words } from './subscription-input.ts';

export interface EventTypeOperationsDeps extends ListDeps {
  readonly eventTypes: EventTypeStore;
}

/** Body of `PUT /v1/event-types/{type}`. */
export const eventTypeFields = z.strictObject({
  description: words(EVENT_TYPE.maxDescriptionLength),
  schema: z
    .union(
      [z.record(z.string(), z.unknown()), z.boolean()],
      'must be a JSON Schema: an object, true or false',
    )
    .nullish(),
  mode: z.enum(['off', 'warn', 'block'], 'must be "off", "warn" or "block"').optional(),
  example: z.unknown().optional(),
  deprecated: z.boolean('must be true or false').optional(),
});

type Names = 'putEventType' | 'getEventType' | 'listEventTypes' | 'deleteEventType';

/** The catalogue of event types, one for all tenants. */
export function eventTypeOperations(deps: EventTypeOperationsDeps): Operations<Names> {
  async function find(type: string | undefined): Promise<EventTypeRecord> {
    const record = type !== undefined && isEventType(type) ? await deps.eventTypes.get(type) : null;
    if (record === null) throw new Problem('not-found', 'There is no such event type.');
    return record;
  }

  return {
    putEventType: async ({ caller, params, body }) => {
      refuseBound(caller);
      const type = params.type ?? '';
      if (!isEventType(type))
        throw invalid('The path names no event type.', [
          { pointer: 'type', detail: 'must be an event type' },
        ]);
      const input = parseBody(eventTypeFields, body);
      const before = await deps.eventTypes.get(type);
      const record: EventTypeRecord = {
        type,
        description: input.description,
        schema: schemaText(input.schema),
        mode: input.mode ?? 'off',
        example: input.example === undefined ? null : JSON.stringify(input.example),
        deprecated: input.deprecated ?? false,
        createdAt: before?.createdAt ?? deps.clock.now(),
      };
      await refuseTooMuch(deps.eventTypes, record, before);
      if (!(await deps.eventTypes.put(record))) {
        throw new Problem(
          'quota-exceeded',
          `There are ${EVENT_TYPE.maxTypes} event types, the most there can be. Delete one that is no longer used.`,
        );
      }
      return { status: 200, body: view(record) };
    },

    getEventType: async ({ params }) => ({ status: 200, body: view(await find(params.type)) }),

    listEventTypes: async ({ caller, query }) => {
      const scope = cursorScope('listEventTypes', caller.tenant, query);
      const { limit, after } = await pageRequest(deps.cursorKey, scope, query);
      const all = [...(await deps.eventTypes.all())].sort((a, b) => (positionOf(a) < positionOf(b) ? 1 : -1));
      const left = all.filter((record) => after?.[0] === undefined || positionOf(record) < after[0]);
      return {
        status: 200,
        body: await readPage(deps, scope, {
          source: onePage(left),
          limit,
          positionOf: (one) => [positionOf(one)],
          view,
        }),
      };
    },

    deleteEventType: async ({ caller, params }) => {
      refuseBound(caller);
      const { type } = await find(params.type);
      await deps.eventTypes.remove(type);
      return { status: 204 };
    },
  };
}

/** Throws a 403 `Problem`: what all tenants share is not for a key of one. */
export function refuseBound(caller: Caller): void {
  if (caller.tenant === null) return;
  throw new Problem('forbidden', 'This key is bound to a tenant, and may not change what all tenants share.');
}

/** Throws a 409 `Problem` where a schema or an example would make all of them more than can be kept in memory. */
async function refuseTooMuch(
  store: EventTypeStore,
  record: EventTypeRecord,
  before: EventTypeRecord | null,
): Promise<void> {
  const grown = TOGETHER.map((one) => {
    const growth = bytesOf(record[one.field]) - bytesOf(before?.[one.field] ?? null);
    return { ...one, growth };
  }).filter(({ growth }) => growth > 0);
  if (grown.length === 0) return;
  const all = await store.all();
  for (const { field, name, most, growth } of grown) {
    const bytes = all.reduce((sum, one) => sum + bytesOf(one[field]), growth);
    if (bytes <= most) continue;
    throw new Problem(
      'quota-exceeded',
      `The ${name} of all event types may have ${most} bytes together; with this one they would have ${bytes}.`,
    );
  }
}

/** What all types may have together. */
const TOGETHER = [
  { field: 'schema', name: 'schemas', most: EVENT_TYPE.maxSchemaBytesTogether },
  { field: 'example', name: 'examples', most: EVENT_TYPE.maxExampleBytesTogether },
] as const;

function bytesOf(text: string | null): number {
  return text === null ? 0 : Buffer.byteLength(text);
}

/** Refuses a schema that can't be used, or is too long, by pointer. */
function schemaText(schema: object | boolean | null | undefined): string | null {
  if (schema === undefined || schema === null) return null;
  const text = JSON.stringify(schema);
  if (Buffer.byteLength(text) > EVENT_TYPE.maxSchemaBytes) {
    throw schemaFault('', `must have at most ${EVENT_TYPE.maxSchemaBytes} bytes`);
  }
  const compiled = compileDataSchema(text);
  if (typeof compiled !== 'function') throw schemaFault(compiled.pointer, compiled.detail);
  return text;
}

function schemaFault(pointer: string, detail: string): Problem {
  return invalid('The schema can not be used.', [{ pointer: `/schema${pointer}`, detail }]);
}

function positionOf({ createdAt, type }: EventTypeRecord): string {
  return `${String(createdAt).padStart(13, '0')}#${type}`;
}

async function* onePage<T>(items: readonly T[]): AsyncIterable<readonly T[]> {
  yield items;
}

function view({ schema, example, createdAt: _createdAt, ...plain }: EventTypeRecord): EventTypeBody {
  const read = (text: string | null): unknown => (text === null ? null : parseExactJson(text));
  return { ...plain, schema: read(schema), example: read(example) };
}
