import type { EventEnvelope } from '../contract/messages.ts';

/** An event with its data: what a producer posted, ready to be sent. */
export interface Event extends EventEnvelope {
  /** The `data` member of the body, token for token. */
  readonly data: string;
}

/** An event as fan-out puts it on record. */
export interface EventRecord extends Event {
  /** The ingest request that owns the event; see `contract/messages.ts`. */
  readonly requestId: string;
  /** Subscriptions it matched, paused and disabled ones included. */
  readonly matched: number;
  /** Partitions that its delivery rows are spread over. */
  readonly shards: number;
}

/** What messages carry of a record. */
export function envelopeOf(event: EventEnvelope): EventEnvelope {
  const { tenant, id, type, subject, time, acceptedAt, metadata, trace, tracestate, cloudEvent } = event;
  return {
    ...{ tenant, id, type, subject, time, acceptedAt, metadata },
    ...(trace === undefined ? {} : { trace }),
    ...(tracestate === undefined ? {} : { tracestate }),
    ...(cloudEvent === undefined ? {} : { cloudEvent }),
  };
}
