/**
 * Merges sources that each run downwards by `positionOf` into one that does. A source is read on only when its
 * last page is used up, all sources that ran dry at once together. Pages given out are never empty.
 */
export async function* mergeDescending<T>(
  sources: readonly AsyncIterable<readonly T[]>[],
  positionOf: (item: T) => string,
): AsyncGenerator<readonly T[], void> {
  let runs = sources.map((source) => ({ pages: source[Symbol.asyncIterator](), items: [] as T[] }));
  for (;;) {
    await Promise.all(runs.map(fill));
    runs = runs.filter((run) => run.items.length > 0);
    if (runs.length === 0) return;
    yield drainUntilOneIsEmpty(runs, positionOf);
  }
}

interface Run<T> {
  readonly pages: AsyncIterator<readonly T[]>;
  /** What was read and not given out yet. */
  items: T[];
}

async function fill<T>(run: Run<T>): Promise<void> {
  while (run.items.length === 0) {
    const page = await run.pages.next();
    if (page.done) return;
    run.items = [...page.value];
  }
}

/** Only as long as every run has an item is the largest of them certain to be the next. */
function drainUntilOneIsEmpty<T>(runs: readonly Run<T>[], positionOf: (item: T) => string): readonly T[] {
  const merged: T[] = [];
  while (runs.every((run) => run.items.length > 0)) {
    const next = runs.reduce((best, run) =>
      headOf(run, positionOf) > headOf(best, positionOf) ? run : best,
    );
    merged.push(...next.items.splice(0, 1));
  }
  return merged;
}

function headOf<T>(run: Run<T>, positionOf: (item: T) => string): string {
  const [head] = run.items;
  return head === undefined ? '' : positionOf(head);
}
