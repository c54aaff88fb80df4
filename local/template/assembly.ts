import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type Json, object, text } from './json.ts';

/** One resource of a CloudFormation template. */
export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties?: Json;
  readonly Metadata?: Json;
}

/** The parts of a CloudFormation template that the runner reads. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Parameters?: Readonly<Record<string, Json>>;
  readonly Conditions?: Json;
  readonly Mappings?: Json;
  readonly Outputs?: Json;
}

/** What `cdk synth` leaves behind: the template and the folders it points at. */
export interface Assembly {
  readonly stackName: string;
  readonly template: Template;
  /** Where all of it is. */
  readonly folder: string;
  /** Folder of a file asset, by the key the template gives for it (`<hash>.zip`). */
  assetFolder(key: string): string;
}

/**
 * Reads the one stack of a cloud assembly that holds functions. Throws if there is none or more than one.
 * https://github.com/aws/aws-cdk/tree/main/packages/aws-cdk-lib/cloud-assembly-schema
 */
export function readAssembly(folder: string): Assembly {
  const manifest = readJson(join(folder, 'manifest.json'));
  const stacks = Object.entries(object(manifest.artifacts, 'manifest.artifacts'))
    .filter(([, artifact]) => isObject(artifact) && artifact.type === 'aws:cloudformation:stack')
    .map(([name, artifact]) => readStack(folder, name, object(artifact, name)))
    .filter(({ template }) =>
      Object.values(template.Resources).some((resource) => resource.Type === 'AWS::Lambda::Function'),
    );
  const [stack] = stacks;
  if (!stack || stacks.length > 1) {
    throw new Error(`${folder} holds ${stacks.length} stacks with functions; the runner runs one`);
  }
  return stack;
}

function readStack(folder: string, artifactName: string, artifact: Json): Assembly {
  const properties = object(artifact.properties, `${artifactName}.properties`);
  const stackName = typeof properties.stackName === 'string' ? properties.stackName : artifactName;
  const template = readJson(join(folder, text(properties.templateFile, `${artifactName}.templateFile`)));
  object(template.Resources, `${artifactName}.Resources`);
  const files = object(readJson(join(folder, `${artifactName}.assets.json`)).files, 'assets.files');
  return {
    stackName,
    folder,
    template: template as unknown as Template,
    assetFolder: (key) => {
      const file = object(files[key.replace(/\.\w+$/, '')], `asset ${key}`);
      const source = object(file.source, `asset ${key}.source`);
      return join(folder, text(source.path, `asset ${key}.source.path`));
    },
  };
}

function readJson(file: string): Json {
  return object(JSON.parse(readFileSync(file, 'utf8')), file);
}

/** The resources of one of these types, each with its logical id. */
export function resourcesOf(
  template: Template,
  ...types: readonly string[]
): readonly (readonly [string, Json])[] {
  return Object.entries(template.Resources)
    .filter(([, resource]) => types.includes(resource.Type))
    .map(([id, resource]) => [id, resource.Properties ?? {}] as const);
}
