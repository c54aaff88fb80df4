/** Something that goes wrong on purpose, so that tests can see what the pipeline makes of it. */
export type Fault = {
  /** The queue or table it strikes, by name; each one if left out. */
  readonly on?: string;
  /** How often it strikes; 1 if left out. */
  readonly times?: number;
} /** The call is refused: too many requests. `operation` is an action of SQS or DynamoDB. */ & (
  | { readonly kind: 'throttle'; readonly operation: string }
  /** The call is carried out, but the caller gets a 500. */
  | { readonly kind: 'lost-answer'; readonly operation: string }
  /** The named entries of a batch call fail, by their place in it. */
  | {
      readonly kind: 'partial';
      readonly operation: 'SendMessageBatch' | 'DeleteMessageBatch';
      readonly entries: readonly number[];
    }
  /** The next message received comes twice. */
  | { readonly kind: 'duplicate' }
  /** The messages that are waiting come newest first. */
  | { readonly kind: 'reorder' }
);

type Kind = Fault['kind'];

/** The faults waiting to strike. */
export class Faults {
  readonly #waiting = new Map<Fault, number>();

  /** Sets a fault up; the answer takes it away again. */
  add(fault: Fault): () => void {
    this.#waiting.set(fault, fault.times ?? 1);
    return () => this.#waiting.delete(fault);
  }

  clear(): void {
    this.#waiting.clear();
  }

  /** The fault of this kind that strikes now, if any; it is used up by that. */
  strike<K extends Kind>(kind: K, on: string, operation?: string): Extract<Fault, { kind: K }> | null {
    for (const [fault, left] of this.#waiting) {
      if (!isKind(fault, kind) || (fault.on !== undefined && fault.on !== on)) continue;
      if ('operation' in fault && fault.operation !== operation) continue;
      if (left > 1) this.#waiting.set(fault, left - 1);
      else this.#waiting.delete(fault);
      return fault;
    }
    return null;
  }
}

function isKind<K extends Kind>(fault: Fault, kind: K): fault is Extract<Fault, { kind: K }> {
  return fault.kind === kind;
}
