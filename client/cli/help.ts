import type { Command, OptionSpecs } from './command.ts';
import { type Commands, GLOBAL_OPTIONS, isGroup } from './parse.ts';

/** Help on everything, on a group or on one command, as the words say. */
export function helpOn(commands: Commands, words: readonly string[]): string {
  const entry = commands[words[0] ?? ''];
  if (entry === undefined) return overview(commands);
  if (!isGroup(entry)) return helpOnCommand(words[0] ?? '', entry);
  const found = entry.commands[words[1] ?? ''];
  if (found) return helpOnCommand(words.join(' '), found);
  const rows = Object.entries(entry.commands).map(
    ([name, one]) => [usage(`${words[0]} ${name}`, one), one.summary] as const,
  );
  return [entry.summary, '', ...columns(rows)].join('\n');
}

function overview(commands: Commands): string {
  const rows = Object.entries(commands).map(([name, entry]) => {
    const verbs = isGroup(entry) ? ` ${Object.keys(entry.commands).join('|')}` : ` ${argsOf(entry)}`;
    return [`fanfare ${name}${verbs}`.trimEnd(), entry.summary] as const;
  });
  return [
    'Fanfare on the command line: send events, manage subscriptions, see and repeat deliveries.',
    '',
    ...rows.flatMap(([line, summary]) => [`  ${line}`, `      ${summary}`]),
    '',
    'fanfare COMMAND --help explains one. Options of every command:',
    ...optionLines(GLOBAL_OPTIONS),
    '',
    'Exit code 0: done. 1: it failed, or was refused. 2: the command line makes no sense.',
  ].join('\n');
}

function helpOnCommand(name: string, command: Command): string {
  const own = optionLines(command.options ?? {});
  return [
    command.summary,
    '',
    `  ${usage(name, command)}`,
    ...(command.notes === undefined ? [] : ['', command.notes]),
    ...(own.length === 0 ? [] : ['', 'Options:', ...own]),
    '',
    'Options of every command:',
    ...optionLines(GLOBAL_OPTIONS),
  ].join('\n');
}

function usage(name: string, command: Command): string {
  const options = command.options && Object.keys(command.options).length > 0 ? ' [options]' : '';
  return `fanfare ${name} ${argsOf(command)}`.trimEnd() + options;
}

function argsOf({ args = [] }: Command): string {
  return args.join(' ');
}

function optionLines(options: OptionSpecs): readonly string[] {
  return columns(
    Object.entries(options).map(([name, { value, multiple, help }]) => [
      `--${name}${value === undefined ? '' : ` ${value}`}`,
      multiple ? `${help} (may be repeated)` : help,
    ]),
  );
}

function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
