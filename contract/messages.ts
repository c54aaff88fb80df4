/**
 * Bodies of the queue messages. A body is one line of JSON (the header), a newline, and the event's data
 * token for token as the producer sent it. `core/message.ts` reads and writes this form.
 *
 * `v` is the version of the form. A worker that meets a version it does not know fails the record, so a
 * rollback loses nothing: the message waits in the queue, then in its poison queue.
 */

/** What caused an attempt. */
export type Trigger = 'schedule' | 'manual' | 'redrive' | 'replay' | 'test';

/** The event as every later stage needs it, without its data. Times are epoch milliseconds. */
export interface EventEnvelope {
  readonly tenant: string;
  readonly id: string;
  readonly type: string;
  readonly subject: string | null;
  /** When it happened: the producer's `time`, else `acceptedAt`. */
  readonly time: number;
  readonly acceptedAt: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** The producer's `traceparent`, if it sent one: handed on to subscribers as it is, and found in log lines. */
  readonly trace?: string;
  /** The producer's `tracestate`, if it sent a `traceparent` too. */
  readonly tracestate?: string;
  /** Set for an event that came as a CloudEvent: what is needed to send the same one on. */
  readonly cloudEvent?: CloudEventOrigin;
}

/** What a CloudEvent said that the envelope does not. Its source, `dataschema` and extensions are in the metadata, as text. */
export interface CloudEventOrigin {
  /** The id it came with; the event's own where its source clashed with another's. Unique for its source alone. */
  readonly id: string;
  /** Its `datacontenttype`; absent for `application/json`. */
  readonly contentType?: string;
  /** Its `time`, where the envelope's says less or is spelt otherwise; absent if it is the same. */
  readonly time?: string;
  /** Names of metadata that were numbers or booleans, and whose text is JSON already; absent for none. */
  readonly literals?: readonly string[];
}

/** The run of the schedule that fan-out begins. */
export const FIRST_RUN = '0';

/** Header of a message on `events`. */
export interface EventMessage {
  readonly v: 1;
  /** Id of the ingest request that sent this message; the one that first reaches fan-out owns the event. */
  readonly requestId: string;
  /**
   * Whether the event's id is claimed already, so that `acceptedAt` is what its claim says. Absent for ids that tell
   * their time by themselves, and for those that fan-out has to claim.
   */
  readonly claimed?: true;
  readonly event: EventEnvelope;
  /** Set when fan-out put the event back because the time or work of a run was used up; absent otherwise. */
  readonly progress?: FanOutProgress;
}

/** How far fan-out came with an event of which nothing is on record yet. */
export interface FanOutProgress {
  /** How often it was put back. */
  readonly turns: number;
  /** The last subscription that was looked at; null: none. */
  readonly after: string | null;
  /** Subscriptions found so far to send it to. */
  readonly targets: readonly string[];
  /** Subscriptions found so far whose filter is too costly for it. */
  readonly costly: readonly string[];
  /** Steps that filters took so far. */
  readonly steps: number;
}

/** Header of a message on `deliveries` and `slow-deliveries`: one event and the subscriptions to send it to. */
export interface DeliveryMessage {
  readonly v: 1;
  readonly event: EventEnvelope;
  /** Partitions that the event's delivery rows are spread over; fixed at fan-out. */
  readonly shards: number;
  /** Attempt about to be made, counted from 1 over the delivery's whole life (redrives included). */
  readonly attempt: number;
  /** Attempts made so far in this run of the schedule; indexes the retry schedule. */
  readonly step: number;
  /** Which run of the schedule this is: `FIRST_RUN`, otherwise the id of the request or task that began it. */
  readonly run: string;
  readonly trigger: Trigger;
  /** Subscription ids, 1 to 100. Only first attempts carry more than one. */
  readonly targets: readonly string[];
  /** Set when the attempt was held back before it was made; absent otherwise. */
  readonly held?: Held;
  /** How often the attempt was put off because its host could not even be looked up; absent if never. */
  readonly unasked?: number;
  /**
   * Epoch milliseconds at which the subscription was created that the delivery waits for; absent while it has not waited.
   * A subscription that was made later under the same id gets nothing of it.
   */
  readonly subscriptionCreatedAt?: number;
  /** Set when the deliveries are to be recorded as failed, and nothing sent; absent otherwise. */
  readonly giveUp?: GiveUpReason;
}

/** `filter-too-costly`: the subscription's filter took more steps on the event than it may, so nobody knows if it matches. */
export type GiveUpReason = 'filter-too-costly';

/** Why an attempt that was not made yet is on its way again. */
export interface Held {
  /** It was moved to `slow-deliveries`. */
  readonly slow: boolean;
  /** The moment its subscription's rate limit reserved for it, in epoch milliseconds. */
  readonly slotAt: number | null;
}

/** Header of a message on `dead-letters`: the delivery message that failed, and why. */
export interface DeadLetterMessage extends DeliveryMessage {
  readonly dead: {
    readonly at: number;
    readonly reason: DeadReason;
    readonly lastStatus: number | null;
    readonly lastError: string | null;
    /** Requests that were sent till then; absent in letters older than this: the attempt. */
    readonly requests?: number;
  };
}

/**
 * `exhausted`: the schedule is used up. `final`: an outcome that is not retried (blocked, 410, event gone). Otherwise what
 * the delivery was given up for; letters older than this say `final` of that too.
 */
export type DeadReason = 'exhausted' | 'final' | GiveUpReason;

/** Body of a message on `tasks` (no data follows). The task's own record holds what it is to do. */
export interface TaskMessage {
  readonly v: 1;
  readonly task: string;
}
