import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

/** Letters and digits of the first admin key: 285 bits. */
const ADMIN_KEY_LENGTH = 48;

export interface SecretsProps {
  /** For the key that opens what the subscriptions table holds: the two must live and die together. */
  readonly removalPolicy: RemovalPolicy;
}

/** The key that wraps the subscribers' signing secrets, and the first API key. */
export class Secrets extends Construct {
  readonly wrappingKey: Key;
  readonly adminKey: Secret;

  constructor(scope: Construct, id: string, props: SecretsProps) {
    super(scope, id);
    this.wrappingKey = new Key(this, 'WrappingKey', {
      description: 'Fanfare: wraps the data key of the signing secrets',
      enableKeyRotation: true,
      removalPolicy: props.removalPolicy,
    });
    this.adminKey = new Secret(this, 'AdminKey', {
      description: 'Fanfare: the first API key, with every permission',
      generateSecretString: { passwordLength: ADMIN_KEY_LENGTH, excludePunctuation: true },
      // It opens nothing once the API is gone.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(this.adminKey).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SMG4',
      reason:
        'It is for setting up named keys; changed by hand (a new value counts within five minutes), because people and programs would have to follow each rotation.',
    });
  }
}
