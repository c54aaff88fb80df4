/** Generous: a wait ends when what it waits for is there, and others may use the processors meanwhile. */
const WITHIN_MS = 60_000;

/** Waits for a condition, looking again each few milliseconds. Throws, naming it, when it stays false. */
export async function until(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const givenUpAt = Date.now() + WITHIN_MS;
  while (!(await isTrue())) {
    if (Date.now() > givenUpAt) throw new Error(`not within ${WITHIN_MS} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
