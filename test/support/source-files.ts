import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A static import or re-export at the start of a line, or a dynamic import. */
const IMPORT = /^(?:import|export)\b[^;'"`]*?\bfrom\s*'([^']+)'|^import\s*'([^']+)'|\bimport\(\s*'([^']+)'/gm;

/** One source file, taken apart as far as the architecture rules need. */
export interface SourceFile {
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly folder: string;
  readonly text: string;
  /** The code without comments. */
  readonly code: string;
  readonly lines: number;
  /** What it imports: paths from the root for own files, package names for the rest. */
  readonly imports: readonly string[];
}

/** All TypeScript files below the given top-level folders. */
export function sourceFiles(...folders: readonly string[]): readonly SourceFile[] {
  return folders.flatMap((folder) => {
    const entries = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
      .filter((entry) => !entry.parentPath.includes(`${sep}node_modules`))
      .map((entry) => readSource(join(entry.parentPath, entry.name)));
  });
}

function readSource(file: string): SourceFile {
  const text = readFileSync(file, 'utf8');
  const path = fromRoot(file);
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1');
  const specifiers = [...code.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  return {
    path,
    folder: path.split('/')[0] ?? '',
    text,
    code,
    lines: text.split('\n').length - 1,
    imports: specifiers.map((name) => (name.startsWith('.') ? fromRoot(resolve(dirname(file), name)) : name)),
  };
}

function fromRoot(file: string): string {
  return relative(ROOT, file).split(sep).join('/');
}

/**
 * The repository's files, as git tells, whoever owns the checkout; where there is no git, all but those it would
 * ignore.
 */
export function committedFiles(): readonly string[] {
  const listed = spawnSync('git', ['-c', 'safe.directory=*', 'ls-files'], { cwd: ROOT, encoding: 'utf8' });
  if (listed.status === 0) return listed.stdout.split('\n');
  const ignored = new Set([
    '.git',
    ...readFileSync(join(ROOT, '.gitignore'), 'utf8').replaceAll('/', '').split('\n'),
  ]);
  const entries = readdirSync(ROOT, { withFileTypes: true }).filter(({ name }) => !ignored.has(name));
  return entries.flatMap((entry) =>
    entry.isDirectory()
      ? readdirSync(join(ROOT, entry.name), { recursive: true, withFileTypes: true })
          .filter((below) => below.isFile())
          .map((below) => relative(ROOT, join(below.parentPath, below.name)))
      : [entry.name],
  );
}
