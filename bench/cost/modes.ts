/** A log mode, and the variables that set it. */
export interface LogMode {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
}

export const LOG_MODES: readonly LogMode[] = [{ name: 'full', variables: {} }];
