import { type LookupAddress, type RecordWithTtl, Resolver } from 'node:dns';
import { NameError, nameErrorOf, worseOf } from './name-error.ts';

/** The addresses of a name, and for how many seconds its owner lets them be kept. */
export interface Answer {
  readonly addresses: readonly LookupAddress[];
  readonly ttlSeconds: number;
}

/** Ends what is under way. */
export type Stop = () => void;

/** Asks for all addresses of a name, and tells once; not at all after it was stopped. A parameter, for tests. */
export type Ask = (host: string, tell: (answer: Answer | NameError) => void) => Stop;

/** Longest time for everything, in milliseconds. */
const TIMEOUT_MS = 5_000;
/** Time until a server is asked again or the next one is, at first and at most, in milliseconds. */
const RETRY = { timeout: 1_000, maxTimeout: 2_000, tries: 3 };
/** Once addresses of one family are known, time for the other to come as well, in milliseconds (RFC 8305, section 3). */
const GRACE_MS = 300;

/**
 * Asks by c-ares, which takes no thread and can be cancelled; `getaddrinfo` has two threads of an environment, and holds
 * them for as long as a name server is silent. The hosts file is not looked at. Each name has a resolver of its own,
 * which takes 25 µs: so one can be cancelled without the others, and each knows the name servers of the moment.
 *
 * `servers` are name servers to ask instead of the system's, as `address` or `address:port`.
 */
export function askServers(servers?: readonly string[]): Ask {
  return (host, tell) => {
    const question = new Question(host, tell);
    question.ask(servers);
    return () => question.stop();
  };
}

/** What is asked about one name: its IPv4 and its IPv6 addresses. */
class Question {
  readonly #host: string;
  readonly #tell: (answer: Answer | NameError) => void;
  readonly #addresses: LookupAddress[] = [];
  #resolver: Resolver | null = null;
  #ttlSeconds = Number.POSITIVE_INFINITY;
  #open = 2;
  #error: NameError | null = null;
  #timer: NodeJS.Timeout;
  #over = false;

  constructor(host: string, tell: (answer: Answer | NameError) => void) {
    this.#host = host;
    this.#tell = tell;
    this.#timer = setTimeout(() => this.#end(), TIMEOUT_MS);
  }

  ask(servers: readonly string[] | undefined): void {
    try {
      const resolver = new Resolver(RETRY);
      this.#resolver = resolver;
      if (servers !== undefined) resolver.setServers(servers);
      resolver.resolve4(this.#host, { ttl: true }, (error, records) => this.#answered(4, error, records));
      resolver.resolve6(this.#host, { ttl: true }, (error, records) => this.#answered(6, error, records));
    } catch (error) {
      // Some of what c-ares refuses it refuses at once.
      this.#open = 0;
      this.#error = nameErrorOf(error as NodeJS.ErrnoException);
      this.#end();
    }
  }

  /** Nobody wants to know any more. */
  stop(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#resolver?.cancel();
  }

  #answered(family: 4 | 6, error: NodeJS.ErrnoException | null, records: readonly RecordWithTtl[]): void {
    if (this.#over) return;
    this.#open--;
    if (error) this.#failed(nameErrorOf(error));
    else {
      for (const { address, ttl } of records) {
        this.#addresses.push({ address, family });
        this.#ttlSeconds = Math.min(this.#ttlSeconds, ttl);
      }
    }
    if (this.#open === 0) this.#end();
    else if (this.#addresses.length > 0) this.#endIn(GRACE_MS);
  }

  #failed(error: NameError): void {
    this.#error = this.#error === null ? error : worseOf(this.#error, error);
  }

  #endIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end(), ms);
  }

  #end(): void {
    if (this.#open > 0) this.#failed(new NameError('no-answer'));
    this.stop();
    const addresses = this.#addresses;
    if (addresses.length > 0) this.#tell({ addresses, ttlSeconds: this.#ttlSeconds });
    else this.#tell(this.#error ?? new NameError('no-address'));
  }
}
