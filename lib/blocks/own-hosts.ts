/** Longest list of further names: a function's variables hold 4 KB together. */
const MAX_NAMES = 10;
/** A host name (RFC 1123 section 2.1, letters of other scripts as `xn--…`), with a port if only that one is meant. */
const NAME =
  /^(?=.{1,253}(:|$))([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+(:\d{1,5})?$/i;

/** Every host under which API and console are reached, with commas between. Throws for a name that is none. */
export function ownHosts(
  known: readonly { readonly hosts: readonly string[] }[],
  further: readonly string[] = [],
): string {
  if (further.length > MAX_NAMES) throw new Error(`ownHosts takes at most ${MAX_NAMES} names`);
  for (const name of further) {
    if (!NAME.test(name))
      throw new Error(`ownHosts takes names such as hooks.example.com, not ${JSON.stringify(name)}`);
  }
  return [...known.flatMap(({ hosts }) => hosts), ...further].join(',');
}
