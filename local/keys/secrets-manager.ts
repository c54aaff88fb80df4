import { text } from '../template/json.ts';
import { type Operations, ServiceError } from './aws-json.ts';

/** `GetSecretValue` for these secrets, by ARN. https://docs.aws.amazon.com/secretsmanager/latest/apireference/ */
export function secretsManagerOperations(secrets: ReadonlyMap<string, string>): Operations {
  return {
    'secretsmanager.GetSecretValue': (input) => {
      const asked = text(input.SecretId, 'SecretId');
      const value = secrets.get(asked);
      if (value === undefined) {
        throw new ServiceError(
          'ResourceNotFoundException',
          "Secrets Manager can't find the specified secret.",
        );
      }
      return {
        ARN: asked,
        Name: asked,
        SecretString: value,
        VersionId: 'local',
        VersionStages: ['AWSCURRENT'],
      };
    },
  };
}
