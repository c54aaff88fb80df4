import { parseArgs } from 'node:util';
import { DELIVERY_LOG_MODES, type DeliveryLogMode } from '../contract/delivery-log.ts';

/** How to run. */
export interface Options {
  /** 0: any free one. */
  readonly port: number;
  /** The admin key to use; null: make one, or take the one kept in `data`. */
  readonly apiKey: string | null;
  readonly demo: boolean;
  /** Folder to keep state in; null: in memory. */
  readonly data: string | null;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** How much of deliveries is kept. @default - what the template has */
  readonly deliveryLog?: DeliveryLogMode;
  /** Whether endpoints have to prove that they want events. @default - what the template has */
  readonly verifyEndpoints?: boolean;
}

/** An option that makes no sense; the message says which. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `npm start -- [options]
  --port 3000          port on 127.0.0.1; 0 takes a free one      (FANFARE_PORT)
  --api-key KEY        an API key that may do everything           (FANFARE_API_KEY)
  --data DIR           keep events, subscriptions and queues there (FANFARE_DATA; default: in memory)
  --delivery-log MODE  keep full, packed or failures of deliveries
  --verify-endpoints   ask endpoints whether they want events first
  --no-demo            do not send the demo events
  --quiet              print the ready line and errors only
  --verbose            print what the functions log
  --help               print this`;

/** Reads options from the command line, then from variables. Throws `UsageError`. */
export function readOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Options | 'help' {
  const given = parse(args);
  if (given.help) return 'help';
  const port = given.port ?? (env.FANFARE_PORT || '3000');
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new UsageError(`--port takes a number from 0 to 65535, not "${port}"`);
  }
  const apiKey = given['api-key'] ?? (env.FANFARE_API_KEY || null);
  if (apiKey !== null && !/^[\x21-\x7e]{1,512}$/.test(apiKey)) {
    throw new UsageError('--api-key takes 1 to 512 visible ASCII characters');
  }
  const deliveryLog = DELIVERY_LOG_MODES.find((mode) => mode === given['delivery-log']);
  if (given['delivery-log'] !== undefined && deliveryLog === undefined) {
    throw new UsageError(
      `--delivery-log takes ${DELIVERY_LOG_MODES.join(', ')}, not "${given['delivery-log']}"`,
    );
  }
  return {
    port: Number(port),
    apiKey,
    demo: given['no-demo'] !== true && given.quiet !== true,
    data: given.data ?? (env.FANFARE_DATA || null),
    quiet: given.quiet === true,
    verbose: given.verbose === true,
    ...(deliveryLog === undefined ? {} : { deliveryLog }),
    ...(given['verify-endpoints'] === true ? { verifyEndpoints: true } : {}),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        'api-key': { type: 'string' },
        data: { type: 'string' },
        'delivery-log': { type: 'string' },
        'verify-endpoints': { type: 'boolean' },
        'no-demo': { type: 'boolean' },
        quiet: { type: 'boolean' },
        verbose: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? (cause.message.split('. ')[0] ?? '') : String(cause), {
      cause,
    });
  }
}
