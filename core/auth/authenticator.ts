import { timingSafeEqual } from 'node:crypto';
import type { Authenticator, Caller } from '../api-key.ts';
import type { Clock } from '../clock.ts';
import type { AdminKey, KeyDirectory } from './ports.ts';
import { Recent } from './recent.ts';
import { hashToken, looksLikeToken } from './token.ts';

/** How long a valid key is believed without looking again: half of what a revocation may take. */
const BELIEVE_MS = 5_000;
/** How long an unknown token is refused without looking again. */
const REFUSE_MS = 3_000;
const CACHE_SIZE = 1_000;
/** A copy of the admin key older than this is read again before it lets anybody in. */
const ADMIN_FRESH_MS = 300_000;
/** Unknown tokens make us read the admin key again, in case it was rotated, no more often than this. */
const ADMIN_REREAD_MS = 60_000;

const ADMIN: Caller = { keyId: 'admin', scopes: ['admin'], tenant: null, lineage: [], expiresAt: null };

interface Answer {
  readonly caller: Caller | null;
  readonly expiresAt: number | null;
}

interface AdminCopy {
  readonly hash: string;
  readonly readAt: number;
}

/** Tells who holds a token: one of the stored keys, or the first admin key. */
export class KeyAuthenticator implements Authenticator {
  readonly #keys: KeyDirectory;
  readonly #adminKey: AdminKey;
  readonly #clock: Clock;
  readonly #recent = new Recent<Answer>(CACHE_SIZE);
  #admin: AdminCopy | null = null;

  constructor(deps: { readonly keys: KeyDirectory; readonly adminKey: AdminKey; readonly clock: Clock }) {
    this.#keys = deps.keys;
    this.#adminKey = deps.adminKey;
    this.#clock = deps.clock;
  }

  async authenticate(token: string): Promise<Caller | null> {
    const hash = hashToken(token);
    if (this.#adminAge() < ADMIN_FRESH_MS && this.#isAdmin(hash)) return ADMIN;
    const now = this.#clock.now();
    const known = this.#recent.get(hash, now)?.value ?? (await this.#lookUp(token, hash, now));
    return known.expiresAt === null || now < known.expiresAt ? known.caller : null;
  }

  async #lookUp(token: string, hash: string, now: number): Promise<Answer> {
    const record = looksLikeToken(token) ? await this.#keys.byHash(hash) : null;
    if (record !== null && (await this.#keys.areOnRecord(record.madeBy))) {
      const { id: keyId, scopes, tenant, madeBy, expiresAt } = record;
      const answer = { caller: { keyId, scopes, tenant, lineage: [...madeBy, hash], expiresAt }, expiresAt };
      this.#recent.set(hash, answer, now + BELIEVE_MS);
      return answer;
    }
    await this.#rereadAdmin(now);
    if (this.#isAdmin(hash)) return { caller: ADMIN, expiresAt: null };
    const refusal = { caller: null, expiresAt: null };
    this.#recent.set(hash, refusal, now + REFUSE_MS);
    return refusal;
  }

  async #rereadAdmin(now: number): Promise<void> {
    if (this.#adminAge() < ADMIN_REREAD_MS) return;
    const key = await this.#adminKey.read();
    // An empty secret must let nobody in.
    this.#admin = { hash: key === '' ? '' : hashToken(key), readAt: now };
  }

  #adminAge(): number {
    return this.#admin === null ? Number.POSITIVE_INFINITY : this.#clock.now() - this.#admin.readAt;
  }

  #isAdmin(hash: string): boolean {
    const expected = Buffer.from(this.#admin?.hash ?? '');
    const given = Buffer.from(hash);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}
