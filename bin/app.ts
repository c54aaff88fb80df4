import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { FanfareStack } from '../lib/fanfare-stack.ts';

const root = join(import.meta.dirname, '..');

const app = new App({
  // `cdk` passes all of this by itself; run directly, the app has to make the same template.
  context: {
    ...read('cdk.json').context,
    'aws:cdk:enable-path-metadata': true,
    'aws:cdk:enable-asset-metadata': true,
  },
  analyticsReporting: false,
});
new FanfareStack(app, 'Fanfare', {
  version: read('package.json').version,
  // `-c console=false` leaves it out. So does the local runner, which serves the page by itself.
  ...(String(app.node.tryGetContext('console')) === 'false' ? { console: false as const } : {}),
});
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));

function read(file: string) {
  return JSON.parse(readFileSync(join(root, file), 'utf8'));
}
