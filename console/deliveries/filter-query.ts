import type { PropertyFilterProps } from '@cloudscape-design/components/property-filter';

/** What a delivery log can be narrowed to, by the API. */
export interface DeliveryFilter {
  readonly status: string | null;
  readonly eventType: string | null;
  readonly subscription: string | null;
  readonly event: string | null;
  /** Of the last answer: `2xx` … `5xx`, or `none` for an attempt without one. */
  readonly code: string | null;
  /** `PT1H`-like spans in seconds, counted back from now. */
  readonly within: string | null;
}

const KEYS = ['status', 'eventType', 'subscription', 'event', 'code', 'within'] as const;
type Key = (typeof KEYS)[number];

export const SPANS: Readonly<Record<string, string>> = {
  '3600': 'Last hour',
  '86400': 'Last day',
  '604800': 'Last 7 days',
  '2592000': 'Last 30 days',
};

/** The filter in a page's address. */
export function filterFromAddress(params: URLSearchParams): DeliveryFilter {
  const read = (key: Key) => params.get(key);
  return {
    status: read('status'),
    eventType: read('eventType'),
    subscription: read('subscription'),
    event: read('event'),
    code: read('code'),
    within: read('within'),
  };
}

/** The address with the filter in it; what else it says stays. */
export function addressWith(params: URLSearchParams, filter: DeliveryFilter): URLSearchParams {
  const next = new URLSearchParams(params);
  for (const key of KEYS) {
    const value = filter[key];
    if (value === null || value === '') next.delete(key);
    else next.set(key, value);
  }
  return next;
}

/** For Cloudscape's property filter. */
export function tokensOf(filter: DeliveryFilter): PropertyFilterProps.Query {
  const tokens = KEYS.flatMap((key) => {
    const value = filter[key];
    return value === null ? [] : [{ propertyKey: key, operator: '=', value: shownValue(key, value) }];
  });
  return { tokens, operation: 'and' };
}

/** The last token of a property wins; words without a property are taken for an event type. */
export function filterOfTokens(query: PropertyFilterProps.Query): DeliveryFilter {
  const last = (key: Key): string | null => {
    const token = query.tokens.findLast((each) => (each.propertyKey ?? 'eventType') === key);
    const value: unknown = token?.value;
    return typeof value === 'string' && value !== '' ? storedValue(key, value) : null;
  };
  return {
    status: last('status'),
    eventType: last('eventType'),
    subscription: last('subscription'),
    event: last('event'),
    code: last('code'),
    within: last('within'),
  };
}

export const STATUS_WORDS: Readonly<Record<string, string>> = {
  pending: 'Waiting',
  succeeded: 'Delivered',
  retrying: 'Retrying',
  failed: 'Failed',
  skipped: 'Skipped',
  cancelled: 'Cancelled',
};

export const CODE_WORDS: Readonly<Record<string, string>> = {
  '2xx': '2xx',
  '3xx': '3xx',
  '4xx': '4xx',
  '5xx': '5xx',
  none: 'No answer',
};

function wordsFor(key: Key): Readonly<Record<string, string>> {
  if (key === 'status') return STATUS_WORDS;
  if (key === 'code') return CODE_WORDS;
  return key === 'within' ? SPANS : {};
}

function shownValue(key: Key, value: string): string {
  return wordsFor(key)[value] ?? value;
}

function storedValue(key: Key, shown: string): string {
  const found = Object.entries(wordsFor(key)).find(
    ([, words]) => words.toLowerCase() === shown.toLowerCase(),
  );
  return found?.[0] ?? shown;
}
