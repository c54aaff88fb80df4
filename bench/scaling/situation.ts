import type { FailingRates } from './failing-subscription.ts';

/** A moment in the life of a deployment. */
export interface Situation {
  readonly eventsPerSecond: number;
  readonly subscriptions: number;
  /** Subscriptions that an event reaches. */
  readonly fanOut: number;
  /** Share of all subscriptions that fail; half of them refuse, half hang. */
  readonly failing: number;
  /** How one failing subscription behaves, by how it fails, if it gets `ratesAt` deliveries a second. */
  readonly rates: { readonly refuses: FailingRates; readonly hangs: FailingRates; readonly ratesAt: number };
  readonly settings: Settings;
}

/** What its owner can turn. */
export interface Settings {
  readonly name: string;
  /** Events in a post. */
  readonly array: number;
  readonly log: 'full' | 'packed';
}

/** What runs take and write, as the price meter (`bench/cost`) sees it, and what a deployment is made of. */
export const MEASURED = {
  ingestSeconds: 0.03,
  ingestSecondsPerEvent: 0.0006,
  ingestGb: 0.25,
  fanOutSeconds: 0.1,
  dispatchSeconds: 0.25,
  /** Each delivery's share of a run's CPU, half of them over a new TLS connection. */
  secondsPerDelivery: 0.0055,
  /** A run that only finds breakers open. */
  holdSeconds: 0.08,
  /** … and what it reads for each delivery: subscription and health. */
  holdReads: 1,
  hangSeconds: 15,
  workerGb: 0.5,
  eventWrites: 1,
  fullRowWrites: 2,
  packedRowBytes: 400,
  packedResultBytes: 60,
  storedBytesPerEvent: 810,
  storedBytesPerFullRow: 1_200,
  logBytesPerRun: 450,
} as const;

/** The largest tenant's share of events and of subscriptions. */
export const LARGEST_TENANT = 0.1;
const SOCKETS = 256;
const ENDPOINT_SECONDS = 0.2;
const TARGETS_PER_MESSAGE = 100;
/** A batch fills with what comes in this time, up to ten messages. */
const FILL_SECONDS = 0.05;

/** What is asked of each part, a second. */
export interface Load {
  readonly requests: number;
  readonly concurrency: {
    readonly ingest: number;
    readonly fanOut: number;
    readonly dispatch: number;
    readonly slow: number;
  };
  readonly runs: number;
  readonly gbSeconds: number;
  readonly queueRequests: number;
  /** Messages received and not yet deleted, on the queue that has most. */
  readonly inFlight: number;
  readonly eventWrites: number;
  readonly deliveryWrites: number;
  readonly healthWrites: number;
  readonly reads: number;
  readonly parked: number;
  /** Writes to the list of the largest tenant's events. */
  readonly tenantListWrites: number;
  /** Writes to the list of the busiest subscription: it gets every event of the largest tenant. */
  readonly busiestListWrites: number;
  readonly versionReads: number;
  readonly subscriptionsOfLargest: number;
  readonly deliveries: number;
  /** Deliveries that wait for failing endpoints. */
  readonly waiting: number;
  readonly storedBytes: number;
  readonly logBytes: number;
}

/** What a situation asks of each part. */
export function loadOf(situation: Situation): Load {
  const { eventsPerSecond, fanOut, subscriptions, failing, settings } = situation;
  const sick = sickness(situation);
  const deliveries = eventsPerSecond * fanOut * (1 - failing);
  const messages = eventsPerSecond * Math.ceil(fanOut / TARGETS_PER_MESSAGE);
  const requests = eventsPerSecond / settings.array;

  const fanOutRuns = eventsPerSecond / batchOf(eventsPerSecond);
  const packedBatch = batchOf(messages);
  const dispatchRuns = messages / packedBatch;
  const perRun = (packedBatch * deliveries) / Math.max(messages, 1e-9);
  const waves = Math.max(0, Math.ceil(perRun / SOCKETS) - 1);
  const dispatchSeconds =
    MEASURED.dispatchSeconds + waves * ENDPOINT_SECONDS + perRun * MEASURED.secondsPerDelivery;
  const singles = sick.holds + sick.slowMoves + sick.retries;
  const singleRuns = singles / batchOf(singles);
  const slowRuns = sick.slowMessages / batchOf(sick.slowMessages);
  const hangingRuns = Math.min(slowRuns, sick.hangs);

  const concurrency = {
    ingest: requests * (MEASURED.ingestSeconds + settings.array * MEASURED.ingestSecondsPerEvent),
    fanOut: fanOutRuns * MEASURED.fanOutSeconds,
    dispatch: dispatchRuns * dispatchSeconds + singleRuns * MEASURED.holdSeconds,
    slow: hangingRuns * MEASURED.hangSeconds + (slowRuns - hangingRuns) * MEASURED.holdSeconds,
  };
  const rowWrites =
    settings.log === 'full' ? deliveries * MEASURED.fullRowWrites : messages * packedWrites(fanOut);
  const attemptsFailed = sick.attempts * MEASURED.fullRowWrites;
  return {
    requests,
    concurrency,
    runs: requests + fanOutRuns + dispatchRuns + singleRuns + slowRuns,
    gbSeconds:
      concurrency.ingest * MEASURED.ingestGb +
      (concurrency.fanOut + concurrency.dispatch + concurrency.slow) * MEASURED.workerGb,
    queueRequests:
      3 * (eventsPerSecond / 10) +
      (settings.array === 1 ? eventsPerSecond * 0.9 : 0) +
      3 * (messages / packedBatch + (singles + sick.slowMessages) / 10),
    inFlight: Math.max(concurrency.dispatch, concurrency.slow, concurrency.fanOut) * 10,
    eventWrites: eventsPerSecond * MEASURED.eventWrites,
    deliveryWrites: rowWrites + attemptsFailed + 2 * sick.parked,
    healthWrites: sick.healthWrites,
    reads: (singles + sick.slowMessages) * MEASURED.holdReads,
    parked: sick.parked,
    tenantListWrites: eventsPerSecond * LARGEST_TENANT,
    busiestListWrites: eventsPerSecond * LARGEST_TENANT,
    versionReads: (eventsPerSecond * LARGEST_TENANT) / batchOf(eventsPerSecond),
    subscriptionsOfLargest: subscriptions * LARGEST_TENANT,
    deliveries,
    waiting: sick.waiting,
    storedBytes:
      eventsPerSecond * MEASURED.storedBytesPerEvent +
      (settings.log === 'full'
        ? deliveries * MEASURED.storedBytesPerFullRow
        : messages * packedBytes(fanOut)) +
      sick.attempts * MEASURED.storedBytesPerFullRow,
    logBytes: (requests + fanOutRuns + messages + singles + sick.slowMessages) * MEASURED.logBytesPerRun,
  };
}

/** What all failing subscriptions do together. Holding back grows with what comes in, attempts do not. */
function sickness({ eventsPerSecond, fanOut, subscriptions, failing, rates }: Situation) {
  const count = subscriptions * failing;
  const grows = (eventsPerSecond * fanOut) / subscriptions / rates.ratesAt;
  const both = (of: (one: FailingRates) => number): number =>
    (count / 2) * (of(rates.refuses) + of(rates.hangs));
  const half = (of: (one: FailingRates) => number): number => (count / 2) * of(rates.hangs);
  return {
    attempts: both((one) => one.attempts),
    hangs: half((one) => one.attempts),
    holds: grows * both((one) => one.holds),
    slowMoves: grows * half((one) => one.slowMoves),
    slowMessages: grows * half((one) => one.slowMoves),
    retries: both((one) => one.delayed + one.parked),
    parked: both((one) => one.parked),
    healthWrites: both((one) => one.healthWrites),
    waiting: grows * both((one) => one.waiting),
  };
}

function batchOf(messagesPerSecond: number): number {
  return Math.min(10, Math.max(1, messagesPerSecond * FILL_SECONDS));
}

function packedBytes(fanOut: number): number {
  return MEASURED.packedRowBytes + fanOut * MEASURED.packedResultBytes;
}

function packedWrites(fanOut: number): number {
  const messages = Math.ceil(fanOut / TARGETS_PER_MESSAGE);
  return Math.ceil(packedBytes(fanOut / messages) / 1024);
}
