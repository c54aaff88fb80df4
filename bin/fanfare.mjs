#!/usr/bin/env node
// The command `fanfare`, by the launcher: it installs what is missing and finds the right Node.
process.argv.splice(2, 0, 'fanfare');
await import('./launch.mjs');
