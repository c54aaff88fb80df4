import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecryptCommand, EncryptCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { newCredentials } from '../../../local/credentials.ts';
import { startServices } from '../../../local/keys/aws-json.ts';
import { kmsOperations } from '../../../local/keys/kms.ts';
import { secretsManagerOperations } from '../../../local/keys/secrets-manager.ts';

const KEYS = ['First', 'Second'].map((id) => ({ id, arn: `arn:aws:kms:us-east-1:000000000000:key/${id}` }));
const [FIRST = '', SECOND = ''] = KEYS.map((key) => key.arn);
const CONTEXT = { purpose: 'test', version: '1' };

async function withClients(
  work: (kms: KMSClient, secrets: SecretsManagerClient) => Promise<void>,
): Promise<void> {
  const operations = {
    ...kmsOperations(KEYS, Buffer.alloc(32, 7)),
    ...secretsManagerOperations(new Map([['arn:secret', 'the admin key']])),
  };
  const credentials = newCredentials();
  const server = await startServices(operations, credentials);
  const config = {
    endpoint: server.url,
    region: 'us-east-1',
    credentials,
    maxAttempts: 1,
  };
  const [kms, secrets] = [new KMSClient(config), new SecretsManagerClient(config)];
  try {
    await work(kms, secrets);
  } finally {
    kms.destroy();
    secrets.destroy();
    await server.close();
  }
}

test('a data key comes plain and wrapped, and the wrapped one opens to the plain one', () =>
  withClients(async (kms) => {
    const made = await kms.send(
      new GenerateDataKeyCommand({ KeyId: FIRST, KeySpec: 'AES_256', EncryptionContext: CONTEXT }),
    );
    assert.equal(made.Plaintext?.length, 32);
    const EncryptionContext = { version: '1', purpose: 'test' };
    const opened = await kms.send(
      new DecryptCommand({ CiphertextBlob: made.CiphertextBlob, EncryptionContext }),
    );
    assert.deepEqual(opened.Plaintext, made.Plaintext);
    assert.equal(opened.KeyId, FIRST);
  }));

test('another context, another key, or a changed byte opens nothing', () =>
  withClients(async (kms) => {
    const { CiphertextBlob } = await kms.send(
      new EncryptCommand({ KeyId: FIRST, Plaintext: Buffer.from('secret'), EncryptionContext: CONTEXT }),
    );
    assert.ok(CiphertextBlob);
    const changed = Uint8Array.from(CiphertextBlob, (byte, i) =>
      i === CiphertextBlob.length - 1 ? byte ^ 1 : byte,
    );
    const refused = { name: 'InvalidCiphertextException' };
    const open = (given: object) =>
      kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: CONTEXT, ...given }));
    await assert.rejects(open({ EncryptionContext: { ...CONTEXT, version: '2' } }), refused);
    await assert.rejects(open({ EncryptionContext: undefined }), refused);
    await assert.rejects(open({ KeyId: SECOND }), refused);
    await assert.rejects(open({ CiphertextBlob: changed }), refused);
    await assert.rejects(open({ KeyId: 'nobody' }), { name: 'NotFoundException' });
    assert.equal(Buffer.from((await open({})).Plaintext ?? []).toString(), 'secret');
  }));

test('a secret is given by its ARN, and no other is', () =>
  withClients(async (_kms, secrets) => {
    const given = await secrets.send(new GetSecretValueCommand({ SecretId: 'arn:secret' }));
    assert.equal(given.SecretString, 'the admin key');
    await assert.rejects(secrets.send(new GetSecretValueCommand({ SecretId: 'other' })), {
      name: 'ResourceNotFoundException',
    });
  }));
