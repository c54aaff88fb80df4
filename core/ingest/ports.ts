/** The claim of an event id that a caller chose: the first body to come decides. */
export interface EventClaim {
  readonly tenant: string;
  readonly id: string;
  /** SHA-256 of the body's bytes as received, hex. */
  readonly bodyHash: string;
  readonly acceptedAt: number;
  /** The source of a CloudEvent; null for an event in Fanfare's own form. */
  readonly source: string | null;
  /** The request that claims it: asking again for the same one, because an answer was lost, finds its own claim. */
  readonly requestId: string;
}

/** What a claim met. */
export type ClaimOutcome =
  /** It is this request's now. `acceptedAt` is what the claim says: an earlier call of the same request may have made it. */
  | { readonly kind: 'claimed'; readonly acceptedAt: number }
  /** Somebody claimed the id before; `recorded` says whether fan-out has the event on record. */
  | { readonly kind: 'taken'; readonly by: EventClaim; readonly recorded: boolean };

/** Where ids are claimed: one conditional write each. */
export interface EventClaims {
  claim(claim: EventClaim): Promise<ClaimOutcome>;
}
