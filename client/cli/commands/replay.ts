import type { ReplayFields, TaskBody } from '../../../contract/api.ts';
import { oneOf, present, timesOf } from '../arguments.ts';
import { command, UsageError } from '../command.ts';
import { TIME_OPTIONS } from '../lists.ts';
import { doWork, TASK_OPTIONS } from '../long-work.ts';

const STATUSES: readonly (ReplayFields['status'] & string)[] = ['failed', 'missing', 'all'];

/** `fanfare replay` */
export const replay = command({
  summary: 'Send events of the past to a subscription. Counts and asks first.',
  args: ['<subscription>'],
  options: {
    ...TIME_OPTIONS,
    status: { type: 'string', value: 'WHICH', help: 'failed, missing (it never got them) or all' },
    'event-type': { type: 'string', value: 'TYPE', multiple: true, help: 'of these types' },
    ...TASK_OPTIONS,
  },
  notes: '  fanfare replay sub_… --since 2h --status missing',
  run: (context, { args: [id = ''], options }) => {
    const { since, until } = timesOf(context, options);
    if (since === undefined) throw new UsageError('--since is missing');
    const status = oneOf('--status', options.status, STATUSES);
    const fields = { since, ...present({ until, status, eventTypes: options['event-type'] }) };
    const { api, scope, signal } = context;
    const start = (dryRun: boolean): Promise<TaskBody> =>
      api.replaySubscription(id, { ...fields, dryRun }, { ...scope, signal });
    return doWork(context, { things: 'Events', start }, options);
  },
});
