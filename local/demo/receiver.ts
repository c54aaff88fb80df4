import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { NEVER_KEPT, type RawRequest, type RawResponse } from '../http/payload.ts';
import { isObject } from '../template/json.ts';

/** Where the demo receiver is. */
export const RECEIVER_PATH = '/demo/receiver';
const REQUESTS_PATH = `${RECEIVER_PATH}/requests`;
/** Requests that are remembered. */
const KEPT = 1_000;
const MAX_DELAY_MS = 120_000;
/** Headers that say nothing about a webhook. */
const DULL = new Set(['host', 'connection', 'content-length', 'accept-encoding', 'transfer-encoding']);

/** A request the receiver got. */
export interface ReceivedRequest {
  readonly at: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the signature is right for one of the subscriptions that point here, and the time is near. */
  readonly verified: boolean;
  /** What was answered. */
  readonly status: number;
}

/** Signing secrets of the subscriptions that point here. */
export type Secrets = () => Promise<readonly string[]>;

/**
 * A subscriber to try things out with. It checks signatures with the `standardwebhooks` library, not with our code,
 * and misbehaves when the subscription's URL asks it to: `?status=500`, `?delayMs=`, `?failTimes=n` (that many
 * attempts of each event fail, then they succeed).
 */
export class DemoReceiver {
  readonly #lookUp: Secrets;
  #secrets: readonly string[] = [];
  readonly #requests: ReceivedRequest[] = [];
  readonly #failures = new Map<string, number>();
  readonly #listeners = new Set<(request: ReceivedRequest) => void>();

  constructor(secrets: Secrets) {
    this.#lookUp = secrets;
  }

  get requests(): readonly ReceivedRequest[] {
    return this.#requests;
  }

  /** Tells of each request from now on; the answer ends it. */
  onRequest(listener: (request: ReceivedRequest) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Answers a request if it is for the receiver. */
  async answer(request: RawRequest, path: string): Promise<RawResponse | null> {
    if (path === REQUESTS_PATH) return this.#list(request.method);
    if (path !== RECEIVER_PATH) return null;
    if (request.method !== 'POST') return json(405, { message: 'POST webhooks here' }, { allow: 'POST' });
    const query = new URL(request.target, 'http://receiver').searchParams;
    const headers = headersOf(request.rawHeaders);
    const status = this.#statusFor(query, headers['webhook-id'] ?? '');
    const at = new Date().toISOString();
    const verified = await this.#verify(request.body.toString(), headers);
    const got = { at, query: query.toString(), headers, body: request.body.toString(), verified, status };
    this.#requests.push(got);
    if (this.#requests.length > KEPT) this.#requests.shift();
    for (const listener of this.#listeners) listener(got);
    const delayMs = Math.min(Number(query.get('delayMs') ?? 0) || 0, MAX_DELAY_MS);
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs).unref());
    const challenge = verified ? challengeOf(got.body) : null;
    return json(status, { verified, ...(challenge === null ? {} : { challenge }) });
  }

  #list(method: string): RawResponse {
    if (method === 'GET' || method === 'HEAD') return json(200, { data: this.#requests });
    if (method !== 'DELETE') {
      const message = 'GET lists the requests, DELETE forgets them';
      return json(405, { message }, { allow: 'GET, HEAD, DELETE' });
    }
    this.#requests.length = 0;
    this.#failures.clear();
    return { status: 204, headers: NEVER_KEPT, body: Buffer.alloc(0) };
  }

  #statusFor(query: URLSearchParams, id: string): number {
    const status = Number(query.get('status') ?? 0);
    const asked = status >= 200 && status <= 599 ? status : null;
    const failTimes = Number(query.get('failTimes') ?? 0);
    if (!(failTimes > 0)) return asked ?? 200;
    const key = `${id} ${query}`;
    const failed = this.#failures.get(key) ?? 0;
    if (failed >= failTimes) return 200;
    this.#failures.set(key, failed + 1);
    return asked ?? 500;
  }

  async #verify(body: string, headers: Readonly<Record<string, string>>): Promise<boolean> {
    if (headers['webhook-signature'] === undefined) return false;
    if (this.#secrets.some((secret) => isSigned(secret, body, headers))) return true;
    this.#secrets = await this.#lookUp();
    return this.#secrets.some((secret) => isSigned(secret, body, headers));
  }
}

function isSigned(secret: string, body: string, headers: Readonly<Record<string, string>>): boolean {
  try {
    new Webhook(secret).verify(body, { ...headers }, { jsonParse: false });
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}

/** What a `fanfare.verify` asks for, which proves that this receiver wants events; null for any other event. */
function challengeOf(body: string): string | null {
  const read: unknown = JSON.parse(body);
  if (!isObject(read) || read.type !== 'fanfare.verify' || !isObject(read.data)) return null;
  return typeof read.data.challenge === 'string' ? read.data.challenge : null;
}

function headersOf(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]?.toLowerCase() ?? '';
    if (!DULL.has(name)) headers[name] = raw[i + 1] ?? '';
  }
  return headers;
}

function json(status: number, body: object, more: Readonly<Record<string, string>> = {}): RawResponse {
  const headers = { 'content-type': 'application/json', ...NEVER_KEPT, ...more };
  return { status, headers, body: Buffer.from(JSON.stringify(body)) };
}
