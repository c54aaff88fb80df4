import type { Resource, Template } from './assembly.ts';
import { isObject, type Json, list, object, text } from './json.ts';

/** What `Ref` and `Fn::GetAtt` give for a resource. */
export interface ResourceValues {
  readonly ref: string;
  attribute(name: string): string;
}

/** Turns template values into plain ones: intrinsic functions worked out, `AWS::NoValue` left out. */
export type Resolve = (value: unknown) => unknown;

/** Decides what a resource is called here. Gets `resolve` for names that are themselves made of intrinsics. */
export type ValuesOf = (logicalId: string, resource: Resource, resolve: Resolve) => ResourceValues;

/**
 * A resolver for one template. It throws for an unknown resource, parameter or function, and for a circle.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
export function createResolve(
  template: Template,
  pseudo: Readonly<Record<string, string>>,
  valuesOf: ValuesOf,
): Resolve {
  const resolver = new Resolver(template, pseudo, valuesOf);
  return (value) => resolver.resolve(value);
}

/** Stands for `AWS::NoValue` until the list or object it is in drops it. */
const NOTHING = Symbol('AWS::NoValue');

class Resolver {
  readonly #template: Template;
  readonly #pseudo: Readonly<Record<string, string>>;
  readonly #valuesOf: ValuesOf;
  readonly #known = new Map<string, ResourceValues>();
  readonly #underWay = new Set<string>();

  constructor(template: Template, pseudo: Readonly<Record<string, string>>, valuesOf: ValuesOf) {
    this.#template = template;
    this.#pseudo = pseudo;
    this.#valuesOf = valuesOf;
  }

  resolve(value: unknown): unknown {
    const made = this.#walk(value);
    return made === NOTHING ? undefined : made;
  }

  readonly #functions: Readonly<Record<string, (given: unknown) => unknown>> = {
    Ref: (given) => this.#ref(text(given, 'Ref')),
    'Fn::GetAtt': (given) =>
      this.#attribute(typeof given === 'string' ? given.split('.') : list(given, 'Fn::GetAtt')),
    'Fn::Join': (given) => {
      const [separator, parts] = list(given, 'Fn::Join');
      return list(this.#walk(parts), 'Fn::Join').map(String).join(text(separator, 'Fn::Join'));
    },
    'Fn::Sub': (given) => (Array.isArray(given) ? this.#sub(given[0], given[1]) : this.#sub(given, {})),
    'Fn::Select': (given) => {
      const [index, parts] = list(given, 'Fn::Select');
      return list(this.#walk(parts), 'Fn::Select')[Number(this.#walk(index))];
    },
    'Fn::Split': (given) => {
      const [separator, whole] = list(given, 'Fn::Split');
      return text(this.#walk(whole), 'Fn::Split').split(text(separator, 'Fn::Split'));
    },
    'Fn::If': (given) => {
      const [name, then, otherwise] = list(given, 'Fn::If');
      return this.#walk(this.#condition(text(name, 'Fn::If')) ? then : otherwise);
    },
    'Fn::FindInMap': (given) => {
      const [map = '', row = '', column = ''] = list(given, 'Fn::FindInMap').map((part) =>
        text(this.#walk(part), 'Fn::FindInMap'),
      );
      return object(object(this.#template.Mappings?.[map], map)[row], `${map}.${row}`)[column];
    },
    'Fn::Base64': (given) => Buffer.from(text(this.#walk(given), 'Fn::Base64')).toString('base64'),
  };

  #walk(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((part) => this.#walk(part)).filter(isSomething);
    if (!isObject(value)) return value;
    const entries = Object.entries(value);
    const [first] = entries;
    if (first && entries.length === 1 && (first[0] === 'Ref' || first[0].startsWith('Fn::'))) {
      const work = this.#functions[first[0]];
      if (!work) throw new Error(`the template uses ${first[0]}, which the runner does not know`);
      return work(first[1]);
    }
    return Object.fromEntries(
      entries
        .map(([name, part]): [string, unknown] => [name, this.#walk(part)])
        .filter(([, part]) => isSomething(part)),
    );
  }

  #ref(name: string): unknown {
    if (name === 'AWS::NoValue') return NOTHING;
    if (name in this.#pseudo) return this.#pseudo[name];
    const parameter = this.#template.Parameters?.[name];
    if (!parameter) return this.#values(name).ref;
    if (parameter.Default === undefined) throw new Error(`the parameter ${name} has no default`);
    return parameter.Default;
  }

  #attribute(path: readonly unknown[]): string {
    const [id = '', ...name] = path.map((part) => text(this.#walk(part), 'Fn::GetAtt'));
    return this.#values(id).attribute(name.join('.'));
  }

  #values(id: string): ResourceValues {
    const found = this.#known.get(id);
    if (found) return found;
    const resource = this.#template.Resources[id];
    if (!resource) throw new Error(`the template has no resource ${id}`);
    if (this.#underWay.has(id)) throw new Error(`the name of ${id} depends on itself`);
    this.#underWay.add(id);
    const made = this.#valuesOf(id, resource, (value) => this.resolve(value));
    this.#underWay.delete(id);
    this.#known.set(id, made);
    return made;
  }

  #sub(pattern: unknown, own: unknown): string {
    const names = object(own, 'Fn::Sub');
    return text(pattern, 'Fn::Sub').replace(/\$\{([^}]+)\}/g, (_, name: string) => {
      if (name.startsWith('!')) return `\${${name.slice(1)}}`;
      if (name in names) return String(this.#walk(names[name]));
      return String(name.includes('.') ? this.#attribute(name.split('.')) : this.#ref(name));
    });
  }

  #condition(name: string): boolean {
    return this.#truth(this.#template.Conditions?.[name], `the condition ${name}`);
  }

  #truth(value: unknown, where: string): boolean {
    const [name, given] = onlyEntry(object(value, where), where);
    const parts: readonly unknown[] = Array.isArray(given) ? given : [given];
    if (name === 'Condition') return this.#condition(text(given, where));
    if (name === 'Fn::Equals') return String(this.#walk(parts[0])) === String(this.#walk(parts[1]));
    if (name === 'Fn::Not') return !this.#truth(parts[0], where);
    if (name === 'Fn::And') return parts.every((part) => this.#truth(part, where));
    if (name === 'Fn::Or') return parts.some((part) => this.#truth(part, where));
    throw new Error(`${where} uses ${name}, which the runner does not know`);
  }
}

function isSomething(value: unknown): boolean {
  return value !== NOTHING;
}

function onlyEntry(value: Json, where: string): readonly [string, unknown] {
  const [entry, more] = Object.entries(value);
  if (!entry || more) throw new Error(`${where} should be one function`);
  return entry;
}
