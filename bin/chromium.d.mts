/** What a machine offers: the value of `CHROMIUM_PATH`, its files, its `/etc/os-release`, and what one may do on it. */
export interface Machine {
  readonly named: string | null;
  exists(path: string): boolean;
  readonly system: string;
  readonly isRoot: boolean;
  canSudo(): boolean;
}

export type ChromiumPlan =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'install'; readonly before: readonly string[] }
  | { readonly kind: 'none'; readonly why: string };

export function thisMachine(): Machine;
export function chromiumPlan(machine: Machine): ChromiumPlan;
export function prepareChromium(): Promise<Exclude<ChromiumPlan, { kind: 'install' }>>;
