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

/** `fanfare sign-out` */
export const signOut = command({
  summary: 'End the portal session whose token is the key in use; other keys are revoked by `keys delete`.',
  run: async ({ api, signal, json, out }) => {
    await api.endPortalSession({ signal });
    if (!json) out.line('the portal session is ended');
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
