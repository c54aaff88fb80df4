import type { BundledPackage } from './bundled-packages.ts';

/** The parts of a CycloneDX document that are read or changed here. https://cyclonedx.org/docs/1.5/json/ */
export interface Sbom {
  readonly serialNumber?: string;
  readonly metadata: { readonly timestamp?: string; readonly component: { readonly name: string } };
  readonly components: readonly {
    readonly name: string;
    readonly version: string;
    readonly scope?: string;
  }[];
}

/**
 * The same document with `scope` telling what is bundled (`required`) from what only builds, tests or deploys
 * (`excluded`). Without what differs each time it is made, so that whoever makes it from the same lockfile gets the
 * same bytes. Throws when something is bundled that the document does not name.
 */
export function shippedScope(
  { serialNumber: _serialNumber, ...sbom }: Sbom,
  shipped: readonly Pick<BundledPackage, 'name' | 'version'>[],
): Sbom {
  const keyOf = (one: { readonly name: string; readonly version: string }) => `${one.name}@${one.version}`;
  const bundled = new Set(shipped.map(keyOf));
  const missing = bundled.difference(new Set(sbom.components.map(keyOf)));
  if (missing.size > 0)
    throw new Error(`The lockfile does not name what is bundled: ${[...missing].join(', ')}.`);
  const { timestamp: _timestamp, ...metadata } = sbom.metadata;
  return {
    ...sbom,
    // npm names it after the folder it lies in.
    metadata: { ...metadata, component: { ...metadata.component, name: 'fanfare' } },
    components: sbom.components.map((one) => ({
      ...one,
      scope: bundled.has(keyOf(one)) ? 'required' : 'excluded',
    })),
  };
}
