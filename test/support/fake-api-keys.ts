import { QUOTA, type Quotas } from '../../contract/limits.ts';
import type { AdminKey, KeyDirectory, KeyRecord } from '../../core/auth/ports.ts';
import type { KeyMade, KeyStore } from '../../core/manage/key-store.ts';

/** API keys in memory; counts look-ups. */
export class FakeApiKeys implements KeyDirectory, KeyStore {
  readonly #records = new Map<string, KeyRecord>();
  readonly #sessions = new Map<string, KeyRecord>();
  /** Ids of those that let nobody in although they are still on record. */
  readonly #revoked = new Set<string>();
  lookUps = 0;
  quotas: Quotas = { ...QUOTA };

  async byHash(hash: string): Promise<KeyRecord | null> {
    this.lookUps++;
    return this.#valid(hash);
  }

  async areOnRecord(hashes: readonly string[]): Promise<boolean> {
    return hashes.every((hash) => this.#valid(hash) !== null);
  }

  #valid(hash: string): KeyRecord | null {
    const found = this.#all.find((record) => record.hash === hash);
    return found === undefined || this.#revoked.has(found.id) ? null : found;
  }

  get #all(): readonly KeyRecord[] {
    return [...this.#records.values(), ...this.#sessions.values()];
  }

  async get(id: string): Promise<KeyRecord | null> {
    return this.#records.get(id) ?? this.#sessions.get(id) ?? null;
  }

  async getSession(id: string): Promise<KeyRecord | null> {
    return this.#sessions.get(id) ?? null;
  }

  async create(record: KeyRecord): Promise<KeyMade> {
    if (this.#records.has(record.id)) throw new Error('a new API key is already on record');
    return this.#put(this.#records, record, this.quotas.keysPerTenant);
  }

  async revoke({ id }: KeyRecord): Promise<void> {
    this.#revoked.add(id);
  }

  async *madeWith({ hash }: KeyRecord): AsyncGenerator<readonly KeyRecord[]> {
    for (const made of this.#all) if (made.madeBy.at(-1) === hash) yield [made];
  }

  async removeAll(records: readonly KeyRecord[]): Promise<void> {
    for (const record of records) await this.remove(record);
  }

  async remove(record: KeyRecord): Promise<void> {
    this.#records.delete(record.id);
    this.#sessions.delete(record.id);
  }

  async createSession(record: KeyRecord): Promise<KeyMade> {
    if (this.#sessions.has(record.id)) throw new Error('a new API key is already on record');
    return this.#put(this.#sessions, record, this.quotas.portalSessionsPerTenant);
  }

  #put(records: Map<string, KeyRecord>, record: KeyRecord, most: number): KeyMade {
    if (!record.madeBy.every((hash) => this.#valid(hash) !== null)) return { kind: 'maker-gone' };
    const ends = [...records.values()].flatMap(({ tenant, expiresAt }) =>
      tenant === record.tenant && (expiresAt === null || expiresAt > record.createdAt) ? [expiresAt] : [],
    );
    if (ends.length >= most) {
      const known = ends.filter((end) => end !== null);
      return { kind: 'full', until: known.length === 0 ? null : Math.min(...known) };
    }
    records.set(record.id, record);
    return { kind: 'room' };
  }

  async removeSessions(tenant: string): Promise<number> {
    const own = this.sessions.filter((session) => session.tenant === tenant);
    for (const { id } of own) this.#sessions.delete(id);
    return own.length;
  }

  /** Portal sessions on record. */
  get sessions(): readonly KeyRecord[] {
    return [...this.#sessions.values()];
  }

  async *newestFirst(after: string | null): AsyncGenerator<readonly KeyRecord[]> {
    const sorted = [...this.#records.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
    for (const record of sorted) if (after === null || record.id < after) yield [record];
  }
}

/** The first admin key; counts reads, and fails on demand. */
export class FakeAdminKey implements AdminKey {
  value: string;
  reads = 0;
  failing = false;

  constructor(value: string) {
    this.value = value;
  }

  async read(): Promise<string> {
    this.reads++;
    if (this.failing) throw new Error('the secret store is down');
    return this.value;
  }
}
