/** What a piece of work took. */
export interface Taken {
  /** Time on the processor, user and system, in microseconds. */
  readonly cpuMicros: number;
  readonly wallMs: number;
}

/** Measures work by the processor time of this process, which other processes on the machine disturb least. */
export async function measured(work: () => Promise<void>): Promise<Taken> {
  const began = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { cpuMicros: user + system, wallMs: performance.now() - began };
}
