import { pointerTo } from '../ingest/event-fields.ts';
import { Steps, StepsUsedUp } from '../steps.ts';
import type { Evaluated } from './evaluated.ts';
import type { Resource } from './resources.ts';
import type { Subschema } from './subschema.ts';
import type { JsonValue } from './value.ts';

/** Where in the data a value is; null: the data itself. */
export type Place = { readonly parent: Place; readonly key: string | number } | null;

/** What a schema found wrong: where, as a JSON pointer into the data, and what. */
export interface DataFault {
  readonly pointer: string;
  readonly detail: string;
}

/** What a keyword asks of a value. Answers false after telling the evaluation why. Throws `StepsUsedUp`. */
export type Check = (
  data: JsonValue,
  place: Place,
  evaluation: Evaluation,
  evaluated: Evaluated | null,
) => boolean;

/** Faults told at most. */
const MAX_FAULTS = 20;

/** Schemas inside each other, on one way into the data: bounds the stack. */
const MAX_DEPTH = 1_000;

/** One value held to one schema. */
export class Evaluation {
  readonly steps: Steps;
  readonly #faults: { readonly place: Place; readonly detail: string }[] = [];
  /** The resources entered on the way here: the dynamic scope of JSON Schema Core 2020-12, section 7.1. */
  readonly scope: Resource[] = [];
  #depth = 0;

  constructor(maxSteps: number) {
    this.steps = new Steps(maxSteps);
  }

  get faults(): readonly DataFault[] {
    return this.#faults.map(({ place, detail }) => ({ pointer: pointerOf(place), detail }));
  }

  /** Notes a fault; false, for the check to answer. */
  fault(place: Place, detail: string): false {
    if (this.#faults.length < MAX_FAULTS) this.#faults.push({ place, detail });
    return false;
  }

  /** Faults so far: what follows may be taken back. */
  get mark(): number {
    return this.#faults.length;
  }

  /** Takes back the faults noted since: they were of a schema that need not hold. */
  forget(mark: number): void {
    this.#faults.length = Math.min(this.#faults.length, mark);
  }

  /** Goes into a schema; `leave` must follow with the answer. Throws `StepsUsedUp`. */
  enter({ resource, checks }: Subschema): boolean {
    this.steps.spend(1 + checks.length);
    if (++this.#depth > MAX_DEPTH) throw new StepsUsedUp('schemas lie too deep inside each other');
    if (this.scope.at(-1) === resource) return false;
    this.scope.push(resource);
    return true;
  }

  leave(entered: boolean): void {
    this.#depth--;
    if (entered) this.scope.pop();
  }
}

function pointerOf(place: Place): string {
  const keys: (string | number)[] = [];
  for (let at = place; at !== null; at = at.parent) keys.push(at.key);
  return keys.reduceRight<string>((pointer, key) => pointerTo(String(key), pointer), '');
}
