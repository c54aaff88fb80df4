import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { STAGES, type Stage } from '../contract/environment.ts';
import { bundleOptions } from '../lib/blocks/bundle-options.ts';
import { ROOT } from '../lib/blocks/function-defaults.ts';
import { synthesize } from '../local/synth.ts';
import { readAssembly, resourcesOf } from '../local/template/assembly.ts';
import { object, text } from '../local/template/json.ts';

const FOLDER = join(ROOT, '.local', 'bench');

/** A function as the synthesized template deploys it. */
export interface DeployedFunction {
  /** Path of its `index.mjs`. */
  readonly bundle: string;
  /** Those of its variables whose value the template spells out. */
  readonly variables: Readonly<Record<string, string>>;
}

/** All functions of the template, by stage. */
export async function deployedFunctions(
  onWork: () => void,
): Promise<Readonly<Record<Stage, DeployedFunction>>> {
  const assembly = readAssembly(await synthesize(ROOT, onWork));
  const found = new Map<string, DeployedFunction>();
  for (const [id, properties] of resourcesOf(assembly.template, 'AWS::Lambda::Function')) {
    const stage = /^Fanfare: (.*)$/.exec(String(properties.Description))?.[1];
    if (stage === undefined) continue;
    const key = text(object(properties.Code, `${id}.Code`).S3Key, `${id}.Code.S3Key`);
    const environment = object(properties.Environment ?? {}, `${id}.Environment`);
    const given = Object.entries(object(environment.Variables ?? {}, `${id}.Environment.Variables`));
    found.set(stage, {
      bundle: join(assembly.assetFolder(key), 'index.mjs'),
      variables: Object.fromEntries(
        given.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : [])),
      ),
    });
  }
  const functionOf = (stage: Stage): DeployedFunction => {
    const deployed = found.get(stage);
    if (deployed === undefined) throw new Error(`the template has no function "${stage}"`);
    return deployed;
  };
  return Object.fromEntries(STAGES.map((stage) => [stage, functionOf(stage)])) as Record<
    Stage,
    DeployedFunction
  >;
}

/** Bundles an entry as functions are bundled. */
export async function bundle(name: string, entry: string): Promise<string> {
  const folder = join(FOLDER, name);
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, 'index.mjs');
  await build({ ...bundleOptions(), entryPoints: [join(ROOT, entry)], outfile });
  return outfile;
}
