import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONSOLE_NOTICES, FUNCTION_NOTICES, ROOT } from '../lib/blocks/function-defaults.ts';
import { packagesOfConsole, packagesOfFunctions } from './bundled-packages.ts';
import { noticesText } from './notices-text.ts';

// Writes the licence notices that are shipped with the functions and with the console.
writeFileSync(join(ROOT, FUNCTION_NOTICES), noticesText("Fanfare's functions", await packagesOfFunctions()));
writeFileSync(join(ROOT, CONSOLE_NOTICES), noticesText("Fanfare's console", await packagesOfConsole()));
process.stdout.write(`${FUNCTION_NOTICES}\n${CONSOLE_NOTICES}\n`);
