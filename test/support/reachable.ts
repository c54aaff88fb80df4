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
    for (const [, key] of code.matchAll(/\brequired\(ENV\.(\w+)\)/g)) {
      names.add(ENV[key as keyof typeof ENV]);
    }
  }
  return [...names].sort();
}
