/** Narrowing of values that came out of a JSON file. Each throws with the place it was looking at. */
export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function object(value: unknown, where: string): Json {
  if (!isObject(value)) throw new Error(`${where} should be an object`);
  return value;
}

export function list(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`${where} should be a list`);
  return value;
}

export function text(value: unknown, where: string): string {
  if (typeof value !== 'string') throw new Error(`${where} should be a string`);
  return value;
}

/** A number, or a string that holds one: CloudFormation takes both. */
export function number(value: unknown, where: string): number {
  const parsed = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (typeof parsed !== 'number' || !Number.isFinite(parsed)) throw new Error(`${where} should be a number`);
  return parsed;
}

/** The value if it is there, through one of the functions above. */
export function optional<T>(
  value: unknown,
  where: string,
  narrow: (value: unknown, where: string) => T,
): T | undefined {
  return value === undefined ? undefined : narrow(value, where);
}
