import type { Received } from './receiver.ts';

/** What belongs to the connection it came on, not to the request (RFC 9110, section 7.6.1). */
const OWN = ['host', 'connection', 'keep-alive', 'transfer-encoding', 'content-length', 'expect'];
const TIMEOUT_MS = 30_000;

/** Hands a request on, byte for byte and with its signature, and answers the status it was answered with; 502 if there was none. */
export async function forward(url: string, { headers, body }: Received): Promise<number> {
  const kept = Object.entries(headers).filter(([name]) => !OWN.includes(name));
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: kept.map(([name, value]): [string, string] => [name, String(value)]),
      body: new Uint8Array(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    // It is down or too slow: what a proxy in front of it would say.
    return 502;
  }
}
