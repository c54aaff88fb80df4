import type { LookupAddress } from 'node:dns';
import type { Stop } from './ask.ts';
import { NameError } from './name-error.ts';

/** Gets what a search came to, once: all addresses of a name, or why there are none. */
export type Tell = (found: readonly LookupAddress[] | NameError) => void;

/** A request for the addresses of a name. */
export interface Search {
  /** `in-line` while nobody has been asked. */
  readonly phase: 'in-line' | 'asked' | 'over';
  /** Whether it had to wait for its turn, so that the name server had less time than others have. */
  readonly waited: boolean;
  /** The answer is of no more use: nothing is told after this. */
  readonly stop: Stop;
}

export class NameSearch implements Search {
  readonly tenant: string;
  readonly host: string;
  phase: Search['phase'] = 'in-line';
  waited = false;
  readonly #tell: Tell;
  readonly #leave: (search: NameSearch) => void;
  #timer: NodeJS.Timeout | null = null;

  /** `leave` takes the search out of wherever it waits. */
  constructor(tenant: string, host: string, tell: Tell, leave: (search: NameSearch) => void) {
    this.tenant = tenant;
    this.host = host;
    this.#tell = tell;
    this.#leave = leave;
  }

  /** Gives up after some milliseconds, unless its turn comes before. */
  waitAtMost(ms: number): void {
    this.waited = true;
    this.#timer = setTimeout(() => {
      if (this.phase !== 'in-line') return;
      this.#leave(this);
      this.found(new NameError('not-asked'));
    }, ms);
  }

  found(found: readonly LookupAddress[] | NameError): void {
    if (this.#end()) this.#tell(found);
  }

  readonly stop: Stop = () => {
    if (this.#end()) this.#leave(this);
  };

  #end(): boolean {
    if (this.phase === 'over') return false;
    this.phase = 'over';
    if (this.#timer !== null) clearTimeout(this.#timer);
    return true;
  }
}
