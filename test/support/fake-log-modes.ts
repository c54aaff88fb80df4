import type { Item } from '../../adapters/aws/item.ts';
import { fromPackedItem, toPackedItems } from '../../adapters/aws/packed-item.ts';
import type { DeliveryLogMode } from '../../contract/delivery-log.ts';
import { KEYS } from '../../contract/tables.ts';
import type { DeliveryRow } from '../../core/delivery.ts';
import { isUneventful, keeps, LOG_POLICIES } from '../../core/dispatch/log-policy.ts';
import { FakeDeliveryLog } from './fake-delivery-log.ts';

/** The delivery log in memory, in one of its modes. */
export function fakeLogOf(mode: DeliveryLogMode): FakeDeliveryLog {
  if (mode === 'packed') return new FakePackedLog();
  return mode === 'failures' ? new FakeFailuresLog() : new FakeDeliveryLog();
}

/** Keeps uneventful rows as the very items that the table would hold. */
class FakePackedLog extends FakeDeliveryLog {
  override readonly policy = LOG_POLICIES.packed;
  override async append(rows: readonly DeliveryRow[]): Promise<void> {
    await super.append(rows.filter((row) => !isUneventful(row)));
    for (const own of Map.groupBy(
      rows.filter(isUneventful),
      (row) => `${row.tenant}\n${row.event}`,
    ).values()) {
      for (const item of toPackedItems(own)) this.#putItem(item, own);
    }
  }

  #putItem(item: Item, [first]: readonly DeliveryRow[]): void {
    if (!first) throw new Error('an item packs at least one row');
    this.put(first, `${item[KEYS.partition]?.S}\n${item[KEYS.sort]?.S}`, fromPackedItem(item, first));
  }
}

/** Keeps no row of a first attempt that succeeded. */
class FakeFailuresLog extends FakeDeliveryLog {
  override readonly policy = LOG_POLICIES.failures;

  override async append(rows: readonly DeliveryRow[]): Promise<void> {
    await super.append(rows.filter((row) => keeps(this.policy, row)));
  }
}
