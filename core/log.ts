/** A value that may stand in a log line. Ids, counts, times and decisions; never secrets, payloads or header values. */
export type LogField = string | number | boolean | null | undefined | readonly string[];

/** Structured log: one wide line per unit of work. */
export interface Log {
  /** `event` is `stage.happened`, for instance `dispatch.attempted`. */
  info(event: string, fields: Readonly<Record<string, LogField>>): void;
  /**
   * The same for work that went well, of which a deployment may want to read only a share. There are millions of such
   * lines, so what is nothing, a zero or an empty list, may be left out.
   */
  routine(event: string, fields: Readonly<Record<string, LogField>>): void;
  warn(event: string, fields: Readonly<Record<string, LogField>>, cause?: unknown): void;
  /** Something of ours failed. */
  error(event: string, fields: Readonly<Record<string, LogField>>, cause?: unknown): void;
  /** The lines that follow, routine ones apart, are to name this invocation. */
  begin(invocationId: string): void;
}
