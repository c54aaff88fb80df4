import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { AssetHashType, DockerImage, FileSystem } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import { CONSOLE_BUILD, CONSOLE_SOURCES } from '../../contract/console.ts';
import { ROOT } from './function-defaults.ts';

/** The console's files, built while the template is made, as the functions are; no Docker is needed. */
export function consoleFiles(scope: Construct, id: string): Asset {
  const fingerprints = CONSOLE_SOURCES.map((source) => FileSystem.fingerprint(join(ROOT, source)));
  return new Asset(scope, id, {
    path: join(ROOT, 'console'),
    assetHashType: AssetHashType.CUSTOM,
    assetHash: fingerprints.join(),
    bundling: {
      // Asked for by CDK's types and never used: building without it either works or throws.
      image: DockerImage.fromRegistry('docker-is-not-used'),
      local: {
        tryBundle(folder) {
          build(folder);
          return true;
        },
      },
    },
  });
}

function build(folder: string): void {
  const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
  const { status, error, stdout, stderr } = spawnSync(process.execPath, [vite, ...CONSOLE_BUILD, folder], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`the console could not be built:\n${stdout}${stderr}`);
}
