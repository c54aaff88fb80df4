import type { SubscriptionBody, SubscriptionFields } from '../../contract/api.ts';
import { prettyJson } from '../data/json-text.ts';

/** A custom header in the form. `kept`: it is stored with a value that only the API knows. */
export interface HeaderRow {
  readonly name: string;
  readonly value: string;
  readonly kept: boolean;
}

/** What the form holds: a subscription as somebody is writing it. */
export interface Draft {
  readonly url: string;
  readonly description: string;
  readonly eventTypes: readonly string[];
  /** JSON text; empty for no filter. */
  readonly filter: string;
  readonly headers: readonly HeaderRow[];
  readonly format: SubscriptionBody['format'];
  /** Numbers as typed; empty for none or the default. */
  readonly perSecond: string;
  readonly timeoutSeconds: string;
}

export const EMPTY_DRAFT: Draft = {
  url: '',
  description: '',
  eventTypes: [],
  filter: '',
  headers: [],
  format: 'standard',
  perSecond: '',
  timeoutSeconds: '',
};

/** `filterText` is the filter as it stands in the API's answer, so that its digits survive an edit. */
export function draftOf(subscription: SubscriptionBody, filterText: string | null): Draft {
  const hasFilter = filterText !== null && filterText !== 'null';
  return {
    url: subscription.url,
    description: subscription.description,
    eventTypes: subscription.eventTypes.filter((type) => type !== '*'),
    filter: hasFilter ? prettyJson(filterText) : '',
    headers: Object.keys(subscription.headers).map((name) => ({ name, value: '', kept: true })),
    format: subscription.format,
    perSecond: subscription.rateLimit === null ? '' : String(subscription.rateLimit.perSecond),
    timeoutSeconds: String(subscription.timeoutSeconds),
  };
}

/** Whether the URL leads to another scheme, host or port, as far as what is typed is a URL. */
export function isMoved(before: Draft, draft: Draft): boolean {
  const origin = URL.parse(draft.url.trim())?.origin;
  return origin !== undefined && origin !== URL.parse(before.url)?.origin;
}

/** What the API is asked for. The filter goes along as text, see `filterOf`. */
export function fieldsOf(draft: Draft, before: Draft | null): SubscriptionFields {
  const creating = before === null;
  return {
    url: draft.url.trim(),
    description: draft.description,
    eventTypes: draft.eventTypes.length === 0 ? ['*'] : draft.eventTypes,
    format: draft.format,
    ...(creating && draft.headers.length === 0 ? {} : { headers: headersOf(draft, before) }),
    ...(creating && draft.perSecond === '' ? {} : { rateLimit: rateOf(draft.perSecond) }),
    ...(creating && draft.timeoutSeconds === '' ? {} : { timeoutSeconds: numberOf(draft.timeoutSeconds) }),
  };
}

/** The filter's JSON text; null text to leave it out of a new subscription, `null` to clear an old one's. */
export function filterOf(draft: Draft, before: Draft | null): string | null {
  if (draft.filter.trim() !== '') return draft.filter;
  return before === null ? null : 'null';
}

/** Only what changed: kept headers are not named, and null takes one away (RFC 7386). */
function headersOf(draft: Draft, before: Draft | null): Record<string, string | null> {
  const names = new Set(draft.headers.map(({ name }) => name));
  const gone = (before?.headers ?? []).filter(({ name }) => !names.has(name)).map(({ name }) => [name, null]);
  const written = draft.headers
    .filter(({ kept, name }) => !kept && name !== '')
    .map(({ name, value }) => [name, value]);
  return Object.fromEntries([...gone, ...written]);
}

function rateOf(text: string): { readonly perSecond: number } | null {
  const perSecond = numberOf(text);
  return perSecond === null ? null : { perSecond };
}

function numberOf(text: string): number | null {
  return text.trim() === '' ? null : Number(text);
}
