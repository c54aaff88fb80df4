/** A tenant on record. Times are epoch milliseconds. */
export interface TenantRecord {
  readonly id: string;
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Delays for those of its subscriptions that have none of their own, in seconds; null: the default. */
  readonly retrySchedule: readonly number[] | null;
  readonly createdAt: number;
}

/** Where tenants are kept. */
export interface TenantStore {
  /** One tenant; consistent. */
  get(id: string): Promise<TenantRecord | null>;
  /** Puts a tenant on record unless it is there. */
  ensure(record: TenantRecord): Promise<void>;
  /** Replaces a tenant that is on record; its creation stays. False if it is gone. */
  replace(record: TenantRecord): Promise<boolean>;
  /** Removing what is gone changes nothing. */
  remove(record: TenantRecord): Promise<void>;
  /** All tenants, newest first, after the position of the last one seen; consistent. */
  newestFirst(after: string | null): AsyncIterable<readonly TenantRecord[]>;
}

/** A tenant that nobody has said anything about. */
export function plainTenant(id: string, createdAt: number): TenantRecord {
  return { id, name: '', metadata: {}, retrySchedule: null, createdAt };
}

/** Where a tenant stands in the list. */
export function tenantPosition({ id, createdAt }: Pick<TenantRecord, 'id' | 'createdAt'>): string {
  return `${String(createdAt).padStart(13, '0')}#${id}`;
}
