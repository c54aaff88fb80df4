import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * Takes the place of the SDK's chain of credential sources in the functions' bundles. Lambda hands a function its
 * role's credentials in the environment, and a new environment when they run out; the other sources of the chain
 * (profiles, single sign-on, containers) would be a fifth of a bundle that every cold start reads.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export function defaultProvider(): ReturnType<typeof fromEnv> {
  return fromEnv();
}
