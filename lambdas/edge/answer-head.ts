import { onEachAnswer } from './answers.ts';

/** HEAD is answered as GET, without the body (RFC 9110 section 9.3.2). */
export function answerHead() {
  return onEachAnswer((answer, event) => {
    if (event.requestContext.http.method === 'HEAD') delete answer.body;
  });
}
