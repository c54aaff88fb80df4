/**
 * Every metric Fanfare emits: its unit, the one dimension it may carry besides the namespace, and the question it
 * answers. Emitters, graphs and alarms take their names from here and from nowhere else. No dimension is ever a
 * tenant, a subscription, an event or a URL: each distinct value is a metric that is billed by the month.
 */
export const METRICS_NAMESPACE = 'Fanfare';

export type MetricUnit = 'Count' | 'Milliseconds' | 'Seconds';

export interface MetricSpec {
  readonly stage: 'ingest' | 'fan-out' | 'dispatch' | 'retry' | 'redrive' | 'manage';
  readonly unit: MetricUnit;
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

export const METRICS = {
  EventsAccepted: {
    stage: 'ingest',
    unit: 'Count',
    dimension: null,
    question: 'How many events come in?',
  },
  EventsRefused: {
    stage: 'ingest',
    unit: 'Count',
    dimension: { name: 'Reason', values: REFUSAL_REASONS },
    question: 'Do producers send what we take, and if not, what is wrong?',
  },
  EventsOffSchema: {
    stage: 'ingest',
    unit: 'Count',
    dimension: null,
    question: 'How many accepted events break the schema of their type (mode "warn")?',
  },
  EventsDuplicate: {
    stage: 'ingest',
    unit: 'Count',
    dimension: null,
    question: 'How often do producers repeat themselves?',
  },
  EventsConflicting: {
    stage: 'ingest',
    unit: 'Count',
    dimension: null,
    question: 'Does a producer use one id for different events?',
  },
  FanOutSize: {
    stage: 'fan-out',
    unit: 'Count',
    dimension: null,
    question: 'How many subscriptions does an event reach?',
  },
  EventsUnmatched: {
    stage: 'fan-out',
    unit: 'Count',
    dimension: null,
    question: 'How many events does nobody want?',
  },
  AttemptsSucceeded: {
    stage: 'dispatch',
    unit: 'Count',
    dimension: null,
    question: 'How many attempts do endpoints take?',
  },
  AttemptsFailed: {
    stage: 'dispatch',
    unit: 'Count',
    dimension: { name: 'Class', values: FAILURE_CLASSES },
    question: 'How do endpoints fail?',
  },
  AttemptLatency: {
    stage: 'dispatch',
    unit: 'Milliseconds',
    dimension: null,
    question: 'How long do endpoints take to answer?',
  },
  FirstAttemptLag: {
    stage: 'dispatch',
    unit: 'Milliseconds',
    dimension: null,
    question: 'How late are we: accepted to first POST?',
  },
  EndToEndLag: {
    stage: 'dispatch',
    unit: 'Milliseconds',
    dimension: null,
    question: 'How late is the subscriber served: accepted to delivered?',
  },
  AttemptsInFlight: {
    stage: 'dispatch',
    unit: 'Count',
    dimension: null,
    question: 'How many attempts does one environment make at once?',
  },
  DeliveriesRetried: {
    stage: 'dispatch',
    unit: 'Count',
    dimension: null,
    question: 'How many deliveries wait for another attempt?',
  },
  DeliveriesDead: {
    stage: 'dispatch',
    unit: 'Count',
    dimension: null,
    question: 'How many deliveries ended as dead letters?',
  },
  DeliveriesSkipped: {
    stage: 'dispatch',
    unit: 'Count',
    dimension: null,
    question: 'How many deliveries meet a paused or disabled subscription?',
  },
  DeliveriesCancelled: {
    stage: 'dispatch',
    unit: 'Count',
    dimension: null,
    question: 'How many deliveries meet a deleted subscription?',
  },
  BatchItemsReturned: {
    stage: 'dispatch',
    unit: 'Count',
    dimension: { name: 'Stage', values: ['fan-out', 'dispatch', 'redrive'] },
    question: 'How many messages do we fail to work on?',
  },
  LogWriteFailures: {
    stage: 'dispatch',
    unit: 'Count',
    dimension: null,
    question: 'How many rows of the delivery log were not written?',
  },
  DeliveriesParked: {
    stage: 'dispatch',
    unit: 'Count',
    dimension: null,
    question: 'How many deliveries were put aside for more than 15 minutes?',
  },
  DeliveriesSwept: {
    stage: 'retry',
    unit: 'Count',
    dimension: null,
    question: 'How many parked deliveries fell due?',
  },
  ParkedOverdue: {
    stage: 'retry',
    unit: 'Seconds',
    dimension: null,
    question: 'How late is the oldest parked delivery?',
  },
  DeliveriesRedriven: {
    stage: 'redrive',
    unit: 'Count',
    dimension: null,
    question: 'How many dead letters were sent again?',
  },
} as const satisfies Readonly<Record<string, MetricSpec>>;

export type MetricName = keyof typeof METRICS;
