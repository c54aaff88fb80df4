import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Endpoint, type InProcessRunner, startEndpoint, startInProcess } from '../local/runner.ts';
import { until } from '../local/until.ts';
import { ROOT } from '../support/source-files.ts';
import { fanfareHere } from './cli/run-here.ts';

// Inside the repository, so that the package's own dependency is found.
const FOLDER = join(ROOT, '.local', `client-docs-${process.pid}`);
const { NODE_TEST_CONTEXT: _, ...OWN } = process.env;

let runner: InProcessRunner;
let endpoint: Endpoint;

before(async () => {
  runner = await startInProcess();
  endpoint = await startEndpoint();
});

after(async () => {
  await runner.stop();
  await endpoint.close();
  rmSync(FOLDER, { recursive: true, force: true });
});

/** The fenced blocks of a language. */
function blocks(file: string, language: string): readonly string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, block]) => block ?? '',
  );
}

/** Runs a program where the runner is known; answers its exit code and all it printed. */
async function run(command: string, args: readonly string[], cwd: string) {
  const child = spawn(command, args, {
    cwd,
    env: {
      ...OWN,
      PATH: `${join(ROOT, 'node_modules/.bin')}:${OWN.PATH}`,
      FANFARE_URL: runner.url,
      FANFARE_API_KEY: runner.apiKey,
      HOOK_URL: endpoint.url,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (part) => {
      output += part;
    });
  }
  const code = await new Promise((resolve) =>
    child.once('close', (ended, signal) => resolve(ended ?? signal)),
  );
  return { code, output };
}

test('the package for other projects compiles against its types, and runs, as the documentation shows it', async () => {
  execFileSync(process.execPath, [join(ROOT, 'bin/pack-client.ts')], { cwd: ROOT, env: OWN });
  const modules = join(FOLDER, 'node_modules');
  mkdirSync(modules, { recursive: true });
  cpSync(join(ROOT, '.local/client-package'), join(modules, 'fanfare-client'), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules/standardwebhooks'), join(modules, 'standardwebhooks'));
  const [example = ''] = blocks('docs/client.md', 'ts');
  writeFileSync(join(FOLDER, 'example.ts'), example);
  writeFileSync(join(FOLDER, 'package.json'), '{"type":"module"}');
  const strict = { strict: true, noEmit: true, module: 'nodenext', target: 'es2024', types: ['node'] };
  writeFileSync(
    join(FOLDER, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: strict, files: ['example.ts'] }),
  );
  const compiled = await run(
    process.execPath,
    [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', FOLDER],
    FOLDER,
  );
  assert.deepEqual(compiled, { code: 0, output: '' });
  const { code, output } = await run(process.execPath, ['example.ts'], FOLDER);
  assert.equal(code, 0, output);
  assert.match(output, /^400 invalid-request \[\s+\{\s+pointer: '\/timeoutSeconds'/m);
  assert.match(output, /^evt_\w+ done 0$/m);
  const packed = join(modules, 'fanfare-client/client/cli/main.js');
  assert.match((await run(process.execPath, [packed, 'health'], FOLDER)).output, /^ok, version /);
});

test('each command of the documentation does what it says', async () => {
  const shown = ['README.md', 'docs/client.md']
    .flatMap((file) => blocks(file, 'sh'))
    .flatMap((block) => block.split('\n'))
    // The one that does not end by itself has a test of its own.
    .filter((line) => line.startsWith('npx fanfare ') && !line.includes(' listen '));
  assert.ok(shown.length > 15);
  for (const line of shown) {
    // The shell takes the line apart; a process for each command would take long.
    const shell = await run('sh', ['-c', line.replace('npx fanfare', "printf '%s\\n'")], ROOT);
    const { code, stderr } = await fanfareHere(runner, shell.output.trimEnd().split('\n'));
    assert.equal(code, 0, `${line}\n${stderr}`);
    const [, id] = / send .* --id (\S+)$/.exec(line) ?? [];
    if (id)
      await until(
        'it is on record',
        async () => (await runner.call('GET', `/v1/events/${id}`)).status === 200,
      );
  }
});

test('the launcher runs a command where its caller stands, and passes its exit code on', async () => {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'data.json'), '{"n":1.0}');
  const launcher = join(ROOT, 'bin/fanfare.mjs');
  const sent = await run(process.execPath, [launcher, 'send', 'a.b', '@data.json'], FOLDER);
  assert.equal(sent.code, 0, sent.output);
  assert.equal((await run(process.execPath, [launcher, 'events', 'get', 'nobody'], FOLDER)).code, 1);
  assert.equal((await run(process.execPath, [launcher, 'sned'], FOLDER)).code, 2);
});
