import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../lib/blocks/function-defaults.ts';
import { packagesOfConsole, packagesOfFunctions } from './bundled-packages.ts';
import { shippedScope } from './shipped-scope.ts';

// Writes a software bill of materials of the locked dependencies: CycloneDX JSON, made by npm from the lockfile alone.
const OUTPUT = join('dist', 'sbom.cdx.json');

const said = execFileSync(
  'npm',
  ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application', '--package-lock-only'],
  {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32',
  },
);
const shipped = [...(await packagesOfFunctions()), ...(await packagesOfConsole())];
mkdirSync(join(ROOT, 'dist'), { recursive: true });
writeFileSync(join(ROOT, OUTPUT), `${JSON.stringify(shippedScope(JSON.parse(said), shipped), null, 2)}\n`);
process.stdout.write(`${OUTPUT}\n`);
