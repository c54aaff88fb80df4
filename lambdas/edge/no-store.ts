import { onEachAnswer } from './answers.ts';

/** Nothing on the way may keep an answer (RFC 9111 section 5.2.2.5), unless its operation says otherwise. */
export function noStore() {
  return onEachAnswer((answer) => {
    answer.headers = { 'cache-control': 'no-store', ...answer.headers };
  });
}
