import { DISPATCH } from '../../contract/limits.ts';

/** The three date forms of RFC 9110 section 5.6.7. */
const DATES = [
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d{2}-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/**
 * When a `Retry-After` (RFC 9110 section 10.2.3) asks to be tried again, in epoch milliseconds and never more
 * than a day ahead; null if it says nothing that can be used.
 */
export function retryAfterAt(value: string | null, now: number): number | null {
  const text = value?.trim() ?? '';
  const longest = now + DISPATCH.maxRetryAfterSeconds * 1000;
  if (/^\d+$/.test(text)) return Math.min(now + Number(text) * 1000, longest);
  if (!DATES.some((form) => form.test(text))) return null;
  const date = Date.parse(/GMT$/.test(text) ? text : `${text} GMT`);
  return Number.isNaN(date) || date <= now ? null : Math.min(date, longest);
}
