// The least that a program must do to make the same deliveries: a loop that POSTs the same bytes through the same
// client, on kept connections, and reads each answer.
import { Agent, type IncomingMessage, request } from 'node:http';
import { answerQuestions } from '../process/answer-questions.ts';
import { measured } from '../process/cpu.ts';

/** What the bare loop can be asked. */
export type BareQuestion =
  | {
      readonly kind: 'prepare';
      readonly ports: readonly number[];
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      readonly concurrency: number;
    }
  | { readonly kind: 'run'; readonly requests: number };

const agent = new Agent({ keepAlive: true });
let prepared: Extract<BareQuestion, { kind: 'prepare' }> | null = null;
let body = Buffer.alloc(0);
let sent = 0;

answerQuestions<BareQuestion>(async (question) => {
  if (question.kind === 'run') return measured(() => run(question.requests));
  prepared = question;
  body = Buffer.from(question.body);
  return {};
});

async function run(requests: number): Promise<void> {
  if (!prepared) throw new Error('nothing was prepared');
  let left = requests;
  const loop = async (): Promise<void> => {
    while (left-- > 0) await post(prepared?.ports[sent++ % prepared.ports.length] ?? 0);
  };
  await Promise.all(Array.from({ length: prepared.concurrency }, loop));
}

function post(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      method: 'POST',
      path: prepared?.path,
      headers: prepared?.headers,
      agent,
    };
    const made = request(options, (response: IncomingMessage) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => (response.statusCode === 200 ? resolve(text) : reject(new Error('not 200'))));
    });
    made.on('error', reject);
    made.end(body);
  });
}
