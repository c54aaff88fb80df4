import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifyWebhook, WebhookVerificationError } from '../verify-webhook.ts';
import { challengeAnswer } from './challenge.ts';

/** A request as it came. */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What became of it. */
export interface Answered extends Received, Omit<Answer, 'body'> {
  readonly verified: boolean;
  /** It asked whether we want events, and was answered. */
  readonly challenge: boolean;
}

/** What a request is answered with. */
export interface Answer {
  readonly status: number;
  /** Set if the status is our own, because the program behind did not answer: why not. */
  readonly failure?: string | undefined;
  /** JSON. @default - none */
  readonly body?: string;
}

export interface ReceiverOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly secret: string;
  /** Says what a verified request is answered with; it is not asked about a challenge. */
  answer(request: Received): Promise<Answer>;
  onRequest(request: Answered): void;
  /** A request could not be worked on, through a fault of this program. */
  onError(error: unknown): void;
}

/** A receiver of webhooks on loopback. */
export interface Receiver {
  readonly url: string;
  close(): Promise<void>;
}

/** No request of Fanfare is larger: an event has at most 256 KiB. */
const MAX_BYTES = 512 * 1024;

/** Starts a receiver on 127.0.0.1. What is not signed with the secret is answered 401, a challenge by itself. */
export async function startReceiver({
  port,
  secret,
  answer,
  onRequest,
  onError,
}: ReceiverOptions): Promise<Receiver> {
  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(incoming);
    if (body === 'cut-off') return;
    if (body === 'too-large') {
      response.writeHead(413).end();
      return;
    }
    const request = { headers: incoming.headers, body };
    const verified = isVerified(secret, request);
    const proof = verified ? challengeAnswer(request) : null;
    const answered: Answer = proof ?? (verified ? await answer(request) : { status: 401 });
    const { status, failure, body: text } = answered;
    if (text === undefined) response.writeHead(status).end();
    else response.writeHead(status, { 'content-type': 'application/json' }).end(text);
    onRequest({ ...request, status, failure, verified, challenge: proof !== null });
  };
  const server = createServer((incoming, response) => {
    handle(incoming, response).catch((error: unknown) => {
      response.destroy();
      onError(error);
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => closed(server) };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    // Kept connections, on which nothing is being answered.
    server.closeIdleConnections();
  });
}

function isVerified(secret: string, { body, headers }: Received): boolean {
  try {
    verifyWebhook(secret, body, headers);
    return true;
  } catch (error) {
    // Signed by nobody, by somebody else, long ago, or not JSON; anything else is a mistake of ours.
    if (error instanceof WebhookVerificationError || error instanceof SyntaxError) return false;
    throw error;
  }
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer | 'too-large' | 'cut-off'> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of incoming) {
      bytes += part.length;
      if (bytes <= MAX_BYTES) parts.push(part);
    }
  } catch (error) {
    // Whoever sent it is gone, and waits for no answer.
    if (!incoming.complete) return 'cut-off';
    throw error;
  }
  return bytes > MAX_BYTES ? 'too-large' : Buffer.concat(parts);
}
