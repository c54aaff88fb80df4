import { z } from 'zod';
import { OPERATIONS, type OperationName, type OperationSpec } from '../../contract/operations.ts';
import { CLOUD_EVENT, CLOUD_EVENT_BATCH } from '../ingest/cloud-event.ts';
import { PROBLEMS, type ProblemType } from '../problem.ts';
import { eventResults, problem } from './answers.ts';
import { CLOUD_EVENT_SCHEMA, EVENT, type Json } from './event-schema.ts';
import { EXAMPLES } from './examples.ts';
import { OPERATION_DOCS, type OperationDocs } from './operation-docs.ts';
import { parametersOf } from './parameters.ts';
import { WEBHOOKS } from './webhooks.ts';

const PROBLEM_JSON = 'application/problem+json';
const REQUEST_ID: Json = {
  'x-request-id': { schema: { type: 'string' }, description: 'Names the request in our logs.' },
};
const RETRY_AFTER: Json = {
  'retry-after': { schema: { type: 'integer' }, description: 'Seconds to wait before trying again.' },
};

/**
 * The API as an OpenAPI 3.1 document, made of the table that routes and permissions come from and of the schemas that
 * requests are read by. https://spec.openapis.org/oas/v3.1.1.html
 */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [name, spec] of Object.entries(OPERATIONS) as [OperationName, OperationSpec][]) {
    const path = paths[spec.path] ?? {};
    path[spec.method.toLowerCase()] = operation(name, spec, OPERATION_DOCS[name]);
    paths[spec.path] = path;
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Fanfare',
      version,
      description:
        'Webhooks as a service: post an event once, every subscriber gets a signed, retried, logged POST. Whatever answers GET answers HEAD too, without a body. Answers may not be kept (`Cache-Control: no-store`), unless their operation says otherwise.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ apiKey: [] }],
    tags: [...new Set(Object.values(OPERATION_DOCS).map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    webhooks: WEBHOOKS,
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key or a portal session.' },
      },
      schemas: { Event: EVENT, CloudEvent: CLOUD_EVENT_SCHEMA, Problem: problemSchema() },
      responses: Object.fromEntries(
        (Object.keys(PROBLEMS) as ProblemType[]).map((type) => [type, problemAnswer(type)]),
      ),
    },
  };
}

function operation(name: OperationName, spec: OperationSpec, docs: OperationDocs): Json {
  const request = requestBody(name, docs);
  return {
    operationId: name,
    tags: [docs.tag],
    summary: docs.summary,
    description: [docs.description, neededFor(spec)].filter((text) => text !== undefined).join('\n\n'),
    ...(spec.scope === null ? { security: [] } : {}),
    parameters: [
      ...parametersOf(name, spec.path, spec.query),
      ...(name === 'postEvents' ? [IDEMPOTENCY_KEY] : []),
      ...(docs.mayBeKept ? [IF_NONE_MATCH] : []),
    ],
    ...(request === null ? {} : { requestBody: request }),
    responses: responses(name, spec, docs),
  };
}

function neededFor({ scope }: OperationSpec): string {
  if (scope === null) return 'Open to all.';
  return scope === 'any' ? 'Any key may ask.' : `Scope: \`${scope}\`.`;
}

const IDEMPOTENCY_KEY: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  schema: { type: 'string', minLength: 1, maxLength: 256, pattern: '^[!-+\\--~]+$' },
  description:
    'Stands for an id; goes with a single event that has none. Sent once: a comma is refused, because two headers arrive as one with a comma between.',
};

const IF_NONE_MATCH: Json = {
  name: 'If-None-Match',
  in: 'header',
  schema: { type: 'string' },
  description: 'The `ETag` of what is there already.',
};
const KEPT: Json = {
  etag: { schema: { type: 'string' }, description: 'Changes when the content does.' },
  'cache-control': { schema: { type: 'string' }, description: 'How long it may be kept.' },
};

function requestBody(name: OperationName, { request }: OperationDocs): Json | null {
  if (name === 'postEvents') return EVENTS_BODY;
  if (request === undefined) return null;
  const schema = schemaOf(request.schema, 'input');
  const example = EXAMPLES[name]?.request;
  const content = { schema, ...(example === undefined ? {} : { example }) };
  return { required: request.optional !== true, content: { 'application/json': content } };
}

const event: Json = { $ref: '#/components/schemas/Event' };
const cloudEvent: Json = { $ref: '#/components/schemas/CloudEvent' };
const EVENTS_BODY: Json = {
  required: true,
  content: {
    'application/json': {
      schema: { oneOf: [event, { type: 'array', minItems: 1, maxItems: 100, items: event }] },
      example: EXAMPLES.postEvents?.request,
    },
    [CLOUD_EVENT]: { schema: cloudEvent },
    [CLOUD_EVENT_BATCH]: { schema: { type: 'array', minItems: 0, maxItems: 100, items: cloudEvent } },
  },
};

function responses(
  name: OperationName,
  spec: OperationSpec,
  { status, answer, problems, mayBeKept }: OperationDocs,
): Json {
  const fine = {
    description: status === 204 ? 'Done.' : 'As asked.',
    headers: mayBeKept ? { ...REQUEST_ID, ...KEPT } : REQUEST_ID,
    ...(answer === null ? {} : { content: { 'application/json': jsonContent(name, answer) } }),
  };
  const all = new Set<ProblemType>([
    ...problems,
    ...(spec.scope === null ? [] : (['unauthorized', 'forbidden'] as const)),
    'invalid-request',
    'rate-limited',
    'internal-error',
    'loop-detected',
    'unavailable',
  ]);
  const byStatus = Map.groupBy(all, (type) => String(PROBLEMS[type].status));
  const refusals = [...byStatus].map(([code, types]) => [code, refusal(types)] as const);
  return {
    [status]: fine,
    ...(mayBeKept
      ? { 304: { description: 'What is there already.', headers: { ...REQUEST_ID, ...KEPT } } }
      : {}),
    ...Object.fromEntries(refusals),
    ...(name === 'postEvents' ? ARRAY_ANSWERS : {}),
  };
}

function jsonContent(name: OperationName, answer: z.ZodType): Json {
  const own = schemaOf(answer, 'output');
  const schema = name === 'postEvents' ? { oneOf: [own, schemaOf(eventResults, 'output')] } : own;
  const example = EXAMPLES[name]?.answer;
  return { schema, ...(example === undefined ? {} : { example }) };
}

/** An array of which not every event was accepted. */
const ARRAY_ANSWERS: Json = Object.fromEntries(
  [
    ['207', 'Some events were accepted; see each.', {}],
    ['400', 'The request, or every event of an array, is not valid.', problemContent()],
    ['503', 'Try again in a moment; no event of an array was accepted.', problemContent()],
  ].map(([code, description, content]) => [
    code,
    {
      description,
      headers: REQUEST_ID,
      content: { 'application/json': { schema: schemaOf(eventResults, 'output') }, ...(content as Json) },
    },
  ]),
);

function refusal(types: readonly ProblemType[]): Json {
  const [only, ...others] = types;
  if (only !== undefined && others.length === 0) return { $ref: `#/components/responses/${only}` };
  return {
    description: types.map((type) => PROBLEMS[type].title).join('; or: '),
    headers: REQUEST_ID,
    content: problemContent(types),
  };
}

function problemAnswer(type: ProblemType): Json {
  const { status, title } = PROBLEMS[type];
  return {
    description: title,
    headers: status === 429 || status === 503 ? { ...REQUEST_ID, ...RETRY_AFTER } : REQUEST_ID,
    content: problemContent([type]),
  };
}

function problemContent(types: readonly ProblemType[] = []): Json {
  const examples = types.map((type) => {
    const { status, title } = PROBLEMS[type];
    return [type, { value: { type: `/problems/${type}`, title, status, detail: `${title}.` } }] as const;
  });
  return {
    [PROBLEM_JSON]: {
      schema: { $ref: '#/components/schemas/Problem' },
      ...(examples.length === 0 ? {} : { examples: Object.fromEntries(examples) }),
    },
  };
}

function problemSchema(): Json {
  const types = Object.keys(PROBLEMS).map((type) => `/problems/${type}`);
  const { properties, ...rest } = schemaOf(problem, 'output') as { readonly properties: Json };
  return {
    ...rest,
    description: 'RFC 9457.',
    properties: { ...properties, type: { type: 'string', enum: types } },
  };
}

/** A schema as the document holds it: what a caller sends, or what it gets. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
