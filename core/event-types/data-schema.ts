import { EVENT_TYPE } from '../../contract/limits.ts';
import { parseExactJson } from '../exact-number.ts';
import { compileSchema } from '../json-schema/compile.ts';
import { SchemaFault } from '../json-schema/keyword.ts';
import type { JsonValue } from '../json-schema/value.ts';
import type { Fault } from '../problem.ts';
import { StepsUsedUp } from '../steps.ts';

/** What holding an event's data to its schema came to. */
export interface DataVerdict {
  /** Pointers into the event; none if the data keeps to the schema. */
  readonly faults: readonly Fault[];
  /** Whether it could not be judged to the end with the steps that data of its size is given. */
  readonly cutShort: boolean;
}

/** Judges an event's data, which is JSON text. */
export type DataCheck = (data: string) => DataVerdict;

/**
 * Compiles a JSON Schema 2020-12, which is JSON text. Answers what is wrong with it instead if it can't be used, by
 * pointer into it: it must be complete in itself, and end.
 */
export function compileDataSchema(schema: string): DataCheck | Fault {
  try {
    const compiled = compileSchema(parseExactJson(schema) as JsonValue, EVENT_TYPE.maxPatternStates);
    return (data) => {
      const steps = EVENT_TYPE.checkSteps + EVENT_TYPE.checkStepsPerByte * Buffer.byteLength(data);
      return judged(steps, () => compiled.faultsOf(parseExactJson(data) as JsonValue, steps));
    };
  } catch (cause) {
    if (cause instanceof SchemaFault) return { pointer: cause.pointer, detail: cause.message };
    throw cause;
  }
}

function judged(steps: number, judge: () => readonly Fault[]): DataVerdict {
  try {
    const faults = judge().map(({ pointer, detail }) => ({ pointer: `/data${pointer}`, detail }));
    return { faults, cutShort: false };
  } catch (cause) {
    if (!(cause instanceof StepsUsedUp)) throw cause;
    const detail = `takes more than ${steps} steps to hold against the schema of its type, which is what data of its size is given`;
    return { faults: [{ pointer: '/data', detail }], cutShort: true };
  }
}
