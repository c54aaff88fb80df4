import { type ParseArgsConfig, parseArgs } from 'node:util';
import { type Command, type CommandGroup, type Given, type OptionSpecs, UsageError } from './command.ts';

/** Options of every command. */
export const GLOBAL_OPTIONS = {
  url: {
    type: 'string',
    value: 'URL',
    help: 'where the API is (FANFARE_URL; default http://127.0.0.1:3000, the local runner)',
  },
  'api-key': {
    type: 'string',
    value: 'KEY',
    help: 'the API key (FANFARE_API_KEY, which other users of this machine cannot see)',
  },
  tenant: { type: 'string', value: 'ID', help: 'the tenant (default: the one of the key, or "default")' },
  json: { type: 'boolean', help: 'print JSON, token for token as the API gives it' },
  help: { type: 'boolean', help: 'print this' },
} as const satisfies OptionSpecs;

export type Commands = Readonly<Record<string, Command | CommandGroup>>;

/** What a command line asks for. */
export type Parsed =
  | { readonly kind: 'help'; readonly words: readonly string[] }
  | {
      readonly kind: 'run';
      readonly command: Command;
      readonly globals: Given<typeof GLOBAL_OPTIONS>['options'];
      readonly given: Given<OptionSpecs>;
    };

/** Finds the command and reads its options. Throws `UsageError`. */
export function parseCommandLine(commands: Commands, argv: readonly string[]): Parsed {
  const { words, rest, help } = takeWords(commands, argv);
  const found = findCommand(commands, words);
  if (help) return { kind: 'help', words };
  if (found === null) throw new UsageError(missing(commands, words));
  const { values, positionals } = strictly(rest, { ...GLOBAL_OPTIONS, ...found.options });
  checkCount(found, positionals);
  return {
    kind: 'run',
    command: found,
    globals: values as Given<typeof GLOBAL_OPTIONS>['options'],
    given: { args: positionals, options: values as Given<OptionSpecs>['options'] },
  };
}

export function isGroup(entry: Command | CommandGroup): entry is CommandGroup {
  return 'commands' in entry;
}

/** The words that name the command, which may stand behind options that every command has. */
function takeWords(commands: Commands, argv: readonly string[]) {
  const { tokens, values } = parseArgs({
    args: [...argv],
    options: asConfig(GLOBAL_OPTIONS),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const positionals = tokens.filter((token) => token.kind === 'positional');
  const asksHelp = positionals[0]?.value === 'help';
  const candidates = asksHelp ? positionals.slice(1) : positionals;
  const entry = commands[candidates[0]?.value ?? ''];
  const count = entry && isGroup(entry) ? 2 : 1;
  const taken = candidates.slice(0, count);
  const dropped = new Set(taken.map(({ index }) => index));
  return {
    words: taken.map(({ value }) => value),
    rest: argv.filter((_, i) => !dropped.has(i)),
    help: asksHelp || values.help === true,
  };
}

/** Null: the words stop at a group, or there are none. Throws `UsageError` for words that name nothing. */
function findCommand(commands: Commands, [first, second]: readonly string[]): Command | null {
  if (first === undefined) return null;
  const entry = Object.hasOwn(commands, first) ? commands[first] : undefined;
  if (entry === undefined) throw new UsageError(`there is no command "${first}"`);
  if (!isGroup(entry)) return entry;
  if (second === undefined) return null;
  const found = Object.hasOwn(entry.commands, second) ? entry.commands[second] : undefined;
  if (found === undefined) throw new UsageError(`there is no command "${first} ${second}"`);
  return found;
}

function missing(commands: Commands, [first]: readonly string[]): string {
  const entry = first === undefined ? undefined : commands[first];
  if (entry === undefined || !isGroup(entry)) return 'a command is missing';
  return `say what to do: fanfare ${first} ${Object.keys(entry.commands).join('|')}`;
}

function strictly(args: readonly string[], options: OptionSpecs) {
  try {
    return parseArgs({ args: [...args], options: asConfig(options), allowPositionals: true, strict: true });
  } catch (cause) {
    // The first sentence names the option; the rest is about JavaScript.
    const why = cause instanceof Error ? (cause.message.split('. ')[0] ?? '') : String(cause);
    throw new UsageError(why, { cause });
  }
}

function asConfig(options: OptionSpecs): NonNullable<ParseArgsConfig['options']> {
  return Object.fromEntries(
    Object.entries(options).map(([name, { type, multiple = false }]) => [name, { type, multiple }]),
  );
}

function checkCount({ args = [] }: Command, given: readonly string[]): void {
  const missed = args[given.length];
  if (missed?.startsWith('<')) throw new UsageError(`${missed} is missing`);
  const extra = given[args.length];
  if (extra !== undefined) throw new UsageError(`there is no place for "${extra}"`);
}
