import { createHash } from 'node:crypto';
import type { SealedPlace, Sealer } from '../../core/sealer.ts';

/** A sealer that keeps nothing secret but minds the place; fails on demand. */
export class FakeSealer implements Sealer {
  failing = false;

  async seal(text: string, place: SealedPlace): Promise<string> {
    this.#check();
    return Buffer.from(JSON.stringify([place.tenant, place.subscription, text])).toString('base64url');
  }

  async open(sealed: string, place: SealedPlace): Promise<string | null> {
    this.#check();
    const prefix = JSON.stringify([place.tenant, place.subscription]).slice(0, -1);
    const text = Buffer.from(sealed, 'base64url').toString();
    return text.startsWith(`${prefix},`) ? JSON.parse(text)[2] : null;
  }

  async derive(purpose: string): Promise<Uint8Array> {
    this.#check();
    return createHash('sha256').update(purpose).digest();
  }

  #check(): void {
    if (this.failing) throw new Error('the data key cannot be had');
  }
}
