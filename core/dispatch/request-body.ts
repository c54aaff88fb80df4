import type { Event } from '../event.ts';
import type { BodyFormat } from '../subscription.ts';
import { bodyText } from './body-text.ts';

/** The body of an event in each form, made when it is first asked for. */
export type BodyOf = (format: BodyFormat) => Buffer;

/** The bodies of an event, made once for all its targets: the bytes that subscribers get. */
export function bodyOf(event: Event): BodyOf {
  const made = new Map<BodyFormat, Buffer>();
  return (format) => {
    const body = made.get(format) ?? Buffer.from(bodyText(event, format));
    made.set(format, body);
    return body;
  };
}
