/** Reads some ids of a tenant; those that do not exist are missing in the answer. */
export type ReadIds<T> = (tenant: string, ids: readonly string[]) => Promise<ReadonlyMap<string, T>>;

/**
 * Reads on behalf of many that ask at once, as the messages of one batch do: what one of them is reading already,
 * the others wait for. Each read is billed by item, so ten messages to the same hundred subscriptions read a hundred
 * items, not a thousand.
 */
export class SharedReads<T> {
  readonly #source: ReadIds<T>;
  readonly #underWay = new Map<string, Promise<ReadonlyMap<string, T>>>();

  constructor(source: ReadIds<T>) {
    this.#source = source;
  }

  /** `missing` names ids that somebody else's read, begun before this one was asked for, did not find. */
  async load(
    tenant: string,
    ids: readonly string[],
  ): Promise<{ readonly found: ReadonlyMap<string, T>; readonly missing: readonly string[] }> {
    const shared = new Map<string, Promise<ReadonlyMap<string, T>>>();
    const own: string[] = [];
    for (const id of ids) {
      const reading = this.#underWay.get(keyOf(tenant, id));
      if (reading) shared.set(id, reading);
      else own.push(id);
    }
    const found = new Map(own.length > 0 ? await this.#read(tenant, own) : []);
    const missing: string[] = [];
    for (const [id, reading] of shared) {
      const one = (await reading).get(id);
      if (one === undefined) missing.push(id);
      else found.set(id, one);
    }
    return { found, missing };
  }

  async #read(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, T>> {
    const reading = this.#source(tenant, ids);
    for (const id of ids) this.#underWay.set(keyOf(tenant, id), reading);
    try {
      return await reading;
    } finally {
      for (const id of ids) this.#underWay.delete(keyOf(tenant, id));
    }
  }
}

function keyOf(tenant: string, id: string): string {
  return `${tenant}\n${id}`;
}
