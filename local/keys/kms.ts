import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { type Json, object, optional, text } from '../template/json.ts';
import { type Operations, ServiceError } from './aws-json.ts';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** A KMS key of the template: its id here, and its ARN. */
export interface KmsKey {
  readonly id: string;
  readonly arn: string;
}

/**
 * The three KMS operations the functions call, under one local master key. As on AWS, what was encrypted under one
 * key and one encryption context opens under no other. https://docs.aws.amazon.com/kms/latest/APIReference/
 */
export function kmsOperations(keys: readonly KmsKey[], masterKey: Uint8Array): Operations {
  const keyOf = (input: Json): KmsKey => {
    const asked = text(input.KeyId, 'KeyId');
    const key = keys.find(({ id, arn }) => asked === id || asked === arn);
    if (!key) throw new ServiceError('NotFoundException', `Key '${asked}' does not exist`);
    return key;
  };
  return {
    'TrentService.Encrypt': (input) => {
      const key = keyOf(input);
      const plain = Buffer.from(text(input.Plaintext, 'Plaintext'), 'base64');
      return { KeyId: key.arn, CiphertextBlob: seal(plain, key, input, masterKey) };
    },
    'TrentService.Decrypt': (input) => {
      // The key may be left out: a symmetric ciphertext names its own.
      const blob = Buffer.from(text(input.CiphertextBlob, 'CiphertextBlob'), 'base64');
      const key = input.KeyId === undefined ? ownerOf(blob, keys) : keyOf(input);
      return { KeyId: key.arn, Plaintext: open(blob, key, input, masterKey).toString('base64') };
    },
    'TrentService.GenerateDataKey': (input) => {
      const key = keyOf(input);
      const bytes = input.KeySpec === 'AES_128' ? 16 : Number(input.NumberOfBytes ?? 32);
      const plain = randomBytes(bytes);
      return {
        KeyId: key.arn,
        Plaintext: plain.toString('base64'),
        CiphertextBlob: seal(plain, key, input, masterKey),
      };
    },
  };
}

/** Form of a blob: length of the key's id, the id, IV, tag, ciphertext. */
function seal(plain: Uint8Array, key: KmsKey, input: Json, masterKey: Uint8Array): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, masterKey, iv).setAAD(boundTo(key, input));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  const id = Buffer.from(key.id);
  return Buffer.concat([Buffer.of(id.length), id, iv, cipher.getAuthTag(), sealed]).toString('base64');
}

function open(blob: Buffer, key: KmsKey, input: Json, masterKey: Uint8Array): Buffer {
  const refused = new ServiceError('InvalidCiphertextException', '');
  const start = 1 + (blob[0] ?? 0);
  const end = start + IV_BYTES + TAG_BYTES;
  if (idOf(blob) !== key.id || blob.length < end) throw refused;
  const decipher = createDecipheriv(ALGORITHM, masterKey, blob.subarray(start, start + IV_BYTES))
    .setAAD(boundTo(key, input))
    .setAuthTag(blob.subarray(start + IV_BYTES, end));
  try {
    return Buffer.concat([decipher.update(blob.subarray(end)), decipher.final()]);
  } catch (cause) {
    refused.cause = cause;
    throw refused;
  }
}

function ownerOf(blob: Buffer, keys: readonly KmsKey[]): KmsKey {
  const key = keys.find(({ id }) => id === idOf(blob));
  if (!key) throw new ServiceError('InvalidCiphertextException', '');
  return key;
}

function idOf(blob: Buffer): string {
  return blob.subarray(1, 1 + (blob[0] ?? 0)).toString();
}

/** The key and the encryption context, in one form whatever the order of its names. */
function boundTo(key: KmsKey, input: Json): Buffer {
  const context = optional(input.EncryptionContext, 'EncryptionContext', object) ?? {};
  return Buffer.from(JSON.stringify([key.id, Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))]));
}
