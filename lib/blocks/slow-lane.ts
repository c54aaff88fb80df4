/**
 * How the slow lane is worked on. A run there waits for endpoints and does little else, so many deliveries share one:
 * each would keep a run of its own busy until its time-out. Two seconds more are little to an endpoint that takes three.
 */
export const SLOW_LANE = { batchSize: 50, gatherSeconds: 2 } as const;
