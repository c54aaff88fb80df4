import type { Scope } from '../api-key.ts';

/** An API key on record. The key itself is not: only its hash. Times are epoch milliseconds. */
export interface KeyRecord {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the key, hex. */
  readonly hash: string;
  readonly scopes: readonly Scope[];
  /** Null: any tenant. */
  readonly tenant: string | null;
  /**
   * Hashes of the keys it comes from, the first of them first and the one that made it last: it is good for as long as
   * all of them are. Empty if the first admin key made it.
   */
  readonly madeBy: readonly string[];
  readonly createdAt: number;
  /** Null: never. */
  readonly expiresAt: number | null;
}

export interface KeyDirectory {
  /** The key with this hash; consistent. It may have expired: the caller looks. */
  byHash(hash: string): Promise<KeyRecord | null>;
  /** Whether `byHash` would find all of these; consistent, one read, and none for none. */
  areOnRecord(hashes: readonly string[]): Promise<boolean>;
}

/** The first admin key, which exists before any other does. */
export interface AdminKey {
  /** The key as it is now. Throws if it cannot be read. */
  read(): Promise<string>;
}
