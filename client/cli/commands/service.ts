import { command, EXIT } from '../command.ts';

/** `fanfare health` */
export const health = command({
  summary: 'Whether the API answers, and its version.',
  run: async ({ api, signal, json, out }) => {
    const { text, body } = await api.request('getHealth', { options: { signal } });
    if (json) out.json(text);
    else out.line(`${body.status}, version ${body.version}`);
    return EXIT.ok;
  },
});

/** `fanfare openapi` */
export const openapi = command({
  summary: 'Print the API as an OpenAPI document.',
  run: async ({ api, signal, json, out }) => {
    out.document((await api.request('getOpenApi', { options: { signal } })).text, json);
    return EXIT.ok;
  },
});
