import type { DeliveryBody } from '../../../contract/api.ts';
import { present, timesOf } from '../arguments.ts';
import { describeAnswer, describeTime } from '../attempt-text.ts';
import { type CommandGroup, command, EXIT } from '../command.ts';
import { LIST_OPTIONS, showList, TIME_OPTIONS } from '../lists.ts';
import type { Output } from '../output.ts';

/** `fanfare deliveries …` */
export const deliveries: CommandGroup = {
  summary: 'What became of events: one delivery for each event and subscription.',
  commands: {
    list: command({
      summary: 'List deliveries, newest first.',
      options: {
        subscription: { type: 'string', value: 'ID', help: 'to this subscription' },
        event: { type: 'string', value: 'ID', help: 'of this event' },
        status: {
          type: 'string',
          value: 'STATUS',
          help: 'pending, succeeded, retrying, failed, skipped or cancelled',
        },
        code: {
          type: 'string',
          value: 'CLASS',
          help: 'last answered 2xx, 3xx, 4xx or 5xx; none: not answered',
        },
        'event-type': { type: 'string', value: 'TYPE', help: 'of events of this type' },
        ...TIME_OPTIONS,
        ...LIST_OPTIONS,
      },
      run: (context, { options }) => {
        const { subscription, event, status, code } = options;
        const own = present({ subscription, event, status, code, eventType: options['event-type'] });
        return showList(
          context,
          'listDeliveries',
          options,
          [{ ...context.scope, ...own, ...timesOf(context, options) }],
          {
            headings: ['DELIVERY', 'STATUS', 'TRIES', 'LAST', 'TYPE', 'SUBSCRIPTION', 'CREATED'],
            cells: (one) => [
              one.id,
              one.status,
              String(one.attemptCount),
              one.lastAttempt === null ? '-' : describeAnswer(one.lastAttempt),
              one.eventType,
              one.subscription,
              one.createdAt,
            ],
          },
        );
      },
    }),
    get: command({
      summary: 'Show a delivery with its attempts.',
      args: ['<id>'],
      options: { all: { type: 'boolean', help: 'show all attempts, however many there are' } },
      run: async ({ api, scope, signal, json, out }, { args: [id = ''], options: { all } }) => {
        const answers: DeliveryBody[] = [];
        for await (const { text, body } of api.eachDelivery(id, { ...scope, signal })) {
          answers.unshift(body);
          if (json) out.json(text);
          if (!all) break;
        }
        const [oldest] = answers;
        if (oldest === undefined) throw new Error('the delivery was not answered');
        if (!json) showDelivery(out, { ...oldest, attempts: answers.flatMap(({ attempts }) => attempts) });
        if (oldest.attemptsCursor !== null) out.note('There are older attempts; --all shows them.');
        return EXIT.ok;
      },
    }),
    retry: command({
      summary: 'Send now, once more each time, whatever became of it before.',
      args: ['<id>'],
      run: async ({ api, scope, signal, json, out }, { args }) => {
        const { text, body } = await api.request('retryDelivery', {
          path: args,
          options: { ...scope, signal },
        });
        if (json) out.json(text);
        else out.line(`${body.id} is sent again; see: fanfare deliveries get ${body.id}`);
        return EXIT.ok;
      },
    }),
  },
};

function showDelivery(out: Output, delivery: DeliveryBody): void {
  const { id, status, reason, event, eventType, subscription, tenant, createdAt, nextAttemptAt } = delivery;
  out.facts({
    delivery: id,
    status: reason === null ? status : `${status} (${reason})`,
    event: `${event} ${eventType}`,
    subscription,
    tenant,
    created: createdAt,
    next: nextAttemptAt,
  });
  if (delivery.attempts.length === 0) return;
  out.table(
    ['TRY', 'AT', 'ANSWER', 'TIME', 'TRIGGER', 'BODY OR REASON'],
    delivery.attempts.map((attempt) => [
      String(attempt.number),
      attempt.at,
      describeAnswer(attempt),
      describeTime(attempt),
      attempt.trigger,
      attempt.errorDetail ?? shortened(attempt.responseBody ?? ''),
    ]),
  );
}

const SHOWN = 80;

function shortened(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
