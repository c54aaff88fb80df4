import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { isObject } from '../template/json.ts';
import { PLACE } from '../template/names.ts';
import type { Match } from './routes.ts';

/** A request as it came over the wire. */
export interface RawRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  /** Names and values in turn, as sent. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly sourceIp: string;
  readonly protocol: string;
}

/** Header of answers that no browser or proxy may keep: all but files of the console, and what a function says otherwise. */
export const NEVER_KEPT: Readonly<Record<string, string>> = { 'cache-control': 'no-store' };

/** An answer for the wire. */
export interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

/**
 * Media types whose body API Gateway hands on as text; all others, a missing type and form data among them, come
 * in base64. AWS does not list them; this is what a real HTTP API was seen to do.
 */
const TEXT = /^(text\/.+|application\/(json|javascript|xml))$/;

/**
 * The event of payload format 2.0.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function toEvent(
  request: RawRequest,
  match: Match,
  requestId: string,
  now: Date,
): APIGatewayProxyEventV2 {
  const [rawPath, rawQueryString] = splitTarget(request.target);
  const { cookies, headers } = foldHeaders(request.rawHeaders);
  const query = foldQuery(rawQueryString);
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  const isBase64Encoded = request.body.length > 0 && !TEXT.test(type);
  return {
    version: '2.0',
    routeKey: match.route.key,
    rawPath: decodePath(rawPath),
    rawQueryString,
    ...(cookies.length > 0 ? { cookies } : {}),
    headers: { ...headers, ...forwarded(request, requestId) },
    ...(query ? { queryStringParameters: query } : {}),
    requestContext: {
      accountId: PLACE.account,
      apiId: 'local',
      domainName: headers.host ?? 'localhost',
      domainPrefix: 'local',
      http: {
        method: request.method,
        path: decodePath(rawPath),
        protocol: request.protocol,
        sourceIp: request.sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey: match.route.key,
      stage: '$default',
      time: clfTime(now),
      timeEpoch: now.getTime(),
    },
    ...(Object.keys(match.parameters).length > 0 ? { pathParameters: { ...match.parameters } } : {}),
    ...(request.body.length > 0 ? { body: request.body.toString(isBase64Encoded ? 'base64' : 'utf8') } : {}),
    isBase64Encoded,
  };
}

/**
 * The answer a function's result stands for: with `statusCode` as it says, else 200 and the result itself as JSON.
 * Null if API Gateway could not make sense of it.
 */
export function toResponse(payload: string): RawResponse | null {
  const result: unknown = JSON.parse(payload);
  if (!isObject(result) || result.statusCode === undefined) {
    const body = typeof result === 'string' ? result : payload;
    return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) };
  }
  const status = Number(result.statusCode);
  const body = result.body ?? '';
  if (!Number.isInteger(status) || status < 100 || status > 599 || typeof body !== 'string') return null;
  const headers: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(isObject(result.headers) ? result.headers : {})) {
    headers[name.toLowerCase()] = String(value);
  }
  if (Array.isArray(result.cookies)) headers['set-cookie'] = result.cookies.map(String);
  return { status, headers, body: Buffer.from(body, result.isBase64Encoded === true ? 'base64' : 'utf8') };
}

/** The path of a request target, percent-decoded as API Gateway decodes it before it looks for a route. */
export function pathOf(target: string): string {
  return decodePath(splitTarget(target)[0]);
}

/** The first header of this name, which is in lower case; null if there is none. */
export function headerOf({ rawHeaders }: RawRequest, name: string): string | null {
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() === name) return rawHeaders[i + 1] ?? null;
  }
  return null;
}

function splitTarget(target: string): readonly [string, string] {
  const mark = target.indexOf('?');
  return mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // Not valid percent-encoding: API Gateway hands it on as it is.
    return path;
  }
}

function foldHeaders(raw: readonly string[]): { cookies: string[]; headers: Record<string, string> } {
  const cookies: string[] = [];
  const headers: Record<string, string> = {};
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [name = '', value = ''] = [raw[i]?.toLowerCase(), raw[i + 1]];
    if (name === 'connection') continue;
    if (name === 'cookie') cookies.push(...value.split(/; */));
    else headers[name] = name in headers ? `${headers[name]},${value}` : value;
  }
  return { cookies, headers };
}

function foldQuery(query: string): Record<string, string> | null {
  if (query === '') return null;
  const folded: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    folded[name] = name in folded ? `${folded[name]},${value}` : value;
  }
  return folded;
}

function forwarded(request: RawRequest, requestId: string): Record<string, string> {
  return {
    'x-amzn-trace-id': `Root=${requestId}`,
    'x-forwarded-for': request.sourceIp,
    'x-forwarded-proto': 'http',
  };
}

/** `12/Mar/2020:19:03:58 +0000` */
function clfTime(at: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(at.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}
