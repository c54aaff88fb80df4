import type { Event } from '../event.ts';
import { formatTime } from '../rfc3339.ts';
import type { BodyFormat } from '../subscription.ts';

/** Content type of a body; the structured mode of CloudEvents has its own (HTTP binding 1.0.2, section 3.2). */
export const CONTENT_TYPES: Readonly<Record<BodyFormat, string>> = {
  standard: 'application/json',
  cloudevents: 'application/cloudevents+json',
};

/** What a body tells of an event. */
export type ToldOfEvent = Pick<
  Event,
  'tenant' | 'id' | 'type' | 'subject' | 'time' | 'metadata' | 'cloudEvent' | 'data'
>;

/**
 * What a subscriber gets, as text. The event's data goes in token for token, so the envelope around it is put
 * together as text. The console shows requests with this very code: docs/adr/0006.
 */
export function bodyText(event: ToldOfEvent, format: BodyFormat): string {
  return format === 'cloudevents' ? cloudEvent(event) : standard(event);
}

/** Standard Webhooks 1.0.0, "Payload structure". */
function standard(event: ToldOfEvent): string {
  const type = JSON.stringify(event.type);
  return `{"type":${type},"timestamp":"${formatTime(event.time)}","data":${event.data}}`;
}

/**
 * CloudEvents 1.0.2, JSON format, structured mode. One that came in goes out with its own id, source, `dataschema` and
 * extensions ("An Intermediary SHOULD forward OPTIONAL attributes", section 3.1); any other has the tenant as its source.
 */
function cloudEvent(event: ToldOfEvent): string {
  const { cloudEvent: origin, metadata } = event;
  const attributes: Record<string, string> = {
    specversion: '1.0',
    id: origin?.id ?? event.id,
    source: `/tenants/${encodeURIComponent(event.tenant)}`,
    type: event.type,
    time: origin?.time ?? formatTime(event.time),
    ...(event.subject === null || event.subject === '' ? {} : { subject: event.subject }),
    datacontenttype: origin?.contentType ?? 'application/json',
    ...(origin === undefined ? {} : metadata),
  };
  const literals = new Set(origin?.literals);
  const members = Object.entries(attributes).map(
    ([name, value]) => `${JSON.stringify(name)}:${literals.has(name) ? value : JSON.stringify(value)}`,
  );
  return `{${members.join()},"data":${event.data}}`;
}
