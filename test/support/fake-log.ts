import type { Log, LogField } from '../../core/log.ts';

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly event: string;
  readonly fields: Readonly<Record<string, LogField>>;
  readonly cause?: unknown;
}

/** A log that keeps nothing. */
export const silentLog: Log = {
  info: () => undefined,
  routine: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  begin: () => undefined,
};

/** A log that keeps its lines. */
export class FakeLog implements Log {
  readonly lines: LogLine[] = [];

  info(event: string, fields: LogLine['fields']): void {
    this.lines.push({ level: 'info', event, fields });
  }

  routine(event: string, fields: LogLine['fields']): void {
    this.info(event, fields);
  }

  begin(): void {
    // Lines are told apart by what they say.
  }

  warn(event: string, fields: LogLine['fields'], cause?: unknown): void {
    this.lines.push({ level: 'warn', event, fields, cause });
  }

  error(event: string, fields: LogLine['fields'], cause?: unknown): void {
    this.lines.push({ level: 'error', event, fields, cause });
  }

  /** The lines of one event. */
  of(event: string): readonly LogLine[] {
    return this.lines.filter((line) => line.event === event);
  }
}
