import { pointerTo } from '../ingest/event-fields.ts';
import { readText, SchemaFault } from './keyword.ts';
import { isArray, isObject, type JsonObject, type JsonValue, memberOf } from './value.ts';

/** A schema with a URI of its own: the whole, and each part with an `$id`. JSON Schema Core 2020-12, section 4.3.5. */
export interface Resource {
  readonly uri: string;
  readonly root: JsonValue;
  readonly pointer: string;
  readonly anchors: Map<string, JsonObject>;
  readonly dynamicAnchors: Map<string, JsonObject>;
}

/** A place in the schema. */
export interface Located {
  readonly schema: JsonValue;
  readonly resource: Resource;
  readonly pointer: string;
}

/** The base of a schema that names none. */
const NOWHERE = 'https://schema.invalid/';
const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
const ANCHOR = /^[A-Za-z_][-A-Za-z0-9._]*$/;

/** Keywords that hold a schema, a list of them, or an object of them. */
const ONE = [
  ...['not', 'if', 'then', 'else', 'items', 'contains', 'additionalProperties', 'propertyNames'],
  ...['unevaluatedItems', 'unevaluatedProperties', 'contentSchema'],
];
const LIST = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const MAP = [
  ...['$defs', 'definitions', 'properties', 'patternProperties', 'dependentSchemas', 'dependencies'],
];

/** Finds everything that a reference can lead to. Nothing is fetched: a schema must be complete in itself. */
export class Resources {
  readonly root: Resource;
  readonly #byUri = new Map<string, Resource>();
  readonly #located = new Map<object, Located>();

  /** Throws a `SchemaFault` for names that are none, or taken twice. */
  constructor(schema: JsonValue) {
    this.root = this.#open(schema, NOWHERE, '');
    this.#walk(schema, this.root, '');
  }

  get all(): Iterable<Resource> {
    return this.#byUri.values();
  }

  /** The resource and the place of a schema that stands where schemas may stand; undefined for others. */
  locate(schema: JsonObject): Located | undefined {
    return this.#located.get(schema);
  }

  /** Where a reference leads. Throws a `SchemaFault` at `pointer` if it leads nowhere. */
  resolve(reference: string, from: Resource, pointer: string): Located {
    const hash = reference.indexOf('#');
    const fragment = hash < 0 ? '' : reference.slice(hash + 1);
    const uri = uriOf(hash < 0 ? reference : reference.slice(0, hash), from.uri, pointer);
    const resource = this.#byUri.get(uri);
    const found = resource && this.#inside(resource, fragment);
    if (found === undefined) {
      throw new SchemaFault(pointer, 'leads to nothing in this schema; a schema must be complete in itself');
    }
    return found;
  }

  #inside(resource: Resource, fragment: string): Located | undefined {
    if (fragment === '') return { schema: resource.root, resource, pointer: resource.pointer };
    if (!fragment.startsWith('/')) {
      const schema = resource.anchors.get(fragment) ?? resource.dynamicAnchors.get(fragment);
      return schema && this.#located.get(schema);
    }
    let at: Located = { schema: resource.root, resource, pointer: resource.pointer };
    for (const step of fragment.slice(1).split('/')) {
      const name = decoded(step).replaceAll('~1', '/').replaceAll('~0', '~');
      const schema = isArray(at.schema)
        ? at.schema[/^(0|[1-9]\d*)$/.test(name) ? Number(name) : -1]
        : isObject(at.schema)
          ? memberOf(at.schema, name)
          : undefined;
      if (schema === undefined) return undefined;
      const known = isObject(schema) ? this.#located.get(schema) : undefined;
      at = known ?? { schema, resource: at.resource, pointer: pointerTo(name, at.pointer) };
    }
    return at;
  }

  #walk(schema: JsonValue, outer: Resource, pointer: string): void {
    if (!isObject(schema)) return;
    const id = memberOf(schema, '$id');
    const at = { pointer: pointerTo('$id', pointer) };
    const opened = id !== undefined && schema !== outer.root;
    const resource = opened
      ? this.#open(schema, uriOf(readText(id, at), outer.uri, at.pointer), pointer)
      : outer;
    this.#located.set(schema, { schema, resource, pointer });
    this.#name(schema, '$anchor', resource.anchors, pointer);
    this.#name(schema, '$dynamicAnchor', resource.dynamicAnchors, pointer);
    const dialect = memberOf(schema, '$schema');
    if (dialect !== undefined && dialect !== DIALECT && dialect !== `${DIALECT}#`) {
      throw new SchemaFault(pointerTo('$schema', pointer), `must be ${DIALECT}`);
    }
    for (const name of ONE) this.#walk(memberOf(schema, name) ?? null, resource, pointerTo(name, pointer));
    for (const name of [...LIST, ...MAP]) {
      const holder = memberOf(schema, name) ?? null;
      if (holder === null || !(LIST.includes(name) ? isArray(holder) : isObject(holder))) continue;
      const parent = pointerTo(name, pointer);
      for (const [key, member] of Object.entries(holder))
        this.#walk(member, resource, pointerTo(key, parent));
    }
  }

  #open(root: JsonValue, base: string, pointer: string): Resource {
    const own = isObject(root) && pointer === '' ? memberOf(root, '$id') : undefined;
    const at = pointerTo('$id', pointer);
    const uri = own === undefined ? base : uriOf(readText(own, { pointer: at }), base, at);
    if (this.#byUri.has(uri)) throw new SchemaFault(at, 'names another part of the schema already');
    const resource = { uri, root, pointer, anchors: new Map(), dynamicAnchors: new Map() };
    this.#byUri.set(uri, resource);
    return resource;
  }

  #name(schema: JsonObject, keyword: string, names: Map<string, JsonObject>, parent: string): void {
    const value = memberOf(schema, keyword);
    if (value === undefined) return;
    const pointer = pointerTo(keyword, parent);
    const name = readText(value, { pointer });
    if (!ANCHOR.test(name)) throw new SchemaFault(pointer, `must match ${ANCHOR.source}`);
    if (names.has(name)) throw new SchemaFault(pointer, 'names another part of the schema already');
    names.set(name, schema);
  }
}

/** An absolute URI without a fragment. */
function uriOf(reference: string, base: string, pointer: string): string {
  if (reference === '') return base;
  const url = URL.parse(reference, base);
  if (url === null) throw new SchemaFault(pointer, 'must be a URI reference');
  url.hash = '';
  return url.href;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // No percent-encoding: it stands for itself, and will hardly lead anywhere.
    return text;
  }
}
