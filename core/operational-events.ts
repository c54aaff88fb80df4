import type { Clock } from './clock.ts';
import { eventIdOfKey } from './id.ts';
import type { Log } from './log.ts';
import { encodeMessage } from './message.ts';
import type { MessageQueue } from './queue.ts';
import { SYSTEM_TENANT } from './system-tenant.ts';

export type OperationalType =
  | 'subscription.disabled'
  | 'subscription.recovered'
  | 'delivery.exhausted'
  | 'event.conflict'
  | 'secret.rotated'
  | 'task.finished';

export interface OperationalEventsDeps {
  /** The queue `events`. */
  readonly queue: MessageQueue;
  readonly clock: Clock;
  readonly log: Log;
}

/** Tells subscribers of the tenant `fanfare.system` what happened, through the pipeline itself. */
export class OperationalEvents {
  readonly #deps: OperationalEventsDeps;

  constructor(deps: OperationalEventsDeps) {
    this.#deps = deps;
  }

  /**
   * Publishes an event. `occasion` names what happened once: told twice it makes one event. What happens to the
   * system's own subscriptions is not told, so that telling never causes more of it. A failure is reported and
   * harms nothing else.
   */
  async publish(
    type: OperationalType,
    occasion: string,
    data: Readonly<Record<string, string | number | null>> & { readonly tenant: string },
  ): Promise<void> {
    if (data.tenant === SYSTEM_TENANT) return;
    const now = this.#deps.clock.now();
    const id = eventIdOfKey(SYSTEM_TENANT, `${type}\n${occasion}`);
    const event = {
      tenant: SYSTEM_TENANT,
      id,
      type,
      subject: null,
      time: now,
      acceptedAt: now,
      metadata: {},
    };
    try {
      const body = encodeMessage({ v: 1, requestId: id, event }, JSON.stringify(data));
      await this.#deps.queue.send([{ body, group: SYSTEM_TENANT }]);
    } catch (cause) {
      this.#deps.log.error('operational.failed', { type, tenant: data.tenant }, cause);
    }
  }
}
