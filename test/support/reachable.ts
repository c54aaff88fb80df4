import { ENV, type Stage } from '../../contract/environment.ts';
import { type SourceFile, sourceFiles } from './source-files.ts';

const files = new Map(
  sourceFiles('lambdas', 'adapters', 'core', 'contract').map((file) => [file.path, file]),
);

/** All source files that end up in a function's bundle. */
export function reachableFrom(stage: Stage): readonly SourceFile[] {
  const found = new Map<string, SourceFile>();
  const visit = (path: string): void => {
    const file = files.get(path);
    if (!file || found.has(path)) return;
    found.set(path, file);
    for (const name of file.imports) visit(name);
  };
  visit(`lambdas/${stage}.ts`);
  return [...found.values()];
}

/** Names of the environment variables that a function's code reads, in order. */
export function readsOf(stage: Stage): readonly string[] {
  const names = new Set<string>();
  for (const { code } of reachableFrom(stage)) {
    for (const [, key] of code.matchAll(/\brequired(?:Number)?\(ENV\.(\w+)\)/g)) {
      names.add(ENV[key as keyof typeof ENV]);
    }
  }
  return [...names].sort();
}

const SERVICES: Readonly<Record<string, string>> = {
  '@aws-sdk/client-dynamodb': 'dynamodb',
  '@aws-sdk/client-kms': 'kms',
  '@aws-sdk/client-secrets-manager': 'secretsmanager',
  '@aws-sdk/client-sqs': 'sqs',
};

/**
 * IAM actions that a function's code may call for. Somewhat too many: a class counts whole when one of its
 * methods is used.
 */
export function actionsOf(stage: Stage): ReadonlySet<string> {
  const actions = new Set<string>();
  for (const { code, imports } of reachableFrom(stage)) {
    for (const service of imports.flatMap((name) => SERVICES[name] ?? [])) {
      for (const [, name = ''] of code.matchAll(/\bnew (\w+)Command\(/g)) {
        // SQS knows no permission of its own for batches.
        actions.add(`${service}:${service === 'sqs' ? name.replace(/Batch$/, '') : name}`);
      }
      if (code.includes('paginateQuery(')) actions.add('dynamodb:Query');
    }
    // Parts of a transaction.
    for (const [, name] of code.matchAll(/\b(Put|Update|Delete|ConditionCheck): \{/g)) {
      actions.add(`dynamodb:${name}Item`);
    }
  }
  return actions;
}
