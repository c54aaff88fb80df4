import { DELIVERY_HEADER } from '../../contract/headers.ts';
import { SUBSCRIPTION } from '../../contract/limits.ts';
import { liveSecrets, type Subscription, timeoutMsOf } from '../subscription.ts';
import { CONTENT_TYPES } from './body-text.ts';
import { type HmacKey, hmacKey, hmacSha256 } from './hmac.ts';
import type { OutgoingRequest } from './ports.ts';

/** What is sent, to whom, and as which attempt. */
export interface RequestParts {
  readonly subscription: Subscription;
  readonly eventId: string;
  readonly delivery: string;
  /** The producer's `traceparent`. */
  readonly trace?: string | undefined;
  /** The producer's `tracestate`. */
  readonly tracestate?: string | undefined;
  /** Counted from 1. */
  readonly attempt: number;
  /** The bytes that are signed, measured and sent. */
  readonly body: Buffer;
}

/**
 * Signs a delivery with every live secret, newest first (Standard Webhooks 1.0.0, "Signature scheme"). Null if
 * there is none, or if one of them is no key: nothing is ever sent unsigned or half signed. `now` is the time of this
 * attempt, in epoch milliseconds.
 */
export function signRequest(parts: RequestParts, now: number, version: string): OutgoingRequest | null {
  const { subscription, body } = parts;
  const timestamp = String(Math.floor(now / 1000));
  const secrets = liveSecrets(subscription, now).slice(0, SUBSCRIPTION.maxLiveSecrets);
  const prefix = `${parts.eventId}.${timestamp}.`;
  const signatures: string[] = [];
  for (const { secret } of secrets) {
    const key = signingKey(secret);
    if (key === null) return null;
    signatures.push(`v1,${hmacSha256(key, prefix, body)}`);
  }
  if (signatures.length === 0) return null;
  return {
    tenant: subscription.tenant,
    url: subscription.url,
    headers: headersOf(parts, timestamp, signatures.join(' '), version),
    body,
    timeoutMs: timeoutMsOf(subscription),
  };
}

/** Custom headers come first. Put together without spreading where there are none, which is several times as fast. */
function headersOf(
  { subscription, eventId, delivery, attempt, trace, tracestate, body }: RequestParts,
  timestamp: string,
  signature: string,
  version: string,
): OutgoingRequest['headers'] {
  const custom = customHeaders(subscription);
  const own: OutgoingRequest['headers'] & Record<string, string> = {
    'content-type': CONTENT_TYPES[subscription.format],
    'content-length': String(body.length),
    'user-agent': `Fanfare/${version}`,
    'webhook-id': eventId,
    'webhook-timestamp': timestamp,
    'webhook-signature': signature,
    [DELIVERY_HEADER]: delivery,
    'fanfare-attempt': String(attempt),
  };
  if (trace !== undefined) own.traceparent = trace;
  if (tracestate !== undefined) own.tracestate = tracestate;
  return custom === null ? own : { ...custom, ...own };
}

/** Names that are ours or the connection's, whatever a stored row says. */
const RESERVED =
  /^(webhook-|fanfare-|content-|proxy-)|^(host|connection|keep-alive|transfer-encoding|te|trailer|upgrade|expect|user-agent)$/;

/** Whether a custom header may have this name (lower case). */
export function isReservedHeader(name: string): boolean {
  return RESERVED.test(name);
}

/** Kept as long as the copy of the subscription, which serves many deliveries. */
const ownHeaders = new WeakMap<Subscription, Readonly<Record<string, string>> | null>();

/** The headers that a subscription adds; null for none. */
function customHeaders(subscription: Subscription): Readonly<Record<string, string>> | null {
  const known = ownHeaders.get(subscription);
  if (known !== undefined) return known;
  const own = Object.entries(subscription.headers)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !isReservedHeader(name));
  const headers = own.length === 0 ? null : Object.fromEntries(own);
  ownHeaders.set(subscription, headers);
  return headers;
}

/**
 * Keys made from secrets, kept because making one costs as much as signing with it several times. Bounded by
 * starting over: a warm environment sees the same few thousand secrets again and again.
 */
const keys = new Map<string, HmacKey | null>();
const MAX_KEYS = 5_000;

/** The key of a `whsec_` secret; null for one that is empty, too short or not base64. */
function signingKey(secret: string): HmacKey | null {
  const known = keys.get(secret);
  if (known !== undefined) return known;
  if (keys.size >= MAX_KEYS) keys.clear();
  const key = makeKey(secret);
  keys.set(secret, key);
  return key;
}

function makeKey(secret: string): HmacKey | null {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1];
  if (encoded === undefined) return null;
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.length >= SUBSCRIPTION.minSecretBytes ? hmacKey(bytes) : null;
}
