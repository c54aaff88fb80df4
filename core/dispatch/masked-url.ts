/** The URL without what may be a credential: user info is dropped, query values are masked. */
export function maskedUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null) return '';
  const query = [...url.searchParams.keys()].map((name) => `${encodeURIComponent(name)}=…`).join('&');
  return `${url.origin}${url.pathname}${query === '' ? '' : `?${query}`}`;
}
