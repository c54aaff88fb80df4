import { SchemaFault } from './keyword.ts';
import type { Subschema } from './subschema.ts';

/** Schemas held against one and the same value at most, counted once for each way that leads to them. */
const MAX_ON_ONE_VALUE = 10_000;

/** And at most so many inside each other. */
const MAX_INSIDE_EACH_OTHER = 100;

interface Reach {
  readonly schemas: number;
  readonly depth: number;
}

/** A schema that is true or false. */
const ALONE: Reach = { schemas: 1, depth: 1 };

/**
 * Refuses schemas that lead back to themselves without going into the data, which would never end (JSON Schema Core
 * 2020-12, section 9.4.1), and those that branch into more than can be gone through. Throws a `SchemaFault`.
 */
export function refuseEndless(schemas: readonly Subschema[]): void {
  const waitsFor = new Map(schemas.map((schema) => [schema, 0]));
  const users = new Map<Subschema, Subschema[]>();
  for (const schema of schemas) {
    for (const inner of schema.inPlace.filter((one) => waitsFor.has(one))) {
      waitsFor.set(schema, (waitsFor.get(schema) ?? 0) + 1);
      const known = users.get(inner);
      if (known) known.push(schema);
      else users.set(inner, [schema]);
    }
  }
  // From the innermost outwards, each when all that it uses are done: no recursion, however long the chain.
  const reaches = new Map<Subschema, Reach>();
  const ready = schemas.filter((schema) => waitsFor.get(schema) === 0);
  for (let schema = ready.pop(); schema; schema = ready.pop()) {
    const reach = reachOf(schema.inPlace.map((inner) => reaches.get(inner) ?? ALONE));
    refuseVast(schema, reach);
    reaches.set(schema, reach);
    for (const user of users.get(schema) ?? []) {
      const left = (waitsFor.get(user) ?? 0) - 1;
      waitsFor.set(user, left);
      if (left === 0) ready.push(user);
    }
  }
  const endless = schemas.find((schema) => !reaches.has(schema));
  if (endless) throw new SchemaFault(endless.pointer, 'leads back to itself without going into the data');
}

function reachOf(inner: readonly Reach[]): Reach {
  return {
    schemas: inner.reduce((sum, { schemas }) => sum + schemas, 1),
    depth: inner.reduce((deepest, { depth }) => Math.max(deepest, depth), 0) + 1,
  };
}

function refuseVast({ pointer }: Subschema, { schemas, depth }: Reach): void {
  if (schemas > MAX_ON_ONE_VALUE) {
    throw new SchemaFault(pointer, `holds more than ${MAX_ON_ONE_VALUE} schemas against one value`);
  }
  if (depth > MAX_INSIDE_EACH_OTHER) {
    throw new SchemaFault(
      pointer,
      `holds more than ${MAX_INSIDE_EACH_OTHER} schemas inside each other against one value`,
    );
  }
}
