import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { STAGES, type Stage } from '../contract/environment.ts';
import { FUNCTION_DEFAULTS, REPLACED_MODULES, ROOT } from '../lib/blocks/function-defaults.ts';
import { synthesize } from '../local/synth.ts';
import { readAssembly, resourcesOf } from '../local/template/assembly.ts';
import { object, text } from '../local/template/json.ts';

const FOLDER = join(ROOT, '.local', 'bench');

/** The bundle of each function, as the synthesized template deploys it: paths of `index.mjs`. */
export async function deployedBundles(onWork: () => void): Promise<Readonly<Record<Stage, string>>> {
  const assembly = readAssembly(await synthesize(ROOT, onWork));
  const found = new Map<string, string>();
  for (const [id, { Description, Code }] of resourcesOf(assembly.template, 'AWS::Lambda::Function')) {
    const stage = /^Fanfare: (.*)$/.exec(String(Description))?.[1];
    if (stage === undefined) continue;
    const key = text(object(Code, `${id}.Code`).S3Key, `${id}.Code.S3Key`);
    found.set(stage, join(assembly.assetFolder(key), 'index.mjs'));
  }
  const bundleOf = (stage: Stage): string => {
    const path = found.get(stage);
    if (path === undefined) throw new Error(`the template has no function "${stage}"`);
    return path;
  };
  return Object.fromEntries(STAGES.map((stage) => [stage, bundleOf(stage)])) as Record<Stage, string>;
}

/**
 * Bundles an entry as functions are bundled. `replaced` names source files, from the root, whose place others take:
 * how a part of a function is left out of a measurement without touching the rest.
 */
export async function bundle(
  name: string,
  entry: string,
  replaced: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = join(FOLDER, name);
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, 'index.mjs');
  const { format, target, mainFields, minify } = FUNCTION_DEFAULTS.bundling;
  await build({
    absWorkingDir: ROOT,
    entryPoints: [join(ROOT, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format,
    target,
    mainFields: [...mainFields],
    minify,
    logLevel: 'warning',
    alias: { ...REPLACED_MODULES },
    plugins: [replacing(replaced)],
  });
  return outfile;
}

function replacing(replaced: Readonly<Record<string, string>>): Plugin {
  return {
    name: 'replacing',
    setup: ({ onResolve }) => {
      onResolve({ filter: /\.ts$/ }, ({ path, resolveDir, kind }) => {
        if (kind === 'entry-point') return null;
        const other = replaced[join(resolveDir, path).slice(ROOT.length + 1)];
        return other === undefined ? null : { path: join(ROOT, other) };
      });
    },
  };
}
