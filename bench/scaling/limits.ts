import { DUE_SHARDS, EVENT_LIST_SHARDS } from '../../contract/tables.ts';
import type { Load, Settings } from './situation.ts';

/** The knobs of the template (`Concurrency` and `Throttling` in `lib/`), as they stand when nobody turns them. */
export const DEFAULTS = { requestsPerSecond: 1_000, fanOut: 50, dispatch: 200, slowDispatch: 100 } as const;

/** A limit: what is asked of it, where it stands, how far it can be moved, and by what. */
export interface Limit {
  readonly name: string;
  readonly asked: (load: Load) => number;
  readonly stands: number;
  /** As far as a knob or a quota of AWS moves it within one account and region. */
  readonly most: number;
  readonly knob: string;
}

const PARTITION_WRITES = 1_000;
const PARTITION_READS = 3_000;
const TABLE_WRITES = 40_000;
/** What a quota of AWS is commonly raised to on request; not a promise of theirs. */
const RAISED = { requests: 40_000, concurrency: 20_000, tableWrites: 400_000 } as const;
/** A mapping goes to this many runs by its maximum, and to twenty times as many with provisioned pollers. */
const MAPPING = { maximum: 1_000, provisioned: 20_000 } as const;
/** Ten rows a step and shard; a step reads events, sends and deletes, which takes about 40 ms. */
const SWEPT_PER_SECOND = (DUE_SHARDS * 10) / 0.04;
/**
 * Subscriptions of one tenant that a fan-out environment keeps in memory: an eighth of 512 MB, at 320 bytes for one
 * without a filter. Larger lists are read for each batch.
 */
const KEPT_SUBSCRIPTIONS = 200_000;

/** Every limit that traffic can meet. https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html */
export const LIMITS: readonly Limit[] = [
  {
    name: 'API Gateway requests',
    asked: (load) => load.requests,
    stands: DEFAULTS.requestsPerSecond,
    most: RAISED.requests,
    knob: 'post arrays of 100; the prop `throttling`; beyond 10,000/s a quota',
  },
  {
    name: 'runs at once, account',
    asked: ({ concurrency: { ingest, fanOut, dispatch, slow } }) => ingest + fanOut + dispatch + slow,
    stands: 1_000,
    most: RAISED.concurrency,
    knob: 'the Lambda quota "concurrent executions"',
  },
  {
    name: 'fan-out runs at once',
    asked: (load) => load.concurrency.fanOut,
    stands: DEFAULTS.fanOut,
    most: MAPPING.maximum,
    knob: '`concurrency.fanOut`, up to 1,000',
  },
  {
    name: 'dispatch runs at once',
    asked: (load) => load.concurrency.dispatch,
    stands: DEFAULTS.dispatch,
    most: MAPPING.provisioned,
    knob: '`concurrency.dispatch`, up to 1,000; beyond it provisioned pollers',
  },
  {
    name: 'slow-lane runs at once',
    asked: (load) => load.concurrency.slow,
    stands: DEFAULTS.slowDispatch,
    most: MAPPING.maximum,
    knob: '`concurrency.slowDispatch`, up to 1,000',
  },
  {
    name: 'messages in flight, one queue',
    asked: (load) => load.inFlight,
    stands: 120_000,
    most: 120_000,
    knob: 'none: keep ten times the runs below it',
  },
  {
    name: "one tenant's event list",
    asked: (load) => load.tenantListWrites,
    stands: EVENT_LIST_SHARDS * PARTITION_WRITES,
    most: 64 * PARTITION_WRITES,
    knob: '`EVENT_LIST_SHARDS`, at the price of slower lists',
  },
  {
    name: "one subscription's log",
    asked: (load) => load.busiestListWrites,
    stands: PARTITION_WRITES,
    most: PARTITION_WRITES,
    knob: 'the packed log has no row for each delivery',
  },
  {
    name: 'events table writes',
    asked: (load) => load.eventWrites,
    stands: TABLE_WRITES,
    most: RAISED.tableWrites,
    knob: 'the table quota; warm throughput before a launch',
  },
  {
    name: 'deliveries table writes',
    asked: (load) => load.deliveryWrites,
    stands: TABLE_WRITES,
    most: RAISED.tableWrites,
    knob: 'the packed log; the table quota; warm throughput before a launch',
  },
  {
    name: "one tenant's change version",
    asked: (load) => load.versionReads,
    stands: PARTITION_READS,
    most: PARTITION_READS,
    knob: 'none needed: one read a batch',
  },
  {
    name: "one tenant's subscriptions in memory",
    asked: (load) => load.subscriptionsOfLargest,
    stands: KEPT_SUBSCRIPTIONS,
    most: KEPT_SUBSCRIPTIONS,
    knob: 'memory of `fan-out`; more tenants',
  },
  {
    name: 'retries swept',
    asked: (load) => load.parked,
    stands: SWEPT_PER_SECOND,
    most: (64 * 10) / 0.04,
    knob: '`DUE_SHARDS`',
  },
];

/** How much of a limit is used, 1 being all of it. */
export interface Use {
  readonly limit: Limit;
  readonly share: number;
}

/** Limits by how much of them is used, the fullest first. */
export function usesOf(load: Load, settings: Settings, where: 'stands' | 'most' = 'stands'): readonly Use[] {
  return LIMITS.filter(({ name }) => !(settings.log === 'packed' && name === "one subscription's log"))
    .map((limit) => ({ limit, share: limit.asked(load) / limit[where] }))
    .sort((a, b) => b.share - a.share);
}
