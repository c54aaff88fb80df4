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
  readonly createdAt: number;
  /** Null: never. */
  readonly expiresAt: number | null;
}

export interface KeyDirectory {
  /** The key with this hash; consistent. It may have expired: the caller looks. */
  byHash(hash: string): Promise<KeyRecord | null>;
}

/** The first admin key, which exists before any other does. */
export interface AdminKey {
  /** The key as it is now. Throws if it cannot be read. */
  read(): Promise<string>;
}
