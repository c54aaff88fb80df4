import { INGEST } from '../contract/limits.ts';

/** Segments of letters, digits and `_`, joined by dots: the event types of Standard Webhooks 1.0.0. */
export const EVENT_TYPE_PATTERN = /^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$/;

/** What a subscription may ask for: an exact type, `prefix.*` or `*`. */
export const TYPE_INTEREST_PATTERN = /^(\*|[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*(\.\*)?)$/;

/** Whether `text` is an event type: the pattern, and no longer than 128 bytes. */
export function isEventType(text: string): boolean {
  return text.length <= INGEST.maxTypeBytes && EVENT_TYPE_PATTERN.test(text);
}

/** Whether `text` may stand in a subscription's `eventTypes`; the prefix of `prefix.*` is itself a type. */
export function isTypeInterest(text: string): boolean {
  return text.length <= INGEST.maxTypeBytes + '.*'.length && TYPE_INTEREST_PATTERN.test(text);
}
