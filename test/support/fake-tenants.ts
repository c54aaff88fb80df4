import { type TenantRecord, type TenantStore, tenantPosition } from '../../core/manage/tenant-store.ts';

/** Tenants in memory. */
export class FakeTenants implements TenantStore {
  readonly #records = new Map<string, TenantRecord>();

  async get(id: string): Promise<TenantRecord | null> {
    return this.#records.get(id) ?? null;
  }

  async ensure(record: TenantRecord): Promise<void> {
    if (!this.#records.has(record.id)) this.#records.set(record.id, record);
  }

  async replace(record: TenantRecord): Promise<boolean> {
    if (!this.#records.has(record.id)) return false;
    this.#records.set(record.id, record);
    return true;
  }

  async remove({ id }: TenantRecord): Promise<void> {
    this.#records.delete(id);
  }

  async *newestFirst(after: string | null): AsyncIterable<readonly TenantRecord[]> {
    const sorted = [...this.#records.values()].sort((a, b) =>
      tenantPosition(a) < tenantPosition(b) ? 1 : -1,
    );
    const left = sorted.filter((record) => after === null || tenantPosition(record) < after);
    for (let at = 0; at < left.length; at += 2) yield left.slice(at, at + 2);
  }
}
