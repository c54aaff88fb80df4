import {
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { EventEnvelope } from '../contract/messages.ts';
import { EVENT_LIST_SHARDS, INDEXES, KEYS } from '../contract/tables.ts';
import type { Clock } from '../core/clock.ts';
import type { EventRecord } from '../core/event.ts';
import {
  type EventListFilter,
  type EventReads,
  eventPosition,
  type ListedEvent,
  timePosition,
} from '../core/manage/event-reads.ts';
import { type EventData, eventKey } from '../core/retry/ports.ts';
import { batchGet } from './aws/batch-get.ts';
import {
  dataOfItem,
  fromEventItem,
  fromListedItem,
  LISTED,
  listPartition,
  recordKey,
} from './aws/event-item.ts';
import { type Item, isExpired } from './aws/item.ts';
import { mergeDescending } from './aws/merge-descending.ts';

/** Events read in one call per partition of a list. */
const PAGE_SIZE = 100;

/** Event records in the events table, as they are read. */
export class DynamoEventReads implements EventReads, EventData {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #clock: Clock;

  constructor(client: DynamoDBClient, table: string, clock: Clock) {
    this.#client = client;
    this.#table = table;
    this.#clock = clock;
  }

  async get(tenant: string, id: string): Promise<EventRecord | null> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: recordKey(tenant, id), ConsistentRead: true }),
    );
    return Item && this.#isLive(Item) ? fromEventItem(Item) : null;
  }

  async dataOf(
    events: readonly Pick<EventEnvelope, 'tenant' | 'id'>[],
  ): Promise<ReadonlyMap<string, string>> {
    const keys = events.map((event) => recordKey(event.tenant, event.id));
    const items = (await batchGet(this.#client, this.#table, keys)).filter((item) => this.#isLive(item));
    return new Map(
      await Promise.all(
        items.map(async (item) => [eventKey(fromListedItem(item)), await dataOfItem(item)] as const),
      ),
    );
  }

  async *newest(tenant: string, filter: EventListFilter): AsyncGenerator<readonly ListedEvent[], void> {
    const first = timePosition(filter.since ?? 0);
    const until = timePosition(filter.until ?? Number.POSITIVE_INFINITY);
    const last = filter.before && filter.before < until ? filter.before : until;
    // BETWEEN refuses bounds the wrong way round.
    if (last < first) return;
    const partitions = this.#partitions(tenant, first, last, filter.type ?? null);
    for await (const events of mergeDescending(partitions, eventPosition)) {
      // BETWEEN includes its bounds; no position equals a bare time, so only `before` itself can be too much.
      const older = events.filter((event) => eventPosition(event) !== filter.before);
      if (older.length > 0) yield older;
    }
  }

  async at(tenant: string, acceptedAt: number): Promise<readonly ListedEvent[]> {
    const found: ListedEvent[] = [];
    const filter = { since: acceptedAt, until: acceptedAt + 1 };
    for await (const events of this.newest(tenant, filter)) found.push(...events);
    return found;
  }

  #partitions(tenant: string, first: string, last: string, type: string | null) {
    return Array.from({ length: EVENT_LIST_SHARDS }, (_, shard) =>
      this.#partition({
        ...LIST_QUERY,
        TableName: this.#table,
        ExpressionAttributeValues: {
          ':partition': { S: listPartition(tenant, shard) },
          ':first': { S: first },
          ':last': { S: last },
          ...(type === null ? {} : { ':type': { S: type } }),
        },
        ...(type === null ? {} : { FilterExpression: '#type = :type' }),
      }),
    );
  }

  async *#partition(query: QueryCommandInput): AsyncGenerator<readonly ListedEvent[], void> {
    for await (const page of paginateQuery({ client: this.#client }, query)) {
      yield (page.Items ?? []).filter((item) => this.#isLive(item)).map(fromListedItem);
    }
  }

  #isLive(item: Item): boolean {
    return !isExpired(item, this.#clock.now());
  }
}

/** Attributes by placeholder, because many plain words are reserved. */
const PROJECTED = [...LISTED, KEYS.expiresAt];

const LIST_QUERY = {
  IndexName: INDEXES.eventsByTime.name,
  KeyConditionExpression: '#partition = :partition AND #position BETWEEN :first AND :last',
  ProjectionExpression: PROJECTED.map((name) => `#${name}`).join(', '),
  ExpressionAttributeNames: {
    '#partition': INDEXES.eventsByTime.partition,
    '#position': INDEXES.eventsByTime.sort,
    ...Object.fromEntries(PROJECTED.map((name) => [`#${name}`, name])),
  },
  ScanIndexForward: false,
  Limit: PAGE_SIZE,
} as const;
