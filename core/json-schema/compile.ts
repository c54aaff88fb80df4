import { pointerTo } from '../ingest/event-fields.ts';
import { compileRegExp, type LinearRegExp, PatternFault } from '../linear-regexp/linear-regexp.ts';
import { ARRAY_KEYWORDS, UNEVALUATED_ITEMS } from './array-keywords.ts';
import { type DataFault, Evaluation } from './evaluation.ts';
import { refuseEndless } from './in-place.ts';
import { type KeywordContext, type KeywordTable, SchemaFault } from './keyword.ts';
import { LOGIC_KEYWORDS } from './logic-keywords.ts';
import { OBJECT_KEYWORDS, UNEVALUATED_PROPERTIES } from './object-keywords.ts';
import { type Resource, Resources } from './resources.ts';
import { SCALAR_KEYWORDS } from './scalar-keywords.ts';
import { Subschema } from './subschema.ts';
import { isObject, type JsonObject, type JsonValue, memberOf } from './value.ts';
import { WORDS } from './words.ts';

/** In the order in which they are asked: what costs least first, and last what asks about all others. */
const KEYWORDS: KeywordTable = [
  ...WORDS,
  ...SCALAR_KEYWORDS,
  ...OBJECT_KEYWORDS,
  ...ARRAY_KEYWORDS,
  ...LOGIC_KEYWORDS,
  ['unevaluatedProperties', UNEVALUATED_PROPERTIES],
  ['unevaluatedItems', UNEVALUATED_ITEMS],
];

/** A schema that values can be held to. */
export interface CompiledSchema {
  /** What is wrong with a value; nothing if it fits. Throws `StepsUsedUp` if finding out takes more than `maxSteps`. */
  faultsOf(data: JsonValue, maxSteps: number): readonly DataFault[];
}

/**
 * Compiles a JSON Schema 2020-12, as `parseExactJson` reads it. Throws a `SchemaFault` if it is none, refers to what it
 * does not hold, or could run for ever. `maxPatternStates` bounds what all its patterns take up together.
 */
export function compileSchema(schema: JsonValue, maxPatternStates: number): CompiledSchema {
  const root = new SchemaCompiler(schema, maxPatternStates).compile();
  return {
    faultsOf: (data, maxSteps) => {
      const evaluation = new Evaluation(maxSteps);
      return root.fits(data, null, evaluation, null) ? [] : evaluation.faults;
    },
  };
}

class SchemaCompiler {
  readonly #resources: Resources;
  readonly #compiled = new Map<JsonObject, Subschema>();
  /** Schemas whose keywords are still to be read: references may go in circles, and deeper than the stack. */
  readonly #open: { readonly schema: JsonObject; readonly subschema: Subschema }[] = [];
  readonly #all: Subschema[] = [];
  readonly #regexps = new Map<string, LinearRegExp>();
  #statesLeft: number;

  constructor(schema: JsonValue, maxPatternStates: number) {
    this.#resources = new Resources(schema);
    this.#statesLeft = maxPatternStates;
  }

  compile(): Subschema {
    const { root } = this.#resources;
    const compiled = this.#subschema(root.root, root, '');
    for (let next = this.#open.pop(); next; next = this.#open.pop()) this.#readKeywords(next);
    refuseEndless(this.#all);
    return compiled;
  }

  #subschema(schema: JsonValue, outer: Resource, pointer: string): Subschema {
    const known = isObject(schema) ? this.#compiled.get(schema) : undefined;
    if (known) return known;
    const place = isObject(schema) ? this.#resources.locate(schema) : undefined;
    const subschema = new Subschema(place?.resource ?? outer, place?.pointer ?? pointer);
    if (isObject(schema)) {
      this.#compiled.set(schema, subschema);
      this.#open.push({ schema, subschema });
      this.#all.push(subschema);
    } else if (schema === false) {
      subschema.checks.push((_data, at, evaluation) => evaluation.fault(at, 'is not allowed by the schema'));
    } else if (schema !== true) {
      throw new SchemaFault(pointer, 'must be a schema: an object, true or false');
    }
    return subschema;
  }

  #readKeywords({ schema, subschema }: { readonly schema: JsonObject; readonly subschema: Subschema }): void {
    for (const [name, keyword] of KEYWORDS) {
      const value = memberOf(schema, name);
      if (value === undefined) continue;
      const pointer = pointerTo(name, subschema.pointer);
      const check = keyword(value, this.#context(schema, subschema, pointer));
      if (check !== null) subschema.checks.push(check);
    }
  }

  #context(schema: JsonObject, subschema: Subschema, pointer: string): KeywordContext {
    const { resource } = subschema;
    const inPlace = (one: JsonValue, owner: Resource, at: string): Subschema => {
      const found = this.#subschema(one, owner, at);
      subschema.inPlace.push(found);
      return found;
    };
    return {
      schema,
      resource,
      pointer,
      child: (one, at) => this.#subschema(one, resource, at),
      inPlace: (one, at) => inPlace(one, resource, at),
      referred: (reference) => {
        const target = this.#resources.resolve(reference, resource, pointer);
        return inPlace(target.schema, target.resource, target.pointer);
      },
      dynamic: (anchor) => {
        const targets = new Map<Resource, Subschema>();
        for (const one of this.#resources.all) {
          const target = one.dynamicAnchors.get(anchor);
          if (target) targets.set(one, inPlace(target, one, one.pointer));
        }
        return targets;
      },
      regexp: (pattern, at) => this.#regexp(pattern, at),
      track: () => {
        subschema.tracks = true;
      },
    };
  }

  #regexp(pattern: string, pointer: string): LinearRegExp {
    const known = this.#regexps.get(pattern);
    if (known) return known;
    try {
      const regexp = compileRegExp(pattern, this.#statesLeft);
      this.#statesLeft -= regexp.states;
      this.#regexps.set(pattern, regexp);
      return regexp;
    } catch (cause) {
      if (!(cause instanceof PatternFault)) throw cause;
      throw new SchemaFault(pointer, `can't be used: ${cause.message}`);
    }
  }
}
