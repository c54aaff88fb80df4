import type { Event } from '../event.ts';
import { formatTime } from '../rfc3339.ts';
import type { BodyFormat } from '../subscription.ts';

/** Content type of a body; the structured mode of CloudEvents has its own (HTTP binding 1.0.2, section 3.2). */
export const CONTENT_TYPES: Readonly<Record<BodyFormat, string>> = {
  standard: 'application/json',
  cloudevents: 'application/cloudevents+json',
};

/** The body of an event in each form, made when it is first asked for. */
export type BodyOf = (format: BodyFormat) => Buffer;

/** The bodies of an event, made once for all its targets. */
export function bodyOf(event: Event): BodyOf {
  const made = new Map<BodyFormat, Buffer>();
  return (format) => {
    const body = made.get(format) ?? requestBody(event, format);
    made.set(format, body);
    return body;
  };
}

/**
 * The bytes a subscriber gets. The event's data goes in token for token, so the envelope around it is put
 * together as text.
 */
export function requestBody(event: Event, format: BodyFormat): Buffer {
  return Buffer.from(format === 'cloudevents' ? cloudEvent(event) : standard(event));
}

/** Standard Webhooks 1.0.0, "Payload structure". */
function standard(event: Event): string {
  const type = JSON.stringify(event.type);
  return `{"type":${type},"timestamp":"${formatTime(event.time)}","data":${event.data}}`;
}

/** CloudEvents 1.0.2, JSON format, structured mode. */
function cloudEvent(event: Event): string {
  const attributes = JSON.stringify({
    specversion: '1.0',
    id: event.id,
    source: `/tenants/${encodeURIComponent(event.tenant)}`,
    type: event.type,
    time: formatTime(event.time),
    ...(event.subject === null || event.subject === '' ? {} : { subject: event.subject }),
    datacontenttype: 'application/json',
  });
  return `${attributes.slice(0, -1)},"data":${event.data}}`;
}
