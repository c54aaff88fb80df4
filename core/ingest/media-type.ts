import { Problem } from '../problem.ts';

const PLAIN_JSON = 'application/json';
/** `type/subtype` and what follows. RFC 9110 section 8.3.1. */
const MEDIA_TYPE = /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+\/[!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*(?:;(.*))?$/s;
const CHARSET = /(?:^|;)\s*charset\s*=\s*"?([^";\s]*)"?/i;

/**
 * The media type of a JSON body in lower case: `application/json` or `application/<something>+json` (RFC 6839
 * section 3.1). Throws a 415 `Problem` for anything else, for another charset than UTF-8, and for an encoded body.
 */
export function jsonMediaType(contentType: string | undefined, contentEncoding: string | undefined): string {
  if (contentEncoding !== undefined && contentEncoding.trim().toLowerCase() !== 'identity') {
    throw new Problem(
      'unsupported-media-type',
      'Send the body as it is: no Content-Encoding is supported.',
      [{ pointer: 'content-encoding', detail: 'must be absent' }],
      // RFC 9110 section 15.5.16: tells that the coding was at fault.
      { 'accept-encoding': 'identity' },
    );
  }
  const [, type = '', parameters = ''] = MEDIA_TYPE.exec(contentType ?? '') ?? [];
  const name = type.toLowerCase();
  const charset = CHARSET.exec(parameters)?.[1] ?? 'utf-8';
  const isJson = name === PLAIN_JSON || /^application\/.+\+json$/.test(name);
  if (!isJson || !/^utf-?8$/i.test(charset)) {
    throw new Problem(
      'unsupported-media-type',
      'Send JSON in UTF-8, with "Content-Type: application/json".',
      [{ pointer: 'content-type', detail: `must be ${PLAIN_JSON}` }],
    );
  }
  return name;
}
