import { KmsSealer } from '../../adapters/kms-sealer.ts';
import { systemRandom } from '../../adapters/system.ts';
import { ENV } from '../../contract/environment.ts';
import { dynamo, kms, once, required } from '../wiring.ts';

/** The sealer of this environment; one, so that the data key is unwrapped once. */
export const sealer = /* @__PURE__ */ once(
  () =>
    new KmsSealer({
      kms: kms(),
      keyId: required(ENV.secretsKey),
      dynamo: dynamo(),
      table: required(ENV.subscriptionsTable),
      random: systemRandom,
    }),
);
