import type { After } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Subscription } from '../subscription.ts';
import { within } from '../within.ts';
import type { SubscriptionReader } from './ports.ts';

export interface CurrentSubscriptionsDeps {
  readonly subscriptions: Pick<SubscriptionReader, 'loadNow'>;
  readonly after: After;
  readonly log: Log;
}

/** A subscription as it is now, `undefined` if it is gone. Null: that could not be found out. */
export type Current = { readonly subscription: Subscription | undefined } | null;

/** What has to wait for this read was sent already, and is not on record yet. */
const MAX_MS = 1_000;

/**
 * Reads subscriptions as they are now on behalf of the messages of one run. What was read since a message came is good
 * for that message, so a hundred messages that are held back for one subscription read it once.
 */
export class CurrentSubscriptions {
  readonly #deps: CurrentSubscriptionsDeps;
  readonly #reads = new Map<string, { readonly number: number; readonly current: Promise<Current> }>();
  #begun = 0;

  constructor(deps: CurrentSubscriptionsDeps) {
    this.#deps = deps;
  }

  /** To be asked for when a message comes: how many reads had begun by then. */
  get begun(): number {
    return this.#begun;
  }

  /** The subscription as it is, or was after so many reads had begun. Never throws. */
  read(tenant: string, id: string, since: number): Promise<Current> {
    const key = `${tenant}\n${id}`;
    const known = this.#reads.get(key);
    if (known !== undefined && known.number >= since) return known.current;
    const current = this.#read(tenant, id);
    this.#reads.set(key, { number: this.#begun++, current });
    return current;
  }

  async #read(tenant: string, id: string): Promise<Current> {
    const { subscriptions, after, log } = this.#deps;
    try {
      return { subscription: await within(after, MAX_MS, subscriptions.loadNow(tenant, id)) };
    } catch (cause) {
      log.error('dispatch.subscription-failed', { tenant, subscriptionId: id }, cause);
      return null;
    }
  }
}
