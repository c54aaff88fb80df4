import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { FanfareProps } from '../../lib/fanfare-props.ts';
import { FanfareStack } from '../../lib/fanfare-stack.ts';
import { ROOT } from './source-files.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

/** The synthesized stack. Resources go by their path in the pipeline: `Queues/Events/Poison`, `Retry/Function`. */
export interface SynthesizedStack {
  readonly stack: FanfareStack;
  readonly template: Template;
  readonly text: string;
  readonly resources: ReadonlyMap<string, Resource>;
  /** The properties of one resource. */
  of(path: string): Readonly<Record<string, unknown>>;
  /** Resources of one type, by path. */
  allOf(type: string): ReadonlyMap<string, Resource>;
  /** Names what a value refers to: a path, and what was joined to it. */
  named(value: unknown): string;
}

/**
 * An app with the switches of cdk.json. Functions are not bundled: their code is no matter here. `validate` has
 * CDK check the template, which takes a second.
 */
export function appForTests({ validate = false } = {}): App {
  const { context } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8'));
  return new App({
    analyticsReporting: false,
    builtinCloudFormationValidation: validate,
    context: { ...context, 'aws:cdk:bundling-stacks': [], 'aws:cdk:enable-path-metadata': true },
  });
}

/** Synthesizes the stack with these settings, without the console unless they ask for it. */
export function synthesize(props: FanfareProps = {}): SynthesizedStack {
  const stack = new FanfareStack(appForTests(), 'Fanfare', { console: false, ...props });
  const template = Template.fromStack(stack);
  const byId: Readonly<Record<string, Resource>> = template.toJSON().Resources;
  const pathOf = (id: string): string => {
    const path = String(byId[id]?.Metadata?.['aws:cdk:path'] ?? id);
    return path.replace(/^Fanfare\/Pipeline\//, '').replace(/\/Resource$/, '');
  };
  const resources = new Map(Object.entries(byId).map(([id, resource]) => [pathOf(id), resource]));
  return {
    stack,
    template,
    text: JSON.stringify(template.toJSON()),
    resources,
    of: (path) => {
      const resource = resources.get(path);
      assert.ok(resource, `no resource ${path} among ${[...resources.keys()].join(', ')}`);
      return resource.Properties;
    },
    allOf: (type) => new Map([...resources].filter(([, resource]) => resource.Type === type)),
    named: (value) => named(value, pathOf),
  };
}

function named(value: unknown, pathOf: (id: string) => string): string {
  if (typeof value === 'string') return value;
  const {
    Ref,
    'Fn::GetAtt': attribute,
    'Fn::Join': join,
    'Fn::Sub': text,
  } = value as Record<string, unknown>;
  if (typeof text === 'string') return text;
  if (typeof Ref === 'string') return pathOf(Ref);
  if (Array.isArray(attribute)) return pathOf(String(attribute[0]));
  assert.ok(Array.isArray(join), `cannot name ${JSON.stringify(value)}`);
  return (join[1] as unknown[]).map((part) => named(part, pathOf)).join(String(join[0]));
}

/** Paths of the functions, by stage. */
export const FUNCTION_PATHS = {
  ingest: 'Ingest/Function',
  'fan-out': 'FanOut/Function',
  dispatch: 'Dispatch/Function',
  retry: 'Retry/Function',
  redrive: 'Redrive/Function',
  manage: 'Manage/Function',
} as const;
