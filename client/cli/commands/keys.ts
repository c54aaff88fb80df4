import { present } from '../arguments.ts';
import { type CommandGroup, command, EXIT } from '../command.ts';
import { LIST_OPTIONS, showList } from '../lists.ts';

/** `fanfare keys …` */
export const keys: CommandGroup = {
  summary: 'API keys.',
  commands: {
    list: command({
      summary: 'List keys, newest first; never the keys themselves.',
      options: LIST_OPTIONS,
      run: (context, { options }) =>
        showList(context, 'listKeys', options, [{}], {
          headings: ['KEY', 'NAME', 'TENANT', 'SCOPES', 'EXPIRES'],
          cells: ({ id, name, tenant, scopes, expiresAt }) => [
            id,
            name,
            tenant ?? '(all)',
            scopes.join(' '),
            expiresAt ?? 'never',
          ],
        }),
    }),
    create: command({
      summary: 'Make a key and print it, this once. With --tenant it is good for that tenant only.',
      args: ['<name>'],
      options: {
        scope: {
          type: 'string',
          value: 'SCOPE',
          multiple: true,
          help: 'what it may do, such as events:write',
        },
        'expires-at': { type: 'string', value: 'TIME', help: 'when it ends (default: never)' },
      },
      run: async ({ api, scope, signal, json, out }, { args: [name = ''], options }) => {
        const fields = { name, scopes: options.scope ?? [], ...scope, expiresAt: options['expires-at'] };
        const made = await api.createKey(present(fields), { signal });
        if (json) out.json(JSON.stringify(made));
        else out.facts({ id: made.id, key: made.key });
        return EXIT.ok;
      },
    }),
    delete: command({
      summary: 'Revoke a key, and all keys and portal sessions that were made with it.',
      args: ['<id>'],
      run: async ({ api, signal, json, out }, { args: [id = ''] }) => {
        await api.deleteKey(id, { signal });
        if (!json) out.line(`${id} deleted`);
        return EXIT.ok;
      },
    }),
  },
};
