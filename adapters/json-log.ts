import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import type { Random } from '../core/clock.ts';
import type { Log, LogField } from '../core/log.ts';

/** Level and time as Lambda's log-level controls read them, the message, then the fields; what else Powertools adds is left out. */
class PlainFormatter extends LogFormatter {
  override formatAttributes(attributes: UnformattedAttributes, fields: LogAttributes): LogItem {
    const { logLevel, message, timestamp } = attributes;
    const head = { level: logLevel, message, timestamp: this.formatTimestamp(timestamp) };
    return new LogItem({ attributes: head }).addAttributes(fields);
  }
}

/** Log lines as JSON on standard output, through Powertools, which honours Lambda's log-level controls. */
export class JsonLog implements Log {
  readonly #logger: Logger;
  readonly #share: number;
  readonly #random: Random;
  #invocation: { readonly invocationId?: string } = {};

  /** Of routine lines only this share is written, from 0 to 1; each says how large the share was. */
  constructor(share: number, random: Random) {
    this.#logger = new Logger({ logFormatter: new PlainFormatter() });
    this.#share = share;
    this.#random = random;
  }

  begin(invocationId: string): void {
    this.#invocation = { invocationId };
  }

  routine(event: string, fields: Readonly<Record<string, LogField>>): void {
    if (this.#share < 1 && this.#random.number() >= this.#share) return;
    const said = Object.entries(fields).filter(([, value]) => !isNothing(value));
    const share = this.#share < 1 ? { share: this.#share } : {};
    this.#logger.info(event, { ...Object.fromEntries(said), ...share });
  }

  info(event: string, fields: Readonly<Record<string, LogField>>): void {
    this.#logger.info(event, { ...this.#invocation, ...fields });
  }

  warn(event: string, fields: Readonly<Record<string, LogField>>, cause?: unknown): void {
    this.#logger.warn(event, { ...this.#invocation, ...fields, ...describe(cause) });
  }

  error(event: string, fields: Readonly<Record<string, LogField>>, cause?: unknown): void {
    this.#logger.error(event, { ...this.#invocation, ...fields, ...describe(cause) });
  }
}

function isNothing(value: LogField): boolean {
  return value === 0 || value === null || (Array.isArray(value) && value.length === 0);
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
