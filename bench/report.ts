import type { Figures } from './figures.ts';
import { MEANINGS, type Meaning } from './meanings.ts';
import { rounded } from './statistics.ts';

/** Figures as a table, those of one kind together, each with what it means. */
export function table(figures: Figures): string {
  const rows = Object.entries(figures).map(([name, value]) => {
    const meaning = meaningOf(name);
    return [name, shown(value, meaning), meaning.unit, meaning.says] as const;
  });
  const width = (column: 0 | 1 | 2): number => Math.max(...rows.map((row) => row[column].length));
  const [names, values, units] = [width(0), width(1), width(2)];
  const lines = rows.map(([name, value, unit, says]) =>
    `${name.padEnd(names)}  ${value.padStart(values)} ${unit.padEnd(units)}  ${says}`.trimEnd(),
  );
  return lines.join('\n');
}

/** All figures by their dotted names, and the same as a tree. */
export function jsonOf(figures: Figures, about: object): object {
  const tree: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(figures)) {
    const path = name.split('.');
    const last = path.pop() ?? name;
    let at = tree;
    for (const part of path) {
      at[part] ??= {};
      at = at[part] as Record<string, unknown>;
    }
    at[last] = rounded(value, 4);
  }
  const flat = Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, rounded(value, 4)]));
  return { ...tree, ...flat, about };
}

function meaningOf(name: string): Meaning {
  const found = MEANINGS.find(({ names }) => names.test(name));
  return found ?? { names: /^/, unit: '', says: '' };
}

function shown(value: number, { unit }: Meaning): string {
  if (unit === '$') return value.toFixed(2);
  return value >= 1_000 ? Math.round(value).toLocaleString('en') : String(rounded(value));
}
