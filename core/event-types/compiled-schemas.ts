import type { Fault } from '../problem.ts';
import { compileDataSchema, type DataCheck } from './data-schema.ts';

/** Schemas ready for use, by their text. Those not used for longest are let go when there are too many. */
export class CompiledSchemas {
  readonly #maxCharacters: number;
  /** In the order of their last use. */
  readonly #compiled = new Map<string, DataCheck | Fault>();
  #characters = 0;

  /** `maxCharacters` of schemas are kept; what is compiled takes some fifty times as many bytes. */
  constructor(maxCharacters: number) {
    this.#maxCharacters = maxCharacters;
  }

  /** The schema's check, or what is wrong with it. */
  of(schema: string): DataCheck | Fault {
    const known = this.#compiled.get(schema);
    const compiled = known ?? compileDataSchema(schema);
    if (known === undefined) this.#characters += schema.length;
    this.#compiled.delete(schema);
    this.#compiled.set(schema, compiled);
    for (const [oldest] of this.#compiled) {
      if (this.#characters <= this.#maxCharacters || oldest === schema) break;
      this.#compiled.delete(oldest);
      this.#characters -= oldest.length;
    }
    return compiled;
  }
}
