import type { SubscriptionInterest } from '../subscription.ts';
import type { Task } from '../task.ts';

/** A dead letter as received from the queue. */
export interface ReceivedLetter {
  readonly body: string;
  /** Handle to delete or return it by. */
  readonly receipt: string;
}

export interface DeadLetterQueue {
  /** Up to ten letters, held back from other receivers for `holdSeconds`; empty when there are none. */
  receive(holdSeconds: number): Promise<readonly ReceivedLetter[]>;
  delete(receipts: readonly string[]): Promise<void>;
  /** Makes letters visible again at once. */
  release(receipts: readonly string[]): Promise<void>;
}

/** A dead letter as listed. */
export interface DeadLetterEntry {
  readonly tenant: string;
  readonly delivery: string;
  readonly event: string;
  readonly eventType: string;
  readonly subscription: string;
  readonly shards: number;
  readonly createdAt: number;
  readonly deadAt: number;
  readonly reason: string;
  /** The run of the schedule it died in; null for a record that is older than this being kept. */
  readonly run: string | null;
  /** The attempt it died from. */
  readonly attempts: number;
  /** Requests that were sent till then. */
  readonly requests: number;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
}

/** Names one death of a delivery: after a redrive it may die again, under a higher attempt. */
export interface DeadDelivery {
  readonly tenant: string;
  readonly delivery: string;
  /** The attempt that was the last. */
  readonly attempt: number;
}

/** The failed deliveries on record. */
export interface DeadLetterIndex {
  /** Entries of a tenant, newest delivery first, in pages, starting after `after` (a delivery id); consistent. */
  entries(tenant: string, after: string | null): AsyncIterable<readonly DeadLetterEntry[]>;
  /** Those of the deaths, as given, that are on record; consistent. */
  stillDead<Death extends DeadDelivery>(deaths: readonly Death[]): Promise<readonly Death[]>;
  /** Removes the record of this death; a newer one of the same delivery, or none, is left as it is. */
  remove(death: DeadDelivery): Promise<void>;
}

/** Whether a task was created; if not, which open tasks of its tenant there are, or which does the same already. */
export type TaskCreation =
  | { readonly kind: 'created' }
  | { readonly kind: 'too-many'; readonly open: readonly string[] }
  | { readonly kind: 'same'; readonly task: string };

export interface TaskStore {
  get(id: string): Promise<Task | null>;
  /**
   * Creates the task, unless its tenant has as many open ones as it may or one does the same work (`workOf`), however
   * many are created at once.
   */
  create(task: Task): Promise<TaskCreation>;
  /**
   * Replaces the task if its revision is still `task.revision`, and returns it with the next one. Null if
   * somebody else wrote it meanwhile.
   */
  update(task: Task): Promise<Task | null>;
}

/** A subscription's interest, and since when it has been there (epoch milliseconds). */
export type ReplayedSubscription = SubscriptionInterest & { readonly createdAt: number };

export interface SubscriptionLookup {
  /** One subscription as it is now; consistent. Null if there is none. */
  find(tenant: string, id: string): Promise<ReplayedSubscription | null>;
}

export interface SubscriptionExistence {
  /** Which of these subscriptions of a tenant exist; consistent. */
  existing(tenant: string, ids: readonly string[]): Promise<ReadonlySet<string>>;
}
