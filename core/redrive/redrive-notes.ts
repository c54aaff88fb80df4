/** What a redrive notes down between its pages. Times in epoch milliseconds. */
export interface RedriveNotes {
  /** Dead letters on record that are left to deal with; null: they are being counted. */
  readonly left: number | null;
  /** How many were counted so far. */
  readonly counted: number;
  /** The last delivery that was looked at for that; null: none. */
  readonly after: string | null;
  /** Since when letters that are on record are not to be had; null: they are. */
  readonly missingSince: number | null;
}

/** A count that begins. */
export const NOT_COUNTED: RedriveNotes = { left: null, counted: 0, after: null, missingSince: null };

/** Reads the `progress` of a redrive. */
export function readNotes(progress: string | null): RedriveNotes {
  if (progress === null) return NOT_COUNTED;
  const read: RedriveNotes | number = JSON.parse(progress);
  // A task that was under way when notes were a time alone.
  return typeof read === 'number' ? { ...NOT_COUNTED, missingSince: read } : read;
}
