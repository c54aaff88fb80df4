import type { Stage } from '../contract/environment.ts';
import type { DeployedFunction } from './bundles.ts';
import type { StandIns } from './stand-ins/stand-ins.ts';

/** Figures by their dotted names. */
export type Figures = Readonly<Record<string, number>>;

/** What each part of the bench works with. */
export interface Bench {
  readonly quick: boolean;
  readonly standIns: StandIns;
  /** The functions as they deploy. */
  readonly functions: Readonly<Record<Stage, DeployedFunction>>;
  /** Tells whoever waits what is being measured. */
  say(what: string): void;
}

/** A figure that would be wrong must not be printed: raised when work was dropped or done badly. */
export class BenchError extends Error {
  override readonly name = 'BenchError';
}

/** Throws unless two counts agree. */
export function expectEqual(what: string, actual: number, expected: number): void {
  if (actual !== expected) throw new BenchError(`${what}: ${actual} instead of ${expected}`);
}
