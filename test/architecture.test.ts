import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CONSOLE_SOURCES } from '../contract/console.ts';
import { ENV, LOCAL_ENV } from '../contract/environment.ts';
import { METRICS, METRICS_NAMESPACE } from '../contract/metrics.ts';
import { metricsOf, metricsOfAlarm, type NamedMetric, widgetsOf } from './support/dashboards.ts';
import { committedFiles, ROOT, type SourceFile, sourceFiles } from './support/source-files.ts';
import { synthesize } from './support/template.ts';

/** Who may import whom. Own folders by name, packages by prefix; `node:` stands for all of Node. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  contract: ['contract/'],
  core: [
    'core/',
    'contract/',
    'node:buffer',
    'node:crypto',
    'node:net',
    'ipaddr.js',
    'zod',
    'ajv-formats/dist/formats.js',
    '@eslint-community/regexpp',
  ],
  adapters: [
    'core/',
    'contract/',
    'adapters/aws/',
    'adapters/https/',
    'adapters/names/',
    'node:',
    '@aws-sdk/',
    '@aws-lambda-powertools/',
  ],
  lambdas: [
    'core/',
    'contract/',
    'adapters/',
    'lambdas/wiring.ts',
    'lambdas/edge/',
    '@middy/',
    '@aws-sdk/',
    'aws-lambda',
    'node:',
  ],
  lib: ['lib/', 'contract/', 'aws-cdk-lib', 'constructs', 'cdk-nag', 'node:'],
  local: [
    'local/',
    'contract/',
    'lambdas/',
    'core/',
    'aws-lambda',
    'node:',
    'fauxqs',
    'prom-client',
    '@aws-sdk/',
    'standardwebhooks',
  ],
  client: ['client/', 'contract/', 'standardwebhooks', 'node:'],
  console: [
    'console/',
    'contract/',
    // Reading JSON by its tokens, and what decides whether an event is for a subscription: docs/adr/0006.
    'core/raw-json.ts',
    'core/exact-number.ts',
    'core/fan-out/event-pattern.ts',
    'core/fan-out/match-',
    // What a request's body is: the same.
    'core/dispatch/body-text.ts',
    '@cloudscape-design/',
    '@tanstack/react-query',
    '@vitejs/',
    'react',
    'wouter',
    'vite',
    'node:url',
    'swagger-ui-dist/',
  ],
  bench: [
    'bench/',
    'local/',
    'lambdas/',
    'adapters/',
    'core/',
    'contract/',
    'node:',
    '@aws-sdk/',
    'aws-lambda',
    'esbuild',
    'lib/blocks/bundle-options.ts',
    'lib/blocks/function-defaults.ts',
    'standardwebhooks',
    'vega',
  ],
  bin: [
    'bin/',
    'lib/',
    'local/',
    'contract/',
    'esbuild',
    'vite',
    'aws-cdk-lib',
    'constructs',
    'cdk-nag',
    'node:',
  ],
};

/** Longest file of each folder, in lines. */
const CEILING: Readonly<Record<string, number>> = {
  contract: 250,
  console: 200,
  core: 250,
  adapters: 250,
  lambdas: 150,
  lib: 150,
  local: 250,
  client: 250,
  bench: 250,
  bin: 250,
  test: 320,
};

/** Files that may be longer, each with the reason. */
const LONGER: Readonly<Record<string, string>> = {
  'lib/monitoring/alarm-table.ts': 'every alarm in one table, to be looked up in',
  'contract/metrics.ts': 'the catalogue of metrics, to be looked up in',
  'contract/api.ts': 'every body of the API in one list, to be looked up in',
  'core/openapi/answers.ts': 'the same list as schemas',
  'core/openapi/operation-docs.ts': 'one entry for each operation of the API',
  'test/core/fan-out/event-pattern-cases.ts': 'one table of cases',
};

/** Receivers for customers to copy, quoted: what they import and read is not ours. */
const QUOTED = 'console/subscriptions/snippets.ts';

/** Widgets and alarms of the template, with the metrics they show. */
const operated = operatorsView();

const files = sourceFiles(...Object.keys(MAY_IMPORT)).filter(({ path }) => path !== QUOTED);

function offences(check: (file: SourceFile) => readonly string[]): readonly string[] {
  return files.flatMap((file) => check(file).map((what) => `${file.path}: ${what}`));
}

test('each folder imports only what the layout allows', () => {
  assert.deepEqual(
    offences((file) => {
      const allowed = MAY_IMPORT[file.folder] ?? [];
      return file.imports.filter((name) => !allowed.some((prefix) => name.startsWith(prefix)));
    }),
    [],
  );
});

test('the console is built anew when anything it is made of changed', () => {
  const all = new Map(files.map((file) => [file.path, file]));
  const reached = new Set(files.filter(({ folder }) => folder === 'console').map(({ path }) => path));
  for (const path of reached)
    for (const name of all.get(path)?.imports ?? []) if (all.has(name)) reached.add(name);
  // Types alone, which leave no trace in what is built.
  const types = ['core/event.ts', 'core/problem.ts', 'core/subscription.ts'];
  const covered = (path: string) =>
    types.includes(path) || CONSOLE_SOURCES.some((source) => `${path}/`.startsWith(`${source}/`));
  assert.ok(reached.has('core/fan-out/pattern-condition.ts'));
  assert.deepEqual(
    [...reached].filter((path) => !covered(path)),
    [],
  );
});

test('nothing but the runner, benchmarks and tests imports the runner', () => {
  assert.deepEqual(
    offences((file) =>
      ['local', 'bench'].includes(file.folder) || file.path === 'bin/local.ts'
        ? []
        : file.imports.filter((name) => name.startsWith('local/')),
    ),
    [],
  );
});

test('the core has no clock, chance or environment of its own', () => {
  assert.deepEqual(
    offences((file) =>
      file.folder === 'core'
        ? [
            ...file.code.matchAll(
              /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\.|\brandom(?:UUID|Bytes)\b|\bsetTimeout\b/g,
            ),
          ].map((m) => m[0])
        : [],
    ),
    [],
  );
});

/** Of the functions, and of the command line. */
const ENVIRONMENT_READERS = ['lambdas/wiring.ts', 'client/cli/main.ts'];

test('the environment is read in one file', () => {
  const readers = files.filter((file) => /\bprocess\.env\b/.test(file.code)).map((file) => file.path);
  assert.deepEqual(
    readers.filter((path) => !ENVIRONMENT_READERS.includes(path) && !/^(local|bin|bench)\//.test(path)),
    [],
  );
});

test('each environment variable is both set and read', () => {
  const using = (folders: readonly string[], name: string): boolean =>
    files.some((file) => folders.includes(file.folder) && file.code.includes(name));
  for (const key of Object.keys(ENV)) {
    assert.ok(using(['lib'], `ENV.${key}`), `ENV.${key} is set by no construct`);
    assert.ok(using(['lambdas'], `ENV.${key}`), `ENV.${key} is read by no function`);
  }
  for (const key of Object.keys(LOCAL_ENV)) {
    assert.ok(using(['local'], `LOCAL_ENV.${key}`), `LOCAL_ENV.${key} is set by no runner`);
    assert.ok(!using(['lib'], `LOCAL_ENV.${key}`), `LOCAL_ENV.${key} must not reach a template`);
  }
});

test('each metric of the catalogue has an emitter and a place on a dashboard or in an alarm', () => {
  const code = files
    .filter(({ folder }) => folder === 'core' || folder === 'lambdas')
    .map((file) => file.code);
  const emitted = code.flatMap((text) =>
    [...text.matchAll(/\bmeasure\(\s*'(\w+)'/g)].map((match) => match[1] ?? ''),
  );
  assert.deepEqual([...new Set(emitted)].sort(), Object.keys(METRICS).sort());
  const shown = operated
    .flatMap(({ metrics }) => metrics)
    .filter(({ namespace }) => namespace === METRICS_NAMESPACE);
  assert.deepEqual([...new Set(shown.map(({ name }) => name))].sort(), Object.keys(METRICS).sort());
});

test('each alarm has its section in the runbook, and each section its alarm', () => {
  const [, alarms = ''] = read('docs/runbook.md').split(/^## Alarms$/m);
  const [section = ''] = alarms.split(/^## /m);
  const headings = [...section.matchAll(/^### (.+)$/gm)].map((match) => slug(match[1] ?? ''));
  const linked = operated.flatMap(({ description }) => /#(\S+)$/.exec(description ?? '')?.[1] ?? []);
  assert.deepEqual([...new Set(headings)].sort(), [...new Set(linked)].sort());
});

test('no barrels, no drawers for odds and ends', () => {
  assert.deepEqual(
    offences((file) =>
      /(^|\/)(index\.tsx?|utils?|common|helpers?)(\/|\.|$)/.test(file.path) ? ['name says nothing'] : [],
    ),
    [],
  );
});

test('files stay short enough to read in one go', () => {
  const all = [...files, ...sourceFiles('test')];
  const long = all.filter((file) => file.lines > (CEILING[file.folder] ?? 250) && !(file.path in LONGER));
  assert.deepEqual(
    long.map((file) => `${file.path}: ${file.lines} lines`),
    [],
  );
});

test('no test is skipped or the only one', () => {
  const found = sourceFiles('test').filter((file) =>
    /\b(test|it|describe)\.(skip|only|todo)\b/.test(file.code),
  );
  assert.deepEqual(
    found.map((file) => file.path),
    [],
  );
});

test('no failure is swallowed and no type is given up', () => {
  assert.deepEqual(
    offences((file) =>
      [
        ...file.code.matchAll(
          /:\s*any\b|\bas any\b|<any>|catch(?:\s*\(\w+\))?\s*\{\s*\}|\.catch\(\(\) => (?:\{\}|undefined|null)\)|@ts-(?:ignore|expect-error|nocheck)/g,
        ),
      ].map((m) => m[0]),
    ),
    [],
  );
});

test('the repository names no machine and no registry', () => {
  const found = committedFiles()
    .filter((path) => path !== '' && !/\.(png|ico|jpg)$/.test(path) && path !== 'test/architecture.test.ts')
    .filter((path) =>
      /(^|[^A-Za-z0-9_.])\/(work|root|home)\/|registry\.npmjs|"resolved": *"http/.test(read(path)),
    );
  assert.deepEqual(found, []);
});

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** A heading as links name it. */
function slug(heading: string): string {
  return heading.toLowerCase().replaceAll(' ', '-');
}

function operatorsView(): readonly {
  readonly description?: string;
  readonly metrics: readonly NamedMetric[];
}[] {
  const fanfare = synthesize();
  const widgets = ['Overview', 'Stages'].flatMap((page) => widgetsOf(fanfare, `Monitoring/${page}`));
  const alarms = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) => [
    ...fanfare.allOf(type).values(),
  ]);
  return [
    ...widgets.map((widget) => ({ metrics: metricsOf(widget) })),
    ...alarms.map(({ Properties }) => ({
      description: String(Properties.AlarmDescription),
      metrics: metricsOfAlarm(Properties, fanfare.named),
    })),
  ];
}
