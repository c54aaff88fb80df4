import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { batchWrite } from '../../adapters/aws/batch-write.ts';
import { toEventItems } from '../../adapters/aws/event-item.ts';
import { inParallel } from '../../adapters/aws/in-parallel.ts';
import { DynamoDeadLetters } from '../../adapters/dynamo-dead-letters.ts';
import { DynamoDeliveryLog } from '../../adapters/dynamo-delivery-log.ts';
import { systemRandom } from '../../adapters/system.ts';
import type { DeliveryLogMode } from '../../contract/delivery-log.ts';
import { DISPATCH, INGEST } from '../../contract/limits.ts';
import { FIRST_RUN } from '../../contract/messages.ts';
import type { DeliveryRow } from '../../core/delivery.ts';
import { type EventRecord, envelopeOf } from '../../core/event.ts';
import { deliveryId, newEventId } from '../../core/id.ts';

/** A tenant whose lists are as dear as they may be. */
export const TENANT = 'large';
export const SUBSCRIPTION = 'busy';
/** A type that the oldest event alone has. */
export const RARE = 'rare';

/** What to seed, in items. */
export interface Amounts {
  readonly events: number;
  /** As fat as they may be, the newest. */
  readonly fatEvents: number;
  /** Deliveries of one event. */
  readonly ofOneEvent: number;
  /** Attempts of one delivery. */
  readonly attempts: number;
}

/** What was seeded, by id. */
export interface Seeded {
  /** An event with the largest data, one with many deliveries. */
  readonly largeEvent: string;
  readonly wideEvent: string;
  /** A delivery with many attempts. */
  readonly delivery: string;
}

/** Names of the tables to fill. */
export interface Tables {
  readonly events: string;
  readonly deliveries: string;
}

/** JSON makes six bytes of each. */
export const control = (length: number): string => '\u0001'.repeat(length);

/** As much metadata as there may be. */
export const FAT_METADATA = Object.fromEntries(
  Array.from({ length: INGEST.maxMetadataPairs }, (_, at) => [
    String(at).padStart(2, '0') + control(INGEST.maxMetadataKeyLength - 2),
    control(INGEST.maxMetadataValueLength),
  ]),
);

/** Fills the tables past the pipeline, which would take an hour for it. */
export async function seed(
  client: DynamoDBClient,
  tables: Tables,
  mode: DeliveryLogMode,
  { events: count, fatEvents, ofOneEvent, attempts }: Amounts,
): Promise<Seeded> {
  const now = Date.now() - 60_000;
  const events = Array.from({ length: count }, (_, at) => eventOf(now - at * 1_000, at < fatEvents));
  const wide = {
    ...eventOf(now - fatEvents * 1_000 - 1, false),
    matched: ofOneEvent,
    shards: Math.ceil(ofOneEvent / 80),
  };
  const tried = eventOf(now - fatEvents * 1_000 - 2, false);
  const large = { ...eventOf(now - fatEvents * 1_000 - 3, false), data: `"${'\\u0001'.repeat(40_000)}"` };
  const oldest = { ...eventOf(now - (count + 1) * 1_000, false), type: RARE };
  const items = await Promise.all([...events, wide, tried, large, oldest].map(toEventItems));
  const puts = items.flatMap(({ record, data }) =>
    data ? [{ put: record }, { put: data }] : [{ put: record }],
  );
  await batchWrite(client, tables.events, puts);

  const log = new DynamoDeliveryLog(client, tables.deliveries, { mode });
  const failures = Array.from({ length: ofOneEvent }, (_, at) => rowOf(wide, `sub-${at}`, 1, 'failed'));
  const manual = Array.from({ length: attempts }, (_, at) =>
    rowOf(tried, SUBSCRIPTION, at + 1, at === 0 ? 'failed' : null),
  );
  await log.append(events.slice(0, 2_000).map((event) => rowOf(event, SUBSCRIPTION, 1, 'succeeded')));
  await log.append([...failures, ...manual]);
  await recordDead(new DynamoDeadLetters(client, tables.deliveries), wide, failures);
  return { largeEvent: large.id, wideEvent: wide.id, delivery: manual[0]?.delivery ?? '' };
}

async function recordDead(
  letters: DynamoDeadLetters,
  event: EventRecord,
  rows: readonly DeliveryRow[],
): Promise<void> {
  const dead = { at: Date.now(), reason: 'exhausted', lastStatus: 500, lastError: null } as const;
  const head = { v: 1, event: envelopeOf(event), shards: event.shards, attempt: 1, step: 0 } as const;
  await inParallel(rows, 16, ({ subscription, delivery }) =>
    letters.record({ ...head, run: FIRST_RUN, trigger: 'schedule', targets: [subscription], dead }, delivery),
  );
}

function eventOf(acceptedAt: number, isFat: boolean): EventRecord {
  return {
    ...{ tenant: TENANT, id: newEventId(acceptedAt, systemRandom), type: 'order.created' },
    ...{ time: acceptedAt, acceptedAt, requestId: 'bench', matched: 1, shards: 1, data: '{"total":1.10}' },
    subject: isFat ? control(INGEST.maxSubjectLength) : null,
    metadata: isFat ? FAT_METADATA : {},
  };
}

function rowOf(
  event: EventRecord,
  subscription: string,
  attempt: number,
  status: DeliveryRow['status'],
): DeliveryRow {
  const { tenant, id, type: eventType, shards, acceptedAt: createdAt } = event;
  const succeeded = status === 'succeeded';
  const url = `http://127.0.0.1:9/${'p'.repeat(2_000)}`;
  const responseBody = succeeded ? null : control(DISPATCH.maxResponseBodyBytes);
  return {
    ...{ tenant, event: id, eventType, subscription, shards, createdAt, attempt, status },
    ...{ run: attempt === 1 ? FIRST_RUN : `run_${attempt}`, trigger: attempt === 1 ? 'schedule' : 'manual' },
    ...{ delivery: deliveryId(event, subscription), at: createdAt + attempt, request: attempt },
    ...{ reason: status === 'failed' ? 'exhausted' : null, nextAttemptAt: null },
    result: {
      ...{
        url,
        durationMs: 41,
        timings: null,
        status: succeeded ? 204 : 500,
        error: null,
        errorDetail: null,
      },
      ...{ responseBody, responseTruncated: false },
    },
  };
}
