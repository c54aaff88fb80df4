import fc from 'fast-check';

type Schema = Readonly<Record<string, unknown>>;

/** Resolves `#/components/schemas/X`. */
export type Lookup = (ref: string) => Schema;

/** Values that keep to a JSON Schema of the kind our document has; anything where it says nothing. */
export function valuesOf(schema: Schema, lookup: Lookup): fc.Arbitrary<unknown> {
  if (typeof schema.$ref === 'string') return valuesOf(lookup(schema.$ref), lookup);
  const choices = schema.oneOf ?? schema.anyOf;
  if (Array.isArray(choices)) return fc.oneof(...choices.map((choice: Schema) => valuesOf(choice, lookup)));
  if ('const' in schema) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  return fc.oneof(...types.map((type: unknown) => ofType(type, schema, lookup)));
}

function ofType(type: unknown, schema: Schema, lookup: Lookup): fc.Arbitrary<unknown> {
  const max = (name: string, otherwise: number): number =>
    Math.min(Number(schema[name] ?? otherwise), otherwise);
  switch (type) {
    case 'string':
      return texts(schema, max('maxLength', 40));
    case 'integer':
      return fc.integer({ min: Number(schema.minimum ?? 0), max: max('maximum', 100_000) });
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valuesOf((schema.items ?? {}) as Schema, lookup), {
        minLength: Number(schema.minItems ?? 0),
        maxLength: max('maxItems', 4),
      });
    case 'object':
      return objects(schema, lookup);
    default:
      return fc.jsonValue({ maxDepth: 3 });
  }
}

/** Nothing is there, and nothing is asked of any resolver. */
const NOWHERE = fc.webPath().map((path) => `http://127.0.0.1:1025/${path}`);

function texts({ pattern, format }: Schema, maxLength: number): fc.Arbitrary<string> {
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  if (format === 'uri') return NOWHERE;
  if (typeof pattern === 'string') return fc.stringMatching(new RegExp(pattern), { size: 'small' });
  return fc.string({ unit: 'grapheme', maxLength });
}

function objects(schema: Schema, lookup: Lookup): fc.Arbitrary<unknown> {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
  const required = (schema.required ?? []) as readonly string[];
  const known = fc.record(
    Object.fromEntries(properties.map(([name, one]) => [name, valuesOf(one, lookup)])),
    {
      requiredKeys: required.filter((name) => properties.some(([known]) => known === name)),
    },
  );
  const others = schema.additionalProperties;
  if (typeof others !== 'object' || others === null) return known;
  const names = texts((schema.propertyNames ?? {}) as Schema, 12);
  return fc
    .tuple(known, fc.dictionary(names, valuesOf(others as Schema, lookup), { maxKeys: 3 }))
    .map(([a, b]) => ({ ...b, ...(a as object) }));
}
