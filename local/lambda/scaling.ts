import { availableParallelism } from 'node:os';

/** How a function's environments come and go; see docs/local-parity.md for what AWS does. */
export const SCALING = {
  /** An invocation that lasts this long is waiting for somebody else and leaves the processor to others. */
  longMs: 1_000,
  /** A caller that waited this long is worth a new environment. To start one takes about as long. */
  callerMs: 400,
  /** An environment with nothing to do is ended after this time… */
  idleMs: 30_000,
  /** …and those a function keeps after this. */
  keptIdleMs: 600_000,
  /** How soon a function asks again for an environment when all functions together have as many as they may. */
  askAgainMs: 100,
} as const;

/** What this machine can run. More environments than that only take each other's time, and start for nothing. */
export const MACHINE = machineOf(availableParallelism());

export interface Machine {
  /** Environments of a function that compute at the same time. */
  readonly computing: number;
  /** Environments of all functions, beyond the first of each. */
  readonly more: number;
}

/** Two of a kind even on one core, so that what runs at once on AWS runs at once here. */
export function machineOf(cores: number): Machine {
  return { computing: Math.max(2, cores), more: Math.max(8, 4 * cores) };
}

/** A function's environments at a moment; times are epoch milliseconds. */
export interface Load {
  /** When each environment at work began. */
  readonly busySince: readonly number[];
  /** When whoever waits longest began to wait; null if nobody does. */
  readonly waitingSince: number | null;
  /** An invocation that lasts this long is waiting for somebody else. */
  readonly longMs: number;
}

/**
 * When a function that has environments, all of them at work, is due another one, in epoch milliseconds.
 *
 * - When one of its environments waits for somebody else, ahead of need, so that the next caller finds one…
 * - …or when a caller waited long; in both cases unless as many environments compute as there are cores.
 */
export function dueAt({ busySince, waitingSince, longMs }: Load, { computing }: Machine): number {
  // From when on each of them is waiting for somebody, latest first.
  const idlesAt = busySince.map((since) => since + longMs).sort((a, b) => b - a);
  const oneWaitsAt = idlesAt.at(-1) ?? 0;
  const [coreFreeAt = 0] = idlesAt.slice(computing - 1);
  const worthItAt =
    waitingSince === null ? oneWaitsAt : Math.min(oneWaitsAt, waitingSince + SCALING.callerMs);
  return Math.max(worthItAt, coreFreeAt);
}
