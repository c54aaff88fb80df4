import type { Figures } from './figures.ts';

/** Loss of a kept figure that `--check` lets pass. */
export const TOLERANCE = 0.15;

/** What is kept of an earlier run: figures, each of which should be as high, or as low, as it was. */
export interface Baseline {
  readonly higher: Figures;
  readonly lower: Figures;
}

/** The figures that are worse than the baseline by more than the tolerance, or missing, in words. */
export function lossesAgainst(baseline: Baseline, figures: Figures): readonly string[] {
  const judge = (kept: Figures, isWorse: (now: number, then: number) => boolean): readonly string[] =>
    Object.entries(kept).flatMap(([name, then]) => {
      const now = figures[name];
      if (now === undefined) return [`${name} was not measured`];
      return isWorse(now, then) ? [`${name} is ${now.toPrecision(3)}; it was ${then}`] : [];
    });
  return [
    ...judge(baseline.higher, (now, then) => now < then * (1 - TOLERANCE)),
    ...judge(baseline.lower, (now, then) => now > then * (1 + TOLERANCE)),
  ];
}
