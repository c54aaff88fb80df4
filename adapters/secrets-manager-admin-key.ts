import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { AdminKey } from '../core/auth/ports.ts';

/** The first admin key, kept as the whole value of one secret in AWS Secrets Manager. */
export class SecretsManagerAdminKey implements AdminKey {
  readonly #client: SecretsManagerClient;
  readonly #secretId: string;

  constructor(client: SecretsManagerClient, secretId: string) {
    this.#client = client;
    this.#secretId = secretId;
  }

  async read(): Promise<string> {
    const { SecretString } = await this.#client.send(new GetSecretValueCommand({ SecretId: this.#secretId }));
    return SecretString?.trim() ?? '';
  }
}
