/** Waits for a condition, looking again each few milliseconds. Throws, naming it, when it stays false. */
export async function until(
  what: string,
  isTrue: () => boolean | Promise<boolean>,
  withinMs = 30_000,
): Promise<void> {
  const givenUpAt = Date.now() + withinMs;
  while (!(await isTrue())) {
    if (Date.now() > givenUpAt) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
