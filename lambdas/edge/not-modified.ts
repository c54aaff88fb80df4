import { namesEtag } from '../../core/etag.ts';
import { onEachAnswer } from './answers.ts';

/** Answers 304 in place of what the caller has already (RFC 9110 section 15.4.5). */
export function notModified() {
  return onEachAnswer((answer, event) => {
    const etag = answer.headers?.etag;
    const known = event.headers['if-none-match'];
    if (answer.statusCode !== 200 || typeof etag !== 'string' || known === undefined) return;
    if (!namesEtag(known, etag)) return;
    answer.statusCode = 304;
    delete answer.headers?.['content-type'];
    delete answer.body;
  });
}
