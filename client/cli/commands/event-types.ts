import type { EventTypeFields } from '../../operation-types.ts';
import { jsonArgument, oneOf, present } from '../arguments.ts';
import { type CommandGroup, command, EXIT } from '../command.ts';
import { LIST_OPTIONS, showList } from '../lists.ts';

const MODES: readonly (EventTypeFields['mode'] & string)[] = ['off', 'warn', 'block'];

/** `fanfare event-types …` */
export const eventTypes: CommandGroup = {
  summary: 'The catalogue of event types, one for all tenants.',
  commands: {
    list: command({
      summary: 'List event types, newest first.',
      options: LIST_OPTIONS,
      run: (context, { options }) =>
        showList(context, 'listEventTypes', options, [{}], {
          headings: ['TYPE', 'SCHEMA', 'DESCRIPTION'],
          cells: ({ type, schema, mode, deprecated, description }) => [
            deprecated ? `${type} (deprecated)` : type,
            schema === null ? 'none' : mode,
            description,
          ],
        }),
    }),
    get: command({
      summary: 'Show an event type with its schema.',
      args: ['<type>'],
      run: async ({ api, signal, json, out }, { args }) => {
        const { text } = await api.request('getEventType', { path: args, options: { signal } });
        out.document(text, json);
        return EXIT.ok;
      },
    }),
    put: command({
      summary: 'Say all there is about a type; what is left out goes back to its default.',
      args: ['<type>'],
      options: {
        description: { type: 'string', value: 'TEXT', help: 'for people' },
        schema: { type: 'string', value: 'JSON', help: 'JSON Schema 2020-12 of the data: JSON, @FILE or -' },
        mode: {
          type: 'string',
          value: 'MODE',
          help: 'what breaks the schema is: off (default), warn, block',
        },
        example: { type: 'string', value: 'JSON', help: 'an example of the data: JSON, @FILE or -' },
        deprecated: { type: 'boolean', help: 'it is on its way out' },
      },
      run: async (context, { args, options }) => {
        const json = async (name: string, text: string | undefined) =>
          text === undefined ? undefined : jsonArgument(context, name, text);
        const body = present({
          description: options.description ?? '',
          schema: await json('--schema', options.schema),
          mode: oneOf('--mode', options.mode, MODES),
          example: await json('--example', options.example),
          deprecated: options.deprecated,
        });
        const { api, signal, out } = context;
        out.document(
          (await api.request('putEventType', { path: args, body, options: { signal } })).text,
          context.json,
        );
        return EXIT.ok;
      },
    }),
    delete: command({
      summary: 'Forget an event type; events of it are taken as before.',
      args: ['<type>'],
      run: async ({ api, signal, json, out }, { args: [type = ''] }) => {
        await api.deleteEventType(type, { signal });
        if (!json) out.line(`${type} deleted`);
        return EXIT.ok;
      },
    }),
  },
};
