import { execFileSync } from 'node:child_process';
import { copyFileSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// Makes a package of the client and its command line that installs anywhere: plain JavaScript with types, no build step.
const ROOT = join(import.meta.dirname, '..');
const OUTPUT = join(ROOT, '.local', 'client-package');
const own = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

rmSync(OUTPUT, { recursive: true, force: true });
execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', join(ROOT, 'client')], {
  stdio: 'inherit',
});
// The compiler renames imports in code, but not in declarations.
for (const name of globSync('**/*.d.ts', { cwd: OUTPUT })) {
  const file = join(OUTPUT, name);
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/(from\s+|import\()'(\.[^']+)\.ts'/g, "$1'$2.js'"));
}
copyFileSync(join(ROOT, 'LICENSE'), join(OUTPUT, 'LICENSE'));
copyFileSync(join(ROOT, 'docs/client.md'), join(OUTPUT, 'README.md'));
writeFileSync(
  join(OUTPUT, 'package.json'),
  JSON.stringify(
    {
      name: 'fanfare-client',
      version: own.version,
      description: 'Client and command line of Fanfare: webhooks as a service.',
      license: own.license,
      type: 'module',
      engines: { node: '>=20.3' },
      exports: { '.': { types: './client/fanfare.d.ts', default: './client/fanfare.js' } },
      bin: { fanfare: 'client/cli/main.js' },
      dependencies: { standardwebhooks: own.dependencies.standardwebhooks },
    },
    null,
    2,
  ),
);
// A cache of its own: npm's may be in a home folder that cannot be written, and packing needs nothing of it.
const places = ['--cache', join(ROOT, '.local', 'npm-cache'), '--pack-destination', join(ROOT, '.local')];
const packed = execFileSync('npm', ['pack', '--silent', ...places, OUTPUT], {
  cwd: ROOT,
  encoding: 'utf8',
  shell: process.platform === 'win32',
});
process.stdout.write(`${join('.local', packed.trim())}\n`);
