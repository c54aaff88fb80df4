import type { TaskBody } from '../../../contract/api.ts';
import { numberArgument, present, timesOf } from '../arguments.ts';
import { describeAnswer } from '../attempt-text.ts';
import { type CommandGroup, type Context, command, EXIT } from '../command.ts';
import { LIST_OPTIONS, showList, TIME_OPTIONS } from '../lists.ts';
import { doWork, TASK_OPTIONS } from '../long-work.ts';

const WHICH = {
  subscription: { type: 'string', value: 'ID', help: 'of this subscription' },
  'event-type': { type: 'string', value: 'TYPE', help: 'of events of this type' },
  ...TIME_OPTIONS,
} as const;

interface WhichGiven {
  readonly subscription?: string;
  readonly 'event-type'?: string;
  readonly since?: string;
  readonly until?: string;
}

function which(context: Context, options: WhichGiven) {
  const own = present({ subscription: options.subscription, eventType: options['event-type'] });
  return { ...context.scope, ...own, ...timesOf(context, options) };
}

/** `fanfare dead-letters …` */
export const deadLetters: CommandGroup = {
  summary: 'Deliveries that were given up.',
  commands: {
    list: command({
      summary: 'List dead letters, newest first.',
      options: { ...WHICH, ...LIST_OPTIONS },
      run: (context, { options }) =>
        showList(context, 'listDeadLetters', options, [which(context, options)], {
          headings: ['DELIVERY', 'TYPE', 'SUBSCRIPTION', 'TRIES', 'LAST', 'REASON', 'DEAD SINCE'],
          cells: (one) => [
            one.delivery,
            one.eventType,
            one.subscription,
            String(one.attemptCount),
            describeAnswer({ status: one.lastStatus, error: one.lastError }),
            one.reason,
            one.deadAt,
          ],
        }),
    }),
    summary: command({
      summary: 'Count them by subscription and last answer.',
      options: WHICH,
      run: async (context, { options }) => {
        const query = { ...which(context, options), signal: context.signal };
        const { text, body } = await context.api.request('summarizeDeadLetters', { options: query });
        if (context.json) context.out.json(text);
        else if (body.data.length === 0) context.out.note('none');
        else {
          context.out.table(
            ['COUNT', 'LAST', 'SUBSCRIPTION', 'TENANT'],
            body.data.map(({ count, lastStatus, lastError, subscription, tenant }) => [
              String(count),
              describeAnswer({ status: lastStatus, error: lastError }),
              subscription,
              tenant,
            ]),
          );
        }
        if (body.incomplete)
          context.out.note('There are more; --subscription, --since and --until narrow it down.');
        return EXIT.ok;
      },
    }),
  },
};

/** `fanfare redrive` */
export const redrive = command({
  summary: 'Send dead letters again, with a fresh schedule. Counts and asks first.',
  options: {
    ...WHICH,
    limit: { type: 'string', value: 'N', help: 'at most so many' },
    rate: { type: 'string', value: 'N', help: 'so many a second, 1 to 1000 (default 50)' },
    ...TASK_OPTIONS,
  },
  run: (context, { options }) => {
    const fields = {
      ...which(context, options),
      ...present({
        limit: numberArgument('--limit', options.limit),
        ratePerSecond: numberArgument('--rate', options.rate),
      }),
    };
    const { api, signal } = context;
    const start = (dryRun: boolean): Promise<TaskBody> => api.startRedrive({ ...fields, dryRun }, { signal });
    return doWork(context, { things: 'Dead letters', start }, options);
  },
});
