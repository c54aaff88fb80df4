/**
 * The origin of a stored URL: scheme, host and port, in the one spelling that the WHATWG parser gives them. Empty for
 * text that is no URL.
 */
export function originOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? '' : `${parsed.protocol}//${parsed.host}`;
}
