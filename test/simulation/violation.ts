/** A promise that was broken, and whom it concerns, as far as that is known. */
export interface Violation {
  readonly says: string;
  readonly about: Subject;
}

/** Names what a part of a history is about; whatever is left out may be anything. */
export interface Subject {
  readonly tenant?: string;
  readonly event?: string;
  readonly subscription?: string;
  readonly delivery?: string;
  readonly url?: string;
}

/** A violation, and whom it concerns. */
export function violation(says: string, about: Subject = {}): Violation {
  return { says, about };
}
