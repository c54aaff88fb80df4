/**
 * Every metric Fanfare emits: its unit, the one dimension it may carry besides that of the pipeline, and the question
 * it answers. Emitters, graphs and alarms take their names from here and from nowhere else. No dimension is ever a
 * tenant, a subscription, an event or a URL: each distinct value is a metric that is billed by the month.
 */
export const METRICS_NAMESPACE = 'Fanfare';

/**
 * The dimension that every metric carries: the path of the construct that emits it, so that two pipelines in one
 * account do not mix. Powertools gives it this name.
 */
export const PIPELINE_DIMENSION = 'service';

export type MetricUnit = 'Count' | 'Milliseconds' | 'Seconds';

/**
 * What happens to values measured in one invocation. `count`: they are added up. `distribution`: each is kept, for
 * percentiles. `peak`: the greatest is kept.
 */
export type MetricKind = 'count' | 'distribution' | 'peak';

export interface MetricSpec {
  readonly stage: 'ingest' | 'fan-out' | 'dispatch' | 'retry' | 'redrive' | 'manage';
  readonly unit: MetricUnit;
  readonly kind: MetricKind;
  /** Name and every permitted value of the dimension; null for none. */
  readonly dimension: { readonly name: string; readonly values: readonly string[] } | null;
  readonly question: string;
}

/** Why an attempt failed, as graphs tell it apart. */
export const FAILURE_CLASSES = [
  '3xx',
  '4xx',
  '5xx',
  'timeout',
  'dns',
  'connect',
  'tls',
  'reset',
  'blocked',
  'protocol',
  'no-secret',
] as const;
export type FailureClass = (typeof FAILURE_CLASSES)[number];

/** Why an event was refused: the problem types of `POST /v1/events`. */
export const REFUSAL_REASONS = [
  'invalid-event',
  'unauthorized',
  'forbidden',
  'too-large',
  'unsupported-media-type',
  'rate-limited',
  'unavailable',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** Why a delivery waits before its attempt. */
export const HOLD_REASONS = ['slow', 'breaker', 'pace', 'dns'] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];

export const METRICS = {
  EventsAccepted: {
    stage: 'ingest',
    unit: 'Count',
    kind: 'count',
    dimension: null,
    question: 'How many events come in?',
  },
  EventsRefused: {
    stage: 'ingest',
    unit: 'Count',
    kind: 'count',
    dimension: { name: 'Reason', values: REFUSAL_REASONS },
    question: 'Do producers send what we take, and if not, what is wrong?',
  },
  EventsOffSchema: {
    stage: 'ingest',
    unit: 'Count',
    kind: 'count',
    dimension: null,
    question: 'How many accepted events break the schema of their type (mode "warn")?',
  },
  EventsDuplicate: {
    stage: 'ingest',
    unit: 'Count',
    kind: 'count',
    dimension: null,
    question: 'How often do producers repeat themselves?',
  },
  EventsConflicting: {
    stage: 'ingest',
    unit: 'Count',
    kind: 'count',
    dimension: null,
    question: 'Does a producer use one id for different events?',
  },
  FanOutSize: {
    stage: 'fan-out',
    unit: 'Count',
    kind: 'distribution',
    dimension: null,
    question: 'How many subscriptions does an event reach?',
  },
  EventsUnmatched: {
    stage: 'fan-out',
    unit: 'Count',
    kind: 'count',
    dimension: null,
    question: 'How many events does nobody want?',
  },
  EventsPutBack: {
    stage: 'fan-out',
    unit: 'Count',
    kind: 'count',
    dimension: null,
    question: 'How many events go back to the queue because matching them takes more than one run?',
  },
  AttemptsMade: {
    stage: 'dispatch',
    unit: 'Count',
    kind: 'count',
    dimension: null,
    question: 'How many requests do we send to endpoints?',
  },
  AttemptsSucceeded: {
    stage: 'dispatch',
    unit: 'Count',
    kind: 'count',
    dimension: null,
    question: 'How many attempts do endpoints take?',
  },
  AttemptsFailed: {
    stage: 'dispatch',
    unit: 'Count',
    kind: 'count',
    dimension: { name: 'Class', values: FAILURE_CLASSES },
    question: 'How do endpoints fail?',
  },
  AttemptLatency: {
    stage: 'dispatch',
    unit: 'Milliseconds',
    kind: 'distribution',
    dimension: null,
    question: 'How long do endpoints take to answer?',
  },
  FirstAttemptLag: {
    stage: 'dispatch',
    unit: 'Milliseconds',
    kind: 'distribution',
    dimension: null,
    question: 'How late are we: accepted to first POST, deliveries held for their endpoint left out?',
  },
  EndToEndLag: {
    stage: 'dispatch',
    unit: 'Milliseconds',
    kind: 'distribution',
    dimension: null,
    question: 'How late is the subscriber served: accepted to delivered?',
  },
  AttemptsInFlight: {
    stage: 'dispatch',
    unit: 'Count',
    kind: 'peak',
    dimension: null,
    question: 'How many attempts does one environment make at once?',
  },
  DeliveriesRetried: {
    stage: 'dispatch',
    unit: 'Count',
    kind: 'count',
    dimension: null,
    question: 'How many deliveries wait for another attempt?',
  },
  DeliveriesDead: {
    stage: 'dispatch',
    unit: 'Count',
    kind: 'count',
    dimension: null,
    question: 'How many deliveries ended as dead letters?',
  },
  DeliveriesSkipped: {
    stage: 'dispatch',
    unit: 'Count',
    kind: 'count',
    dimension: null,
    question: 'How many deliveries meet a paused or disabled subscription?',
  },
  DeliveriesCancelled: {
    stage: 'dispatch',
    unit: 'Count',
    kind: 'count',
    dimension: null,
    question: 'How many deliveries meet a deleted subscription?',
  },
  BatchItemsReturned: {
    stage: 'dispatch',
    unit: 'Count',
    kind: 'count',
    dimension: { name: 'Stage', values: ['fan-out', 'dispatch', 'redrive'] },
    question: 'How many messages do we fail to work on?',
  },
  LogWriteFailures: {
    stage: 'dispatch',
    unit: 'Count',
    kind: 'count',
    dimension: null,
    question: 'How many rows of the delivery log were not written?',
  },
  DeliveriesHeld: {
    stage: 'dispatch',
    unit: 'Count',
    kind: 'count',
    dimension: { name: 'Why', values: HOLD_REASONS },
    question:
      'How many deliveries wait because of their endpoint: it is slow, it fails, it asked for a pace, or name servers are silent?',
  },
  BreakersOpened: {
    stage: 'dispatch',
    unit: 'Count',
    kind: 'count',
    dimension: null,
    question: 'How many endpoints do we leave alone for a while, because ten attempts in a row failed?',
  },
  SubscriptionsDisabled: {
    stage: 'dispatch',
    unit: 'Count',
    kind: 'count',
    dimension: null,
    question: 'How many subscriptions did we switch off, because they answered 410 or failed for days?',
  },
  DeliveriesParked: {
    stage: 'dispatch',
    unit: 'Count',
    kind: 'count',
    dimension: null,
    question: 'How many deliveries were put aside for more than 15 minutes?',
  },
  DeliveriesSwept: {
    stage: 'retry',
    unit: 'Count',
    kind: 'count',
    dimension: null,
    question: 'How many parked deliveries fell due?',
  },
  ParkedOverdue: {
    stage: 'retry',
    unit: 'Seconds',
    kind: 'peak',
    dimension: null,
    question: 'How late is the oldest parked delivery?',
  },
  DeliveriesRedriven: {
    stage: 'redrive',
    unit: 'Count',
    kind: 'count',
    dimension: null,
    question: 'How many dead letters were sent again?',
  },
  LoopsRefused: {
    stage: 'manage',
    unit: 'Count',
    kind: 'count',
    dimension: null,
    question: 'How many of our own requests came back to the API, and were refused with 508?',
  },
} as const satisfies Readonly<Record<string, MetricSpec>>;

export type MetricName = keyof typeof METRICS;
