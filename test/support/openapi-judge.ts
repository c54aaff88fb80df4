import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** A published OpenAPI document, as far as the tests read it. */
export interface PublishedDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, PublishedOperation>>>>;
  readonly components: { readonly responses: Readonly<Record<string, PublishedResponse>> };
}

export interface PublishedOperation {
  readonly operationId: string;
  readonly parameters: readonly PublishedParameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, PublishedResponse>>;
}

export interface PublishedParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema: Readonly<Record<string, unknown>>;
}

interface PublishedResponse {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, Media>>;
}

interface Media {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly example?: unknown;
}

/** An operation with where it is. */
export interface Located {
  readonly operation: PublishedOperation;
  readonly method: string;
  readonly path: string;
}

/** Says whether answers keep to a published document, by a JSON Schema validator that knows nothing of our code. */
export class OpenApiJudge {
  readonly operations: ReadonlyMap<string, Located>;
  readonly #document: PublishedDocument;
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(document: PublishedDocument) {
    this.#document = document;
    addFormats.default(this.#ajv);
    this.#ajv.addSchema({ ...document, $id: 'https://api.example/openapi' });
    this.operations = new Map(
      Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => [
          operation.operationId,
          { operation, method: method.toUpperCase(), path },
        ]),
      ),
    );
  }

  /** What is wrong with an answer; nothing if the document allows it. */
  faults(id: string, status: number, contentType: string | null, text: string): readonly string[] {
    const { operation, method, path } = this.located(id);
    const given = operation.responses[status];
    if (!given) return [`${id} may not answer ${status}: ${text.slice(0, 200)}`];
    const name = given.$ref?.split('/').at(-1);
    const response = name === undefined ? given : this.#document.components.responses[name];
    const type = (contentType ?? '').split(';')[0] ?? '';
    if (!response?.content) return text === '' ? [] : [`${id} ${status} may have no body`];
    if (!response.content[type]) return [`${id} ${status} may not be ${type}`];
    const place =
      name === undefined
        ? ['paths', path, method.toLowerCase(), 'responses', String(status)]
        : ['components', 'responses', name];
    return this.#check([...place, 'content', type, 'schema'], JSON.parse(text)).map(
      (fault) => `${id} ${status}: ${fault}`,
    );
  }

  /** What is wrong with the examples of an operation. */
  exampleFaults(id: string): readonly string[] {
    const { operation, method, path } = this.located(id);
    const faults: string[] = [];
    const look = (place: readonly string[], content: Readonly<Record<string, Media>> = {}): void => {
      for (const [type, { example }] of Object.entries(content)) {
        if (example === undefined) continue;
        faults.push(
          ...this.#check([...place, 'content', type, 'schema'], example).map((fault) => `${id}: ${fault}`),
        );
      }
    };
    const place = ['paths', path, method.toLowerCase()];
    look([...place, 'requestBody'], operation.requestBody?.content);
    for (const [status, response] of Object.entries(operation.responses)) {
      look([...place, 'responses', status], response.content);
    }
    return faults;
  }

  located(id: string): Located {
    const found = this.operations.get(id);
    if (!found) throw new Error(`the document does not have ${id}`);
    return found;
  }

  #check(place: readonly string[], value: unknown): readonly string[] {
    const pointer = place
      .map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/');
    const validate =
      this.#compiled.get(pointer) ?? this.#ajv.compile({ $ref: `https://api.example/openapi#/${pointer}` });
    this.#compiled.set(pointer, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
  }
}
