// What a program pays that makes a new TLS connection for each request and keeps nothing of the one before.
import { request } from 'node:https';
import { answerQuestions } from '../process/answer-questions.ts';
import { measured } from '../process/cpu.ts';

/** What it can be asked. */
export type BareTlsQuestion =
  | {
      readonly kind: 'prepare';
      readonly ports: readonly number[];
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | { readonly kind: 'run'; readonly requests: number };

const CONCURRENCY = 40;
let prepared: Extract<BareTlsQuestion, { kind: 'prepare' }> | null = null;
let sent = 0;

answerQuestions<BareTlsQuestion>(async (question) => {
  if (question.kind === 'run') return measured(() => run(question.requests));
  prepared = question;
  return {};
});

async function run(requests: number): Promise<void> {
  let left = requests;
  const loop = async (): Promise<void> => {
    while (left-- > 0) await post(prepared?.ports[sent++ % prepared.ports.length] ?? 0);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, loop));
}

function post(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const { path, headers } = prepared ?? {};
    request({ host: 'localhost', port, method: 'POST', path, headers, agent: false }, (response) => {
      response.on('data', () => {});
      response.on('end', () => (response.statusCode === 200 ? resolve() : reject(new Error('not 200'))));
    })
      .on('error', reject)
      .end(prepared?.body);
  });
}
