import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build as esbuild } from 'esbuild';
import { build as vite } from 'vite';
import { STAGES } from '../contract/environment.ts';
import { bundleOptions } from '../lib/blocks/bundle-options.ts';
import { ROOT } from '../lib/blocks/function-defaults.ts';

/** A package of which something is in a bundle. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** As the package names it: an SPDX identifier. */
  readonly license: string;
  /** Who wrote it, or null if the package does not say. */
  readonly author: string | null;
  /** The licence and notices it comes with, or null if it holds no such file. */
  readonly text: string | null;
}

/** The packages that esbuild puts into the functions' bundles, by name. */
export async function packagesOfFunctions(): Promise<readonly BundledPackage[]> {
  const { metafile } = await esbuild({
    ...bundleOptions(),
    entryPoints: STAGES.map((stage) => join('lambdas', `${stage}.ts`)),
    outdir: join(ROOT, 'dist', 'functions'),
    write: false,
    metafile: true,
  });
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  return packagesOf(inputs.flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])));
}

/** The packages that Vite puts into the console, by name. */
export async function packagesOfConsole(): Promise<readonly BundledPackage[]> {
  const modules = new Set<string>();
  await vite({
    configFile: join(ROOT, 'console', 'vite.config.ts'),
    logLevel: 'warn',
    build: { write: false },
    plugins: [
      {
        name: 'list-modules',
        // Style sheets are no longer in any chunk when the bundle is made, so all modules are listed as they are read.
        moduleParsed: ({ id }) => void modules.add(relative(ROOT, id.replace(/^\0|\?.*$/g, ''))),
      },
    ],
  });
  return packagesOf([...modules]);
}

function packagesOf(paths: readonly string[]): readonly BundledPackage[] {
  const folders = paths.flatMap(
    (path) => /^(.*\bnode_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path.replaceAll('\\', '/'))?.[1] ?? [],
  );
  return [...new Set(folders)].map(read).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf({ name, version }: BundledPackage): string {
  return `${name}@${version}`;
}

function read(folder: string): BundledPackage {
  const { name, version, license, author } = JSON.parse(
    readFileSync(join(ROOT, folder, 'package.json'), 'utf8'),
  );
  const texts = readdirSync(join(ROOT, folder))
    .filter((file) => /licen[cs]e|copying|notice/i.test(file))
    .sort()
    .map((file) =>
      readFileSync(join(ROOT, folder, file), 'utf8')
        .replaceAll('\r\n', '\n')
        .trim(),
    );
  return {
    name: String(name),
    version: String(version),
    license: String(license),
    author: authorOf(author),
    text: texts.length > 0 ? texts.join('\n\n') : null,
  };
}

/** `Name <mail> (url)`, or an object with the name. */
function authorOf(author: unknown): string | null {
  const name = typeof author === 'object' && author !== null && 'name' in author ? author.name : author;
  return typeof name === 'string' ? name.replace(/\s*[<(].*$/, '') : null;
}
