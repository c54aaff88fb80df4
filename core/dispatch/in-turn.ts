/**
 * Runs `start` for each of `count` pieces of work and answers what they came to, in order. `start` may put a piece off
 * and keeps nothing but its number until then: promises made for all of a large batch at once would outlive the
 * garbage collector's young generation, and everything they touch with them. Rejects with the first failure.
 */
export function inTurn<T>(
  count: number,
  start: (index: number, ended: (result: T) => void, failed: (cause: unknown) => void) => void,
): Promise<readonly T[]> {
  return new Promise((resolve, reject) => {
    const results = new Array<T>(count);
    let left = count;
    if (left === 0) resolve(results);
    for (let index = 0; index < count; index++) {
      const ended = (result: T): void => {
        results[index] = result;
        left--;
        if (left === 0) resolve(results);
      };
      start(index, ended, reject);
    }
  });
}
