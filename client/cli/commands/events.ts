import { present, timesOf } from '../arguments.ts';
import { type CommandGroup, command, EXIT } from '../command.ts';
import { LIST_OPTIONS, showList, TIME_OPTIONS } from '../lists.ts';

/** `fanfare events …` */
export const events: CommandGroup = {
  summary: 'Events that were posted.',
  commands: {
    list: command({
      summary: 'List events, newest first.',
      options: {
        type: { type: 'string', value: 'TYPE', help: 'of this type' },
        ...TIME_OPTIONS,
        ...LIST_OPTIONS,
      },
      run: (context, { options }) =>
        showList(
          context,
          'listEvents',
          options,
          [{ ...context.scope, ...present({ type: options.type }), ...timesOf(context, options) }],
          {
            headings: ['EVENT', 'TYPE', 'MATCHED', 'ACCEPTED', 'SUBJECT'],
            cells: ({ id, type, matched, acceptedAt, subject }) => [
              id,
              type,
              String(matched),
              acceptedAt,
              subject ?? '',
            ],
          },
        ),
    }),
    get: command({
      summary: 'Show an event, its data token for token and how its deliveries stand.',
      args: ['<id>'],
      run: async ({ api, scope, signal, json, out }, { args }) => {
        const { text } = await api.request('getEvent', { path: args, options: { ...scope, signal } });
        out.document(text, json);
        return EXIT.ok;
      },
    }),
    match: command({
      summary: "Say which of today's subscriptions would get an event, and why the others would not.",
      args: ['<id>'],
      options: LIST_OPTIONS,
      run: (context, { args: [id = ''], options }) =>
        showList(context, 'matchEvent', options, [id, context.scope], {
          headings: ['SUBSCRIPTION', 'MATCHES', 'BECAUSE OF'],
          cells: ({ subscription, matches, reason }) => [subscription, matches ? 'yes' : 'no', reason ?? ''],
        }),
    }),
  },
};
