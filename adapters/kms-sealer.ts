import { hkdfSync } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { KEYS } from '../contract/tables.ts';
import type { Random } from '../core/clock.ts';
import { openText, type SealedPlace, type Sealer, sealText } from '../core/sealer.ts';
import { fromItem, type Item, toItem } from './aws/item.ts';

const PARTITION = 'DATAKEY';
const FIRST_VERSION = '0001';
/** A sealed value: version of the data key, a dot, what `sealText` wrote. */
const SEALED = /^(\d{4})\.([A-Za-z0-9_-]+)$/;

export interface KmsSealerDeps {
  readonly kms: KMSClient;
  /** ARN of the key that wraps the data keys. */
  readonly keyId: string;
  readonly dynamo: DynamoDBClient;
  readonly table: string;
  readonly random: Random;
}

/**
 * Seals with a data key that KMS wraps and the subscriptions table keeps. It is unwrapped once per
 * environment: no KMS call per value. Whoever needs the first data key makes it. New values are sealed with
 * the highest version on record, so adding a row rotates; old values stay readable.
 */
export class KmsSealer implements Sealer {
  readonly #deps: KmsSealerDeps;
  readonly #keys = new Map<string, Promise<Uint8Array | null>>();
  #current: Promise<string> | null = null;

  constructor(deps: KmsSealerDeps) {
    this.#deps = deps;
  }

  async seal(text: string, place: SealedPlace): Promise<string> {
    const version = await this.#currentVersion();
    return `${version}.${sealText(await this.#existingKey(version), text, place, this.#deps.random)}`;
  }

  async open(sealed: string, place: SealedPlace): Promise<string | null> {
    const [, version, value] = SEALED.exec(sealed) ?? [];
    if (version === undefined || value === undefined) return null;
    const key = await this.#key(version);
    return key === null ? null : openText(key, value, place);
  }

  async derive(purpose: string): Promise<Uint8Array> {
    await this.#currentVersion();
    // Always from the first, so that what was derived survives a rotation.
    const key = await this.#existingKey(FIRST_VERSION);
    return new Uint8Array(hkdfSync('sha256', key, Buffer.alloc(0), `fanfare ${purpose}`, 32));
  }

  async #existingKey(version: string): Promise<Uint8Array> {
    const key = await this.#key(version);
    if (key === null) throw new Error(`data key ${version} is not on record`);
    return key;
  }

  #currentVersion(): Promise<string> {
    this.#current ??= this.#findOrMake().catch((error: unknown) => {
      this.#current = null;
      throw error;
    });
    return this.#current;
  }

  async #findOrMake(): Promise<string> {
    const { Items } = await this.#deps.dynamo.send(
      new QueryCommand({
        TableName: this.#deps.table,
        KeyConditionExpression: `${KEYS.partition} = :p`,
        ExpressionAttributeValues: { ':p': { S: PARTITION } },
        ScanIndexForward: false,
        Limit: 1,
        ConsistentRead: true,
      }),
    );
    const newest = Items?.[0]?.[KEYS.sort]?.S;
    if (newest !== undefined) return newest;
    await this.#makeFirst();
    return FIRST_VERSION;
  }

  /** Makes the first data key; if somebody else was quicker, theirs counts and ours was never used. */
  async #makeFirst(): Promise<void> {
    const made = await this.#deps.kms.send(
      new GenerateDataKeyCommand({
        KeyId: this.#deps.keyId,
        KeySpec: 'AES_256',
        EncryptionContext: contextOf(FIRST_VERSION),
      }),
    );
    try {
      await this.#deps.dynamo.send(
        new PutItemCommand({
          TableName: this.#deps.table,
          Item: { ...keyOf(FIRST_VERSION), ...toItem({ wrapped: made.CiphertextBlob }) },
          ConditionExpression: `attribute_not_exists(${KEYS.partition})`,
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  /** The data key of a version, or null if there is none; only keys that exist are remembered. */
  #key(version: string): Promise<Uint8Array | null> {
    const known = this.#keys.get(version);
    if (known) return known;
    const forget = (): boolean => this.#keys.delete(version);
    const key = this.#unwrap(version);
    this.#keys.set(version, key);
    key.then((found) => found ?? forget(), forget);
    return key;
  }

  async #unwrap(version: string): Promise<Uint8Array | null> {
    const { Item } = await this.#deps.dynamo.send(
      new GetItemCommand({ TableName: this.#deps.table, Key: keyOf(version), ConsistentRead: true }),
    );
    if (Item === undefined) return null;
    const { wrapped } = fromItem<{ wrapped: Uint8Array }>(Item);
    const { Plaintext } = await this.#deps.kms.send(
      new DecryptCommand({
        KeyId: this.#deps.keyId,
        CiphertextBlob: wrapped,
        EncryptionContext: contextOf(version),
      }),
    );
    if (!Plaintext) throw new Error('KMS gave no data key');
    return Plaintext;
  }
}

function keyOf(version: string): Item {
  return { [KEYS.partition]: { S: PARTITION }, [KEYS.sort]: { S: version } };
}

/** Binds the wrapped key to its use: KMS unwraps it for nothing else, and logs the use. */
function contextOf(version: string): Record<string, string> {
  return { purpose: 'fanfare-secrets', version };
}
