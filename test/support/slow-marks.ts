/** Until when subscriptions are slow, by tenant and id, in memory. */
export class SlowMarks {
  readonly #tenants = new Map<string, Map<string, number>>();

  of(tenant: string): ReadonlyMap<string, number> {
    return new Map(this.#tenants.get(tenant));
  }

  set(tenant: string, id: string, until: number): void {
    const marks = this.#tenants.get(tenant) ?? new Map<string, number>();
    this.#tenants.set(tenant, marks.set(id, until));
  }

  delete(tenant: string, id: string): void {
    this.#tenants.get(tenant)?.delete(id);
  }
}
