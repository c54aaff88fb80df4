import { Fanfare } from '../fanfare.ts';
import { type Context, EXIT, UsageError } from './command.ts';
import { COMMANDS } from './commands/all.ts';
import { explain } from './explain.ts';
import { helpOn } from './help.ts';
import { Output, type Stream } from './output.ts';
import { parseCommandLine } from './parse.ts';

/** What the command line stands in. */
export interface Surroundings extends Pick<Context, 'readText' | 'ask' | 'signal' | 'now'> {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Stream;
  readonly stderr: Stream;
}

const DEFAULT_URL = 'http://127.0.0.1:3000';

/** Runs one command line and answers its exit code. */
export async function runCommandLine(argv: readonly string[], around: Surroundings): Promise<number> {
  const out = new Output(around.stdout, around.stderr);
  let json = false;
  try {
    if (argv.length === 0) {
      around.stderr.write(`${helpOn(COMMANDS, [])}\n`);
      return EXIT.usage;
    }
    const parsed = parseCommandLine(COMMANDS, argv);
    if (parsed.kind === 'help') {
      around.stdout.write(`${helpOn(COMMANDS, parsed.words)}\n`);
      return EXIT.ok;
    }
    const { command, globals, given } = parsed;
    json = globals.json === true;
    const { readText, ask, signal, now } = around;
    const context: Context = {
      api: clientOf(globals.url ?? around.env.FANFARE_URL, globals['api-key'] ?? around.env.FANFARE_API_KEY),
      scope: globals.tenant === undefined ? {} : { tenant: globals.tenant },
      json,
      out,
      signal,
      now,
      readText,
      ask,
    };
    return await command.run(context, given);
  } catch (error) {
    return explain(error, out, json);
  }
}

function clientOf(url: string | undefined, apiKey: string | undefined): Fanfare {
  if (!apiKey) throw new UsageError('no API key: set FANFARE_API_KEY or give --api-key');
  try {
    return new Fanfare({ url: url || DEFAULT_URL, apiKey });
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new UsageError(`FANFARE_URL or FANFARE_API_KEY cannot be used: ${cause.message}`, { cause });
  }
}
