import { Evaluated } from './evaluated.ts';
import type { Check, Evaluation, Place } from './evaluation.ts';
import type { Resource } from './resources.ts';
import type { JsonValue } from './value.ts';

/** A schema, or a part of one, ready to be held against values. */
export class Subschema {
  readonly resource: Resource;
  /** Where it stands in the whole schema, as a JSON pointer. */
  readonly pointer: string;
  /** What its keywords ask; filled by the compiler, because schemas may lead back to themselves. */
  readonly checks: Check[] = [];
  /** Schemas that it holds against the same value. */
  readonly inPlace: Subschema[] = [];
  /** Whether it asks what no schema looked at. */
  tracks = false;

  constructor(resource: Resource, pointer: string) {
    this.resource = resource;
    this.pointer = pointer;
  }

  /** `fits`, where a check is wanted. */
  readonly check: Check = (...asked) => this.fits(...asked);

  /** Whether a value keeps to it. What it has looked at is added to `evaluated`. Throws `StepsUsedUp`. */
  fits(data: JsonValue, place: Place, evaluation: Evaluation, evaluated: Evaluated | null): boolean {
    const entered = evaluation.enter(this);
    const own = this.tracks ? new Evaluated() : evaluated;
    let fine = true;
    for (const check of this.checks) {
      fine = check(data, place, evaluation, own);
      if (!fine) break;
    }
    evaluation.leave(entered);
    if (fine && own !== null && evaluated !== null && own !== evaluated) evaluated.add(own, evaluation.steps);
    return fine;
  }
}
