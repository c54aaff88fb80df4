const http = process.getBuiltinModule('node:http');

/**
 * Takes the place of `node:http` in the functions' bundles. An ES import of it makes Node look at every export it has,
 * the WebSocket classes among them, and so loads its whole HTTP client of the web standards (undici), which nobody here
 * uses: tens of milliseconds of each cold start. Taken as Node keeps it, only what is named is looked at.
 */
export const { Agent, request, STATUS_CODES } = http;

/** For who imports the module as a whole, at a time of its own choice. */
export default { Agent, request };
