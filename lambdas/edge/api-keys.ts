import { DynamoApiKeys } from '../../adapters/dynamo-api-keys.ts';
import { SecretsManagerAdminKey } from '../../adapters/secrets-manager-admin-key.ts';
import { systemClock } from '../../adapters/system.ts';
import { ENV } from '../../contract/environment.ts';
import type { Authenticator } from '../../core/api-key.ts';
import { KeyAuthenticator } from '../../core/auth/authenticator.ts';
import { dynamo, once, required, secretsManager } from '../wiring.ts';

/** The authenticator of this environment; one, so that its answers are remembered between requests. */
export const authenticator: () => Authenticator = once(
  () =>
    new KeyAuthenticator({
      keys: new DynamoApiKeys(dynamo(), required(ENV.subscriptionsTable)),
      adminKey: new SecretsManagerAdminKey(secretsManager(), required(ENV.adminKeySecret)),
      clock: systemClock,
    }),
);
