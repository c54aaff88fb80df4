import type { BodyOf } from '../operation-types.ts';
import { jsonArgument, numberArgument, numbersArgument, oneOf, pairsArgument, present } from './arguments.ts';
import { type Context, type Given, UsageError } from './command.ts';

/** What can be said about a subscription when it is made and when it is changed. */
export const FIELD_OPTIONS = {
  'event-type': {
    type: 'string',
    value: 'TYPE',
    multiple: true,
    help: 'a type, prefix.* or * for all (default)',
  },
  filter: { type: 'string', value: 'JSON', help: 'an event pattern: JSON, @FILE or -' },
  description: { type: 'string', value: 'TEXT', help: 'for people' },
  metadata: { type: 'string', value: 'NAME=VALUE', multiple: true, help: 'for your own use' },
  header: { type: 'string', value: 'NAME:VALUE', multiple: true, help: 'sent with each request' },
  format: { type: 'string', value: 'FORMAT', help: 'standard or cloudevents' },
  rate: { type: 'string', value: 'N', help: 'at most so many requests a second' },
  'timeout-seconds': { type: 'string', value: 'N', help: 'time to answer, 1 to 30' },
  'retry-schedule': {
    type: 'string',
    value: 'N,N,…',
    help: 'seconds to wait after each failed attempt; empty: no retry',
  },
} as const;

type FieldGiven = Given<typeof FIELD_OPTIONS>['options'];
type Fields = BodyOf<'updateSubscription'>;

/** The fields that options name, as the API takes them. Throws `UsageError`. */
export async function subscriptionFields(context: Context, given: FieldGiven): Promise<Fields> {
  const rate = numberArgument('--rate', given.rate);
  const schedule = given['retry-schedule'];
  return present<Fields>({
    eventTypes: given['event-type'],
    filter: given.filter === undefined ? undefined : await jsonArgument(context, '--filter', given.filter),
    description: given.description,
    metadata: given.metadata && pairsArgument('--metadata', '=', given.metadata),
    headers: given.header && pairsArgument('--header', ':', given.header),
    format: oneOf('--format', given.format, ['standard', 'cloudevents']),
    rateLimit: rate === undefined ? undefined : { perSecond: rate },
    timeoutSeconds: numberArgument('--timeout-seconds', given['timeout-seconds']),
    retrySchedule: schedule === undefined ? undefined : numbersArgument('--retry-schedule', schedule),
  } as Fields);
}

/** Names of fields that can be cleared, as options spell them. */
const CLEARABLE = {
  filter: 'filter',
  description: 'description',
  metadata: 'metadata',
  headers: 'headers',
  rate: 'rateLimit',
  'timeout-seconds': 'timeoutSeconds',
  'retry-schedule': 'retrySchedule',
} as const;

export const CLEAR_OPTION = {
  type: 'string',
  value: 'FIELD',
  multiple: true,
  help: `back to the default: ${Object.keys(CLEARABLE).join(', ')}`,
} as const;

/** `null` for each field to be cleared. Throws `UsageError`. */
export function clearedFields(names: readonly string[] = []): Fields {
  return Object.fromEntries(
    names.map((name) => {
      if (!Object.hasOwn(CLEARABLE, name)) {
        throw new UsageError(`--clear takes one of ${Object.keys(CLEARABLE).join(', ')}, not "${name}"`);
      }
      return [CLEARABLE[name as keyof typeof CLEARABLE], null];
    }),
  );
}
