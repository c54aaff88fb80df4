import type { Resolver } from '../core/manage/destination-check.ts';
import { NameError } from './names/name-error.ts';
import type { Search } from './names/name-search.ts';
import type { Names } from './names/names.ts';

/** Longest wait for a name server, in milliseconds. */
const PATIENCE_MS = 2_000;
/** Whose look-ups these are, among those of tenants: nobody's, as one is made for each request to the API. */
const NOBODY = '';

/** Finds addresses the way connections do. */
export class DnsResolver implements Resolver {
  readonly #names: Pick<Names, 'find'>;
  readonly #patienceMs: number;

  constructor(names: Pick<Names, 'find'>, patienceMs = PATIENCE_MS) {
    this.#names = names;
    this.#patienceMs = patienceMs;
  }

  addresses(host: string): Promise<readonly string[]> {
    return new Promise((resolve) => {
      let search: Search | null = null;
      const late = setTimeout(() => {
        search?.stop();
        resolve([]);
      }, this.#patienceMs);
      search = this.#names.find(NOBODY, host, (found) => {
        clearTimeout(late);
        resolve(found instanceof NameError ? [] : found.map(({ address }) => address));
      });
    });
  }
}
