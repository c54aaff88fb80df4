import { JsonText } from '../json-text.ts';
import { type Context, UsageError } from './command.ts';

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** A time as the API takes it; `2h`, `30m` or `7d` stand for so long ago. Absent stays absent. */
export function timeArgument(text: string | undefined, now: number): string | undefined {
  if (text === undefined) return undefined;
  const [, amount, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return text;
  return new Date(now - Number(amount) * (UNIT_MS[unit] ?? 0)).toISOString();
}

/** `since` and `until` of a command's options. */
export function timesOf(
  { now }: Context,
  options: { readonly since?: string; readonly until?: string },
): { since?: string; until?: string } {
  const since = timeArgument(options.since, now());
  const until = timeArgument(options.until, now());
  return { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
}

/** JSON from the command line, from `@file` or from `-`, token for token. Throws `UsageError`. */
export async function jsonArgument(context: Context, name: string, argument: string): Promise<JsonText> {
  const text = await context.readText(argument);
  try {
    return new JsonText(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${name} must be JSON: ${why}`, { cause });
  }
}

/** A whole number. Throws `UsageError`. */
export function numberArgument(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`${name} takes a whole number, not "${text}"`);
  return Number(text);
}

/** One of a few words. Throws `UsageError`. */
export function oneOf<Word extends string>(
  name: string,
  text: string | undefined,
  words: readonly Word[],
): Word | undefined {
  const found = words.find((word) => word === text);
  if (text === undefined || found !== undefined) return found;
  throw new UsageError(`${name} takes one of ${words.join(', ')}, not "${text}"`);
}

/** Whole numbers between commas; an empty text is an empty list. Throws `UsageError`. */
export function numbersArgument(name: string, text: string): readonly number[] {
  if (text.trim() === '') return [];
  return text.split(',').map((part) => numberArgument(name, part.trim()) ?? 0);
}

/** `name=value` or `name: value`, several times. Throws `UsageError`. */
export function pairsArgument(
  name: string,
  mark: '=' | ':',
  texts: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf(mark);
      if (at < 1) throw new UsageError(`${name} takes a name, "${mark}" and a value, not "${text}"`);
      return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
    }),
  );
}

/** The given values without those that are absent. */
export function present<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
