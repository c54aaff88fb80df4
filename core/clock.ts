/** The time. Passed in everywhere, so that a test can run a year of failures in a second. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

/** Randomness, passed in for the same reason. */
export interface Random {
  /** A number in [0, 1). */
  number(): number;
  /** `length` unpredictable bytes. */
  bytes(length: number): Uint8Array;
}

/** Does `work` after some milliseconds, unless it is cancelled by calling what is answered. */
export type After = (ms: number, work: () => void) => () => void;

/** Time left to the invocation at hand. */
export interface Deadline {
  /** Milliseconds until the function is stopped. */
  remainingMs(): number;
}
