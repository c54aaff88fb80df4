const SHORT = new Intl.DateTimeFormat('en', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });
const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** A point in time in the reader's zone; the exact one on hover. `exact` shows milliseconds and UTC at once. */
export function Moment({ at, exact = false }: { readonly at: string | null; readonly exact?: boolean }) {
  if (at === null) return <>–</>;
  const text = exact ? at.replace('T', ' ').replace('Z', ' UTC') : SHORT.format(new Date(at));
  return (
    <time dateTime={at} title={at}>
      {text}
    </time>
  );
}

/** `3 min. ago`, `in 2 hr.` */
export function relative(at: string, now: number): string {
  const seconds = (Date.parse(at) - now) / 1000;
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  return RELATIVE.format(Math.round(seconds / size), unit);
}

/** `41 ms`, `1.2 s`, `5 min`. */
export function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${Number((ms / 1_000).toFixed(1))} s`;
  return secondsText(ms / 1_000);
}

/** `45 s`, `5 min`, `2 h`, `3 d`. */
export function secondsText(seconds: number): string {
  const [unit, size] = (
    [
      ['d', 86_400],
      ['h', 3_600],
      ['min', 60],
    ] as const
  ).find(([, length]) => seconds >= length && seconds % length === 0) ?? ['s', 1];
  return `${Math.round(seconds / size)} ${unit}`;
}
