import type { BundledPackage } from './bundled-packages.ts';

/** Licences under which something may be shipped: they ask for no more than that their text goes along. */
const PERMISSIVE = ['MIT', 'MIT-0', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', '0BSD', 'Unlicense'];

const LINE = '-'.repeat(100);

/**
 * The licence notices of packages, as text: each licence once, under the names of those it is for. Throws when a
 * package is under a licence that is not known to be permissive.
 */
export function noticesText(what: string, packages: readonly BundledPackage[]): string {
  const refused = packages.filter(({ license }) => !PERMISSIVE.includes(license));
  if (refused.length > 0) {
    const names = refused.map(({ name, license }) => `${name} (${license})`).join(', ');
    throw new Error(`These must not be shipped before somebody has read their licence: ${names}.`);
  }
  const sections = Map.groupBy(packages, (one) => one.text ?? ownWords(one));
  return [
    `${what} hold parts of the packages below, each under the licence that follows its name.\n`,
    ...[...sections].map(
      ([text, those]) =>
        `${LINE}\n${those.map(({ name, version, license }) => `${name} ${version} (${license})`).join('\n')}\n\n${text}\n`,
    ),
  ].join('\n');
}

/** For a package that names its licence and brings no text. Throws where the licence's text is not known here either. */
function ownWords({ name, license, author }: BundledPackage): string {
  const text = LICENSE_TEXTS[license];
  if (text === undefined) throw new Error(`${name} brings no text of its licence (${license}): add it here.`);
  return author ? `By ${author}, as the package says.\n\n${text}` : text;
}

/** https://opensource.org/license/mit and https://opensource.org/license/mit-0 */
const MIT_GRANT =
  'Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so';
const MIT_CONDITION =
  ', subject to the following conditions:\n\nThe above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software';
const MIT_WARRANTY =
  '.\n\nTHE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.';

const LICENSE_TEXTS: Readonly<Record<string, string>> = {
  MIT: `MIT License\n\n${MIT_GRANT}${MIT_CONDITION}${MIT_WARRANTY}`,
  // Asks for nothing; its text is at this address.
  Unlicense: 'Released into the public domain: https://unlicense.org',
  'MIT-0': `MIT No Attribution\n\n${MIT_GRANT}${MIT_WARRANTY}`,
};
