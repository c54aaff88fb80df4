import type { AttemptBody, DeliveryBody, EventBody, SubscriptionBody } from '../../contract/api.ts';
import { bodyText, CONTENT_TYPES } from '../../core/dispatch/body-text.ts';
import { memberText } from '../data/json-text.ts';
import { maskedUrl } from '../parts/endpoint.tsx';

/** What an attempt's request is told from. */
export interface RequestSources {
  readonly delivery: DeliveryBody;
  readonly attempt: AttemptBody;
  /** Null until the event is read, and for one that is no longer on record. */
  readonly body: string | null;
  /** Null if it is gone. */
  readonly subscription: SubscriptionBody | null;
  readonly version: string | null;
  readonly traceparent: string | null;
  readonly tracestate: string | null;
}

const UNKNOWN = '…';
const HIDDEN = '•••';

/**
 * The headers in the order they were sent. Values of custom headers never leave the API, and signatures are not on
 * record: both are credentials.
 */
export function requestHead(sources: RequestSources): string {
  const { delivery, attempt, body, subscription, version, traceparent, tracestate } = sources;
  const custom = new Set(Object.keys(subscription?.headers ?? {}).map((name) => name.toLowerCase()));
  const bytes = body === null ? UNKNOWN : new TextEncoder().encode(body).length;
  return [
    `POST ${maskedUrl(attempt.url)}`,
    ...[...custom].map((name) => `${name}: ${HIDDEN}`),
    `content-type: ${CONTENT_TYPES[subscription?.format ?? 'standard']}`,
    `content-length: ${bytes}`,
    `user-agent: Fanfare/${version ?? UNKNOWN}`,
    `webhook-id: ${delivery.event}`,
    `webhook-timestamp: ${Math.floor(Date.parse(attempt.at) / 1000)}`,
    `webhook-signature: v1,${HIDDEN}`,
    `fanfare-delivery: ${delivery.id}`,
    `fanfare-attempt: ${attempt.number}`,
    ...(traceparent === null ? [] : [`traceparent: ${traceparent}`]),
    ...(tracestate === null ? [] : [`tracestate: ${tracestate}`]),
    `host: ${URL.parse(attempt.url)?.host ?? UNKNOWN}`,
    'connection: keep-alive',
  ].join('\n');
}

/** The body by the very code that dispatch makes it with, the event's data token for token. */
export function requestBody(
  { body: event, text }: { readonly body: EventBody; readonly text: string },
  subscription: Pick<SubscriptionBody, 'format'> | null,
): string {
  const told = { ...event, time: Date.parse(event.time), data: memberText(text, 'data') ?? 'null' };
  return bodyText(told, subscription?.format ?? 'standard');
}

/** Dispatch may send by a copy of the subscription of this age, in milliseconds. */
const COPY_AGE_MS = 10_000;

/** What can't be told for certain of a request; null if all is. */
export function unsureOf(
  { at }: Pick<AttemptBody, 'at'>,
  subscription: Pick<SubscriptionBody, 'createdAt' | 'updatedAt'> | null,
): string | null {
  if (subscription === null)
    return 'The subscription cannot be read: which custom headers and which body format it had is not known.';
  const { createdAt, updatedAt } = subscription;
  if (updatedAt === createdAt || Date.parse(updatedAt) + COPY_AGE_MS <= Date.parse(at)) return null;
  return 'The subscription was changed since: custom headers and body format are those it has now.';
}
