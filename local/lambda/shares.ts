import type { MappingSpec } from './event-source-mapping.ts';
import type { Lane } from './pool.ts';

/** What a mapping gets of the environments of its function. */
export interface Share {
  /** Batches it may have under way. */
  readonly concurrency: number;
  readonly lane: Lane;
}

/** Lambda's own limit; what a mapping without one of its own is weighed with. */
const MOST = 1_000;

/**
 * Divides the environments of a function, `most` of them, between its mappings, as their maximum concurrencies in the
 * template are to each other. The largest may take all but one for each of the others. These keep to their part, and
 * beyond the first they leave one that is free, so that slow deliveries never have the last environment.
 */
export function shareOf(spec: MappingSpec, all: readonly MappingSpec[], most: number): Share {
  const others = all.filter((each) => each !== spec && each.functionArn === spec.functionArn);
  const isLargest = others.every((other) => weightOf(other) <= weightOf(spec));
  const total = [spec, ...others].reduce((sum, each) => sum + weightOf(each), 0);
  const part = isLargest ? most - others.length : Math.floor((most * weightOf(spec)) / total);
  return {
    concurrency: Math.min(spec.maxConcurrency, Math.max(1, part)),
    lane: { leaves: isLargest ? 0 : 1, held: 0 },
  };
}

function weightOf({ maxConcurrency }: MappingSpec): number {
  return Math.min(maxConcurrency, MOST);
}
