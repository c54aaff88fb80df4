import type { LookupAddress } from 'node:dns';
import type { Clock } from '../../core/clock.ts';
import { type Ask, askServers, type Stop } from './ask.ts';
import { KeptAnswers } from './kept-answers.ts';
import { NameError } from './name-error.ts';
import { NameSearch, type Search, type Tell } from './name-search.ts';

/** Look-ups of one tenant that wait for an answer at once. */
const MAX_UNANSWERED = 8;
/** Longest time that one more of them waits for its turn, in milliseconds. */
const LINE_MS = 2_000;

export interface NamesOptions {
  readonly clock: Clock;
  readonly ask?: Ask;
}

/** A look-up that waits for its answer, with all who wait for it. */
interface Asked {
  readonly tenant: string;
  readonly searches: Set<NameSearch>;
  stop: Stop;
}

/** RFC 6761, section 6.3: this machine, and no server is asked. */
const THIS_MACHINE: readonly LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/**
 * The addresses of names. Those who ask for one name at once share one look-up, answers are kept for as long as they may
 * be, and a tenant whose name servers are silent waits for itself alone. What is found is not judged here.
 */
export class Names {
  readonly #ask: Ask;
  readonly #kept: KeptAnswers;
  readonly #asked = new Map<string, Asked>();
  /** Look-ups that wait for an answer, by tenant. */
  readonly #unanswered = new Map<string, number>();
  /** Searches that wait for one of these to end, by tenant. */
  readonly #lines = new Map<string, Set<NameSearch>>();

  constructor({ clock, ask = askServers() }: NamesOptions) {
    this.#kept = new KeptAnswers(clock);
    this.#ask = ask;
  }

  /** Looks for a name's addresses on behalf of a tenant. May tell before it returns. */
  find(tenant: string, host: string, tell: Tell): Search {
    const search = new NameSearch(tenant, host, tell, (left) => this.#leave(left));
    if (!this.#begin(search)) this.#lineUp(search);
    return search;
  }

  /** Whether nothing stands between a search and its answer but a name server. */
  #begin(search: NameSearch): boolean {
    const { tenant, host } = search;
    const known = isThisMachine(host) ? THIS_MACHINE : this.#kept.get(host);
    if (known !== null) {
      search.found(known);
      return true;
    }
    const asked = this.#asked.get(host);
    if (asked === undefined && (this.#unanswered.get(tenant) ?? 0) >= MAX_UNANSWERED) return false;
    search.phase = 'asked';
    if (asked === undefined) this.#askFor(search);
    else asked.searches.add(search);
    return true;
  }

  #askFor(first: NameSearch): void {
    const { tenant, host } = first;
    const asked: Asked = { tenant, searches: new Set([first]), stop: () => undefined };
    this.#asked.set(host, asked);
    this.#unanswered.set(tenant, (this.#unanswered.get(tenant) ?? 0) + 1);
    asked.stop = this.#ask(host, (answer) => {
      if (this.#asked.get(host) !== asked) return;
      this.#kept.set(host, answer);
      this.#ended(host, asked);
      for (const search of asked.searches)
        search.found(answer instanceof NameError ? answer : answer.addresses);
    });
  }

  /** A look-up is over: the next in its tenant's line have their turn. */
  #ended(host: string, { tenant }: Asked): void {
    this.#asked.delete(host);
    const left = (this.#unanswered.get(tenant) ?? 1) - 1;
    if (left === 0) this.#unanswered.delete(tenant);
    else this.#unanswered.set(tenant, left);
    for (const search of this.#lines.get(tenant) ?? []) {
      if (!this.#begin(search)) return;
      this.#leaveLine(search);
    }
  }

  #lineUp(search: NameSearch): void {
    const line = this.#lines.get(search.tenant) ?? new Set();
    this.#lines.set(search.tenant, line.add(search));
    search.waitAtMost(LINE_MS);
  }

  #leaveLine(search: NameSearch): void {
    const line = this.#lines.get(search.tenant);
    line?.delete(search);
    if (line?.size === 0) this.#lines.delete(search.tenant);
  }

  /** A search was stopped, or waited too long. A look-up that nobody waits for is not waited for either. */
  #leave(search: NameSearch): void {
    this.#leaveLine(search);
    const asked = this.#asked.get(search.host);
    if (!asked?.searches.delete(search) || asked.searches.size > 0) return;
    asked.stop();
    this.#ended(search.host, asked);
  }
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}
