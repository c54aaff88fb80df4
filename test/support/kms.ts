import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { KMSClient } from '@aws-sdk/client-kms';

/** As much of AWS KMS as sealing needs, on a loopback port: one key, wrapping bound to the encryption context. */
export interface KmsStandIn {
  readonly client: KMSClient;
  /** Operations called so far, by name. */
  readonly calls: string[];
  /** While true every call fails. */
  failing: boolean;
  close(): Promise<void>;
}

interface KmsRequest {
  readonly CiphertextBlob?: string;
  readonly EncryptionContext?: Readonly<Record<string, string>>;
}

/** Starts the stand-in. Close it when done. */
export async function startKms(): Promise<KmsStandIn> {
  const master = randomBytes(32);
  const calls: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    calls.push(operation);
    const [status, answer] = standIn.failing
      ? ([500, { __type: 'KMSInternalException' }] as const)
      : answerOf(master, operation, JSON.parse(Buffer.concat(chunks).toString()));
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const client = new KMSClient({
    endpoint: `http://127.0.0.1:${address.port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  const standIn: KmsStandIn = {
    client,
    calls,
    failing: false,
    close: async () => {
      client.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return standIn;
}

function answerOf(master: Buffer, operation: string, request: KmsRequest): readonly [number, object] {
  const context = Buffer.from(JSON.stringify(Object.entries(request.EncryptionContext ?? {}).sort()));
  if (operation === 'GenerateDataKey') {
    const plain = randomBytes(32);
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', master, iv).setAAD(context);
    const wrapped = Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    return [
      200,
      { KeyId: 'key', Plaintext: plain.toString('base64'), CiphertextBlob: wrapped.toString('base64') },
    ];
  }
  try {
    const wrapped = Buffer.from(request.CiphertextBlob ?? '', 'base64');
    const decipher = createDecipheriv('aes-256-gcm', master, wrapped.subarray(0, 12))
      .setAAD(context)
      .setAuthTag(wrapped.subarray(-16));
    const plain = Buffer.concat([decipher.update(wrapped.subarray(12, -16)), decipher.final()]);
    return [200, { KeyId: 'key', Plaintext: plain.toString('base64') }];
  } catch {
    return [400, { __type: 'InvalidCiphertextException' }];
  }
}
