import { Logger } from '@aws-lambda-powertools/logger';
import type { Random } from '../core/clock.ts';
import type { Log, LogField } from '../core/log.ts';

/** Log lines as JSON on standard output, through Powertools, which honours Lambda's log-level controls. */
export class JsonLog implements Log {
  readonly #logger: Logger;
  readonly #share: number;
  readonly #random: Random;

  /** Of routine lines only this share is written, from 0 to 1; each says how large the share was. */
  constructor(service: string, share: number, random: Random) {
    this.#logger = new Logger({ serviceName: service });
    this.#share = share;
    this.#random = random;
  }

  begin(invocationId: string): void {
    this.#logger.appendKeys({ invocationId });
  }

  routine(event: string, fields: Readonly<Record<string, LogField>>): void {
    if (this.#share >= 1) this.info(event, fields);
    else if (this.#random.number() < this.#share) this.info(event, { ...fields, share: this.#share });
  }

  info(event: string, fields: Readonly<Record<string, LogField>>): void {
    this.#logger.info(event, { ...fields });
  }

  warn(event: string, fields: Readonly<Record<string, LogField>>, cause?: unknown): void {
    this.#logger.warn(event, { ...fields, ...describe(cause) });
  }

  error(event: string, fields: Readonly<Record<string, LogField>>, cause?: unknown): void {
    this.#logger.error(event, { ...fields, ...describe(cause) });
  }
}

/** Name and stack of an error, not its own fields: an SDK error carries the request, and so the payload. */
function describe(cause: unknown): { errorName?: string; errorMessage?: string; stack?: string } {
  if (cause === undefined) return {};
  if (!(cause instanceof Error)) return { errorMessage: typeof cause };
  return {
    errorName: cause.name,
    errorMessage: cause.message,
    ...(cause.stack === undefined ? {} : { stack: cause.stack }),
  };
}
