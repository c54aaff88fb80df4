import type { ProblemBody } from '../../contract/api.ts';

/** The API refused, or was not reached (`status` 0). The message is fit to be shown. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly faults: NonNullable<ProblemBody['errors']>;
  readonly requestId: string | null;

  constructor(
    status: number,
    message: string,
    faults: NonNullable<ProblemBody['errors']> = [],
    requestId: string | null = null,
  ) {
    super(message);
    this.status = status;
    this.faults = faults;
    this.requestId = requestId;
  }
}

/** An answer twice: parsed, and as the text it came in, from which digits can be shown as they were sent. */
export interface Answer<Body> {
  readonly body: Body;
  readonly text: string;
}

export type Query = Readonly<Record<string, string | number | null | undefined>>;

export interface ApiCall {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Query;
  /** JSON text. */
  readonly body?: string;
}

/** Calls `/v1` with one key. Throws an `ApiError` on anything but a 2xx. */
export type Transport = <Body>(call: ApiCall) => Promise<Answer<Body>>;

/** `onUnauthorized` is told when the key is no longer (or never was) good. */
export function createTransport(token: string, onUnauthorized: () => void): Transport {
  return async <Body>({ method = 'GET', path, query = {}, body }: ApiCall) => {
    const response = await reach(`/v1${path}${queryText(query)}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    if (response.ok) return { body: (text === '' ? null : JSON.parse(text)) as Body, text };
    if (response.status === 401) onUnauthorized();
    throw refusal(response, text);
  };
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ApiError(0, 'The server was not reached. Check your connection; the page keeps trying.');
  }
}

function refusal(response: Response, text: string): ApiError {
  const requestId = response.headers.get('x-request-id');
  const problem = /json/.test(response.headers.get('content-type') ?? '') ? asProblem(text) : null;
  const message = problem?.detail ?? problem?.title ?? `The server answered ${response.status}.`;
  return new ApiError(response.status, message, problem?.errors ?? [], requestId);
}

function asProblem(text: string): Partial<ProblemBody> | null {
  const value: unknown = text === '' ? null : JSON.parse(text);
  return typeof value === 'object' ? value : null;
}

function queryText(query: Query): string {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') fields.set(name, String(value));
  }
  return fields.size === 0 ? '' : `?${fields}`;
}
