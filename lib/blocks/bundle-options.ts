import { FUNCTION_DEFAULTS, REPLACED_MODULES, ROOT } from './function-defaults.ts';

/** What esbuild's own API has to be told so that it bundles as CDK has it bundle the functions. */
export function bundleOptions() {
  const { format, target, mainFields, minify } = FUNCTION_DEFAULTS.bundling;
  return {
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node' as const,
    format,
    target,
    mainFields: [...mainFields],
    minify,
    logLevel: 'warning' as const,
    alias: { ...REPLACED_MODULES },
  };
}
