import type { Taken } from './process/cpu.ts';
import { median, shuffled, spread } from './statistics.ts';

/** One of several ways of doing the same work, ready to run. */
export interface Variant<Name extends string = string> {
  readonly name: Name;
  /** Does so much work again, and tells how much it was and what it took. */
  run(): Promise<Taken & { readonly units: number }>;
}

/** Variants side by side, each in a process of its own. */
export interface LineUp<Name extends string> {
  readonly variants: readonly Variant<Name>[];
  /** Ends their processes. */
  stop(): Promise<void>;
}

export interface RoundsPlan {
  /** How often everything is started anew: each process compiles its code in its own way. */
  readonly lineUps: number;
  /** Runs of each variant before those that count. */
  readonly warmUps: number;
  /** Runs of each variant that count, per line-up. */
  readonly rounds: number;
}

/** What rounds came to. */
export interface Rounds<Name extends string> {
  /** Processor time per unit, in microseconds: the median of all rounds. */
  micros(name: Name): number;
  /** Units per second on the clock, median: disturbed by whatever else the machine does. */
  perSecond(name: Name): number;
  /**
   * How much of the work of `base` the variant does in the same processor time: the median over the rounds, each
   * compared with itself only.
   */
  ratio(base: Name, name: Name): { readonly value: number; readonly spread: number };
  /** Units done in all, warming up included. */
  units(name: Name): number;
}

/** Runs all variants in each round, one at a time and in an order of chance. */
export async function inRounds<Name extends string>(
  lineUp: () => Promise<LineUp<Name>>,
  plan: RoundsPlan,
): Promise<Rounds<Name>> {
  const taken = new Map<Name, { readonly micros: number; readonly perSecond: number }[]>();
  const total = new Map<Name, number>();
  const run = async ({ name, run: work }: Variant<Name>, counts: boolean): Promise<void> => {
    const { units, cpuMicros, wallMs } = await work();
    total.set(name, (total.get(name) ?? 0) + units);
    if (!counts) return;
    taken.set(name, [
      ...(taken.get(name) ?? []),
      { micros: cpuMicros / units, perSecond: (units / wallMs) * 1000 },
    ]);
  };
  for (let i = 0; i < plan.lineUps; i++) {
    const { variants, stop } = await lineUp();
    try {
      for (let round = -plan.warmUps; round < plan.rounds; round++)
        for (const variant of shuffled(variants)) await run(variant, round >= 0);
    } finally {
      await stop();
    }
  }
  const of = (name: Name) => taken.get(name) ?? [];
  return {
    micros: (name) => median(of(name).map(({ micros }) => micros)),
    perSecond: (name) => median(of(name).map(({ perSecond }) => perSecond)),
    ratio: (base, name) => {
      const ratios = of(base).map(({ micros }, round) => micros / (of(name)[round]?.micros ?? Number.NaN));
      return { value: median(ratios), spread: spread(ratios) };
    },
    units: (name) => total.get(name) ?? 0,
  };
}
