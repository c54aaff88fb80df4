import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { pointerTo } from '../ingest/event-fields.ts';
import type { Fault } from '../problem.ts';

/** Tells what is wrong with an event's data, as pointers into it; nothing if it keeps to the schema. */
export type DataCheck = (data: unknown) => readonly Fault[];

/** Faults told at most. */
const MAX_FAULTS = 20;

/**
 * Compiles a JSON Schema 2020-12. Answers what is wrong with it instead if it is none: it must be complete in
 * itself, as nothing is fetched.
 */
export function compileDataSchema(schema: object | boolean): DataCheck | { readonly fault: string } {
  try {
    const validate = newAjv().compile(schema);
    // Such a check answers with a promise, which would let everything pass.
    if ('$async' in validate) return { fault: '"$async" is not supported' };
    return (data) => (validate(data) ? [] : faultsOf(validate));
  } catch (cause) {
    // Ajv throws plain errors that say what is wrong with the schema; it is the caller's own.
    return { fault: cause instanceof Error ? cause.message : 'it cannot be read' };
  }
}

/** One for each schema: two schemas may use the same `$id`. */
function newAjv(): Ajv2020 {
  const ajv = new Ajv2020({ allErrors: false, strict: false, logger: false, validateFormats: true });
  addFormats.default(ajv);
  return ajv;
}

function faultsOf({ errors }: ValidateFunction): readonly Fault[] {
  return (errors ?? []).slice(0, MAX_FAULTS).map((error) => ({
    pointer: `/data${error.instancePath}${memberOf(error)}`,
    detail: error.message ?? 'does not keep to the schema',
  }));
}

/** Ajv points at the object where a member is missing or too many; we point at the member. */
function memberOf({ params }: ErrorObject): string {
  const member: unknown = params.missingProperty ?? params.additionalProperty ?? params.unevaluatedProperty;
  return typeof member === 'string' ? pointerTo(member) : '';
}
