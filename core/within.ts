import type { After } from './clock.ts';

/** Something took longer than it may. */
export class TooLateError extends Error {
  override readonly name = 'TooLateError';
}

/** What the work comes to. Throws `TooLateError` if that takes more than `ms`; the work itself is left to itself. */
export async function within<T>(after: After, ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const cancel = after(ms, () => late.reject(new TooLateError(`not done within ${ms} ms`)));
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    cancel();
  }
}
