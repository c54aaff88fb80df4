import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { DELIVERY_LOG_MODES, type DeliveryLogMode } from '../contract/delivery-log.ts';
import type { Quotas } from '../contract/limits.ts';
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
  deliveryLog: deliveryLogOf(app.node.tryGetContext('deliveryLog')),
  verifyEndpoints: String(app.node.tryGetContext('verifyEndpoints')) === 'true',
  quotas: quotasOf(app.node.tryGetContext('quotas')),
});
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));

/** What `-c deliveryLog=…` says; `full` unless it is given. */
function deliveryLogOf(value: unknown): DeliveryLogMode {
  const mode = DELIVERY_LOG_MODES.find((known) => known === (value ?? 'full'));
  if (mode === undefined)
    throw new Error(`deliveryLog is one of ${DELIVERY_LOG_MODES.join(', ')}, not ${value}`);
  return mode;
}

/** What `-c quotas='{"subscriptionsPerTenant":20000}'` says; the names are those of `QUOTA`. */
function quotasOf(value: unknown): Partial<Quotas> {
  const given: unknown = typeof value === 'string' ? JSON.parse(value) : (value ?? {});
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given;
  throw new Error('quotas is an object of numbers by name');
}

function read(file: string) {
  return JSON.parse(readFileSync(join(root, file), 'utf8'));
}
