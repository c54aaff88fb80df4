import type { ItemOf, ListName, OptionsOf, PathArgs } from '../operation-types.ts';
import { numberArgument } from './arguments.ts';
import { type Context, EXIT, type ExitCode } from './command.ts';

/** Options of every list. */
export const LIST_OPTIONS = {
  limit: { type: 'string', value: 'N', help: 'show at most so many (default 50)' },
  all: { type: 'boolean', help: 'show all of them' },
} as const;

/** Options of lists that can be cut by time. */
export const TIME_OPTIONS = {
  since: { type: 'string', value: 'TIME', help: 'from then on: 2026-01-02T03:04:05Z, or 30m, 2h, 7d ago' },
  until: { type: 'string', value: 'TIME', help: 'before then' },
} as const;

const DEFAULT_LIMIT = 50;
/** The most the API gives at once; a table of more is printed in parts, so that the first part comes at once. */
const PAGE = 250;

/** How one item is shown: its headings, and its cells. */
export interface Columns<Item> {
  readonly headings: readonly string[];
  cells(item: Item): readonly string[];
}

/** Prints a list, page by page. With `--json` each item is a line of JSON. */
export async function showList<Name extends ListName>(
  context: Context,
  name: Name,
  { limit, all }: { readonly limit?: string; readonly all?: boolean },
  args: readonly [...PathArgs<Name>, OptionsOf<Name>],
  columns: Columns<ItemOf<Name>>,
): Promise<ExitCode> {
  const most = all ? Number.POSITIVE_INFINITY : (numberArgument('--limit', limit) ?? DEFAULT_LIMIT);
  if (most === 0) return EXIT.ok;
  const { out, json, signal } = context;
  let rows: (readonly string[])[] = [];
  let count = 0;
  let more = false;
  const path = args.slice(0, -1) as PathArgs<Name>;
  const query = args.at(-1) as OptionsOf<Name>;
  const options = { ...query, limit: Math.min(PAGE, most), signal } as OptionsOf<Name>;
  for await (const text of context.api.eachText(name, ...path, options)) {
    if (count === most) {
      more = true;
      break;
    }
    count++;
    if (json) out.json(text);
    else rows.push(columns.cells(JSON.parse(text)));
    if (rows.length === PAGE) {
      out.table(columns.headings, rows);
      rows = [];
    }
  }
  if (rows.length > 0) out.table(columns.headings, rows);
  if (count === 0 && !json) out.note('none');
  if (more) out.note(`There are more; --limit N or --all shows them.`);
  return EXIT.ok;
}
