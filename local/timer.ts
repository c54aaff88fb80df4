/**
 * Runs `work` at each full interval of the clock (each full minute, say), and once `soonMs` after it was called: after
 * a restart something may be overdue. The answer stops it.
 */
export function everyFull(everyMs: number, soonMs: number, work: (at: Date) => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (ms: number): void => {
    timer = setTimeout(() => {
      work(new Date());
      wait(everyMs - (Date.now() % everyMs));
    }, ms);
    timer.unref();
  };
  wait(soonMs);
  return () => clearTimeout(timer);
}
