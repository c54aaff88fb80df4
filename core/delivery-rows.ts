import type { DeliveryRow } from './delivery.ts';

/**
 * Names a row among those of its event. Two workers may make one attempt, when a queue hands a message out twice: what
 * each of them says is a row of its own, unless they say the same. So no row takes the place of another, whoever is
 * later, and writing a row again changes nothing. A success, of which there are most, has the shortest name.
 */
export function rowKey({ delivery, attempt, run, status }: DeliveryRow): string {
  const key = `${attemptKey(delivery, attempt)}#${run}`;
  return status === 'succeeded' ? key : `${key}#${status ?? 'none'}`;
}

/** Begins the names of what is said of one attempt; sorts as attempts do. */
export function attemptKey(delivery: string, attempt: number): string {
  return `${delivery}#${String(attempt).padStart(4, '0')}`;
}

/**
 * Of what workers said of one attempt the first of these counts: a success stands; where one of them went on, a later
 * row will tell the end; a failure has a letter.
 */
const WEIGHT = ['succeeded', 'retrying', 'failed', 'cancelled', 'skipped', null] as const;

/**
 * One row for each attempt and run of each delivery, in order. No clock has a say: workers' clocks differ. Attempts are
 * counted over a delivery's whole life, and each run begins behind the attempts it knew of; of two runs at the same
 * attempt the one that began later comes later.
 */
export function oneOfEach(rows: readonly DeliveryRow[]): readonly DeliveryRow[] {
  if (rows.length < 2) return rows;
  const byAttempt = new Map<string, DeliveryRow>();
  const beginnings = new Map<string, number>();
  for (const row of rows) {
    const run = `${row.delivery}#${row.run}`;
    const key = `${run}#${row.attempt}`;
    const known = byAttempt.get(key);
    if (known === undefined || weightOf(row) < weightOf(known)) byAttempt.set(key, row);
    beginnings.set(run, Math.min(beginnings.get(run) ?? row.attempt, row.attempt));
  }
  const beginning = ({ delivery, run }: DeliveryRow): number => beginnings.get(`${delivery}#${run}`) ?? 0;
  return [...byAttempt.values()].sort(
    (a, b) => a.attempt - b.attempt || beginning(a) - beginning(b) || (a.run < b.run ? -1 : 1),
  );
}

function weightOf({ status }: DeliveryRow): number {
  return WEIGHT.indexOf(status);
}

/** The number of the last request that these rows of one delivery tell of; 0 if nothing was sent. */
export function lastRequest(rows: readonly DeliveryRow[]): number {
  return Math.max(0, ...rows.map(({ request }) => request ?? 0));
}

/** The last attempt there is among these rows of one delivery, whether or not it sent anything; 0 without rows. */
export function lastAttempt(rows: readonly DeliveryRow[]): number {
  return Math.max(0, ...rows.map(({ attempt }) => attempt));
}
