import { numberArgument, numbersArgument, pairsArgument, present } from '../arguments.ts';
import { type CommandGroup, command, EXIT, UsageError } from '../command.ts';
import { LIST_OPTIONS, showList } from '../lists.ts';

/** `fanfare tenants …` */
export const tenants: CommandGroup = {
  summary: 'Whose events and subscriptions there are.',
  commands: {
    list: command({
      summary: 'List tenants, newest first.',
      options: LIST_OPTIONS,
      run: (context, { options }) =>
        showList(context, 'listTenants', options, [{}], {
          headings: ['TENANT', 'CREATED', 'NAME'],
          cells: ({ id, createdAt, name }) => [id, createdAt, name],
        }),
    }),
    get: command({
      summary: 'Show a tenant.',
      args: ['<id>'],
      run: async ({ api, signal, json, out }, { args }) => {
        out.document((await api.request('getTenant', { path: args, options: { signal } })).text, json);
        return EXIT.ok;
      },
    }),
    put: command({
      summary: 'Say all there is about a tenant; what is left out goes back to its default.',
      args: ['<id>'],
      options: {
        name: { type: 'string', value: 'TEXT', help: 'for people' },
        metadata: { type: 'string', value: 'NAME=VALUE', multiple: true, help: 'for your own use' },
        'retry-schedule': {
          type: 'string',
          value: 'N,N,…',
          help: 'seconds to wait after each failed attempt, for subscriptions that have no schedule of their own',
        },
      },
      run: async ({ api, signal, json, out }, { args, options }) => {
        const schedule = options['retry-schedule'];
        const body = present({
          name: options.name,
          metadata: options.metadata && pairsArgument('--metadata', '=', options.metadata),
          retrySchedule: schedule === undefined ? undefined : numbersArgument('--retry-schedule', schedule),
        });
        out.document((await api.request('putTenant', { path: args, body, options: { signal } })).text, json);
        return EXIT.ok;
      },
    }),
    delete: command({
      summary: 'Remove a tenant with its subscriptions and keys; what is still to be delivered is cancelled.',
      args: ['<id>'],
      options: { yes: { type: 'boolean', help: 'do it without asking' } },
      run: async ({ api, signal, json, out, ask }, { args: [id = ''], options }) => {
        if (!options.yes) {
          const answer = await ask(`Remove tenant ${id} with all its subscriptions and keys?`);
          if (answer === null) throw new UsageError('there is nobody to ask; --yes removes it unasked');
          if (!answer) return EXIT.failure;
        }
        await api.deleteTenant(id, { signal });
        if (!json) out.line(`${id} deleted`);
        return EXIT.ok;
      },
    }),
  },
};

/** `fanfare portal` */
export const portal = command({
  summary: 'Make a link that lets a tenant use the console for a while.',
  args: ['<tenant>'],
  options: {
    seconds: { type: 'string', value: 'N', help: 'how long, 60 to 86400 (default 3600, an hour)' },
    'read-only': { type: 'boolean', help: 'to look, not to change' },
  },
  run: async ({ api, signal, json, out }, { args: [tenant = ''], options }) => {
    const body = present({
      tenant,
      expiresInSeconds: numberArgument('--seconds', options.seconds),
      readOnly: options['read-only'],
    });
    const made = await api.createPortalSession(body, { signal });
    if (json) out.json(JSON.stringify(made));
    else out.facts({ url: made.url, expires: made.expiresAt });
    return EXIT.ok;
  },
});
