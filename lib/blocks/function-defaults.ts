import { join } from 'node:path';
import {
  ApplicationLogLevel,
  Architecture,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { LogLevel, type NodejsFunctionProps, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';

export const ROOT = join(import.meta.dirname, '../..');

/** Modules in whose place a bundle takes others: none of what they bring is of use on Lambda. */
export const REPLACED_MODULES = {
  '@aws-sdk/credential-provider-node': join(ROOT, 'adapters/aws/lambda-credentials.ts'),
  'node:http': join(ROOT, 'adapters/aws/builtin-http.ts'),
} as const;

/** Licence notices of what is bundled, from the root: a test says when they are to be written anew (`npm run notices`). */
export const FUNCTION_NOTICES = join('lambdas', 'third-party-notices.txt');
export const CONSOLE_NOTICES = join('console', 'public', 'third-party-notices.txt');

/** What all functions have in common. */
export const FUNCTION_DEFAULTS = {
  // Pinned: what is tested is what runs, until somebody moves both.
  runtime: Runtime.NODEJS_24_X,
  architecture: Architecture.ARM_64,
  loggingFormat: LoggingFormat.JSON,
  applicationLogLevelV2: ApplicationLogLevel.INFO,
  // Lambda's own START, END and REPORT lines cost more than a short run does.
  systemLogLevelV2: SystemLogLevel.WARN,
  projectRoot: ROOT,
  depsLockFilePath: join(ROOT, 'package-lock.json'),
  bundling: {
    // One ES module with everything in it, the SDK included, so that what was tested is what runs.
    format: OutputFormat.ESM,
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    bundleAwsSDK: true,
    // For reading stack traces by hand. Lambda is not told to apply them: that costs memory and start-up time.
    sourceMap: true,
    sourcesContent: false,
    logLevel: LogLevel.WARNING,
    commandHooks: {
      beforeBundling: () => [],
      beforeInstall: () => [],
      // By Node, because a shell's word for it differs from system to system.
      afterBundling: (_from: string, to: string) => [
        [
          process.execPath,
          '-e',
          'fs.copyFileSync(...process.argv.slice(1))',
          join(ROOT, FUNCTION_NOTICES),
          join(to, 'third-party-notices.txt'),
        ]
          .map((word) => `"${word}"`)
          .join(' '),
      ],
    },
    esbuildArgs: { '--alias': Object.entries(REPLACED_MODULES).map((pair) => pair.join('=')) },
  },
} as const satisfies NodejsFunctionProps;
