import { JsonText } from '../../json-text.ts';
import type { Event } from '../../operation-types.ts';
import { jsonArgument, pairsArgument, present } from '../arguments.ts';
import { command, EXIT } from '../command.ts';

/** `fanfare send` */
export const send = command({
  summary: 'Post an event. Done means: durably queued.',
  args: ['<type>', '[data]'],
  options: {
    id: { type: 'string', value: 'ID', help: 'the event id; the same id and event again send nothing' },
    'idempotency-key': { type: 'string', value: 'KEY', help: 'as --id, for a key that need not be an id' },
    subject: { type: 'string', value: 'TEXT', help: 'what the event is about' },
    time: { type: 'string', value: 'TIME', help: 'when it happened (default: now)' },
    metadata: {
      type: 'string',
      value: 'NAME=VALUE',
      multiple: true,
      help: 'for filters and search, not sent on',
    },
  },
  notes: `  data is JSON, @FILE or - for standard input; {} if left out. It reaches subscribers token for token.
  fanfare send order.created '{"id":9007199254740993,"total":1.10}'`,
  run: async (context, { args: [type = '', data = '{}'], options }) => {
    const event: Event = present({
      type,
      id: options.id,
      ...context.scope,
      subject: options.subject,
      time: options.time,
      metadata: options.metadata && pairsArgument('--metadata', '=', options.metadata),
      data: data === '{}' ? new JsonText(data) : await jsonArgument(context, 'data', data),
    });
    const accepted = await context.api.send(
      event,
      present({ idempotencyKey: options['idempotency-key'], signal: context.signal }),
    );
    if (context.json) context.out.json(JSON.stringify(accepted));
    else {
      const how = accepted.duplicate ? 'was accepted before; nothing new is sent' : 'accepted';
      context.out.line(`${accepted.id} ${accepted.type} ${how}`);
    }
    return EXIT.ok;
  },
});
