import type { Resource } from './assembly.ts';
import type { Resolve, ResourceValues, ValuesOf } from './intrinsics.ts';

/** Where things are on this machine. */
export const PLACE = { region: 'us-east-1', account: '000000000000' } as const;

/** `AWS::…` pseudo parameters. */
export function pseudoParameters(stackName: string): Readonly<Record<string, string>> {
  return {
    'AWS::AccountId': PLACE.account,
    'AWS::Partition': 'aws',
    'AWS::Region': PLACE.region,
    'AWS::StackId': arn('cloudformation', `stack/${stackName}/local`),
    'AWS::StackName': stackName,
    'AWS::URLSuffix': 'amazonaws.com',
  };
}

/** The ARN a thing has on this machine. */
export function arn(service: string, name: string): string {
  return `arn:aws:${service}:${PLACE.region}:${PLACE.account}:${name}`;
}

/** The addresses that names are made of. */
export interface Addresses {
  /** The runner's own address, which stands for the API's and the web page's. */
  readonly api: string;
  queueUrl(name: string): string;
}

/**
 * Names of the resources: the name the template gives, else the logical id, which (unlike on AWS) stays
 * the same from one start to the next.
 */
export function localNames(addresses: Addresses): ValuesOf {
  return (id, resource, resolve) => {
    const known = KINDS[resource.Type];
    return known ? known(id, resource, resolve, addresses) : other(id, resource);
  };
}

type Kind = (id: string, resource: Resource, resolve: Resolve, addresses: Addresses) => ResourceValues;

const KINDS: Readonly<Record<string, Kind>> = {
  'AWS::SQS::Queue': (id, resource, resolve, addresses) => {
    const name = named(id, resource, resolve, 'QueueName');
    const url = addresses.queueUrl(name);
    return values(url, { Arn: arn('sqs', name), QueueName: name, QueueUrl: url });
  },
  'AWS::DynamoDB::Table': table,
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::Lambda::Function': (id, resource, resolve) => {
    const name = named(id, resource, resolve, 'FunctionName');
    return values(name, { Arn: arn('lambda', `function:${name}`) });
  },
  'AWS::KMS::Key': (id) => values(id, { Arn: arn('kms', `key/${id}`), KeyId: id }),
  'AWS::SecretsManager::Secret': (id) => {
    const own = arn('secretsmanager', `secret:${id}`);
    return values(own, { Id: own });
  },
  'AWS::ApiGatewayV2::Api': (id, _resource, _resolve, addresses) =>
    values(id, { ApiId: id, ApiEndpoint: addresses.api }),
  'AWS::CloudFront::Distribution': (id, _resource, _resolve, addresses) =>
    values(id, { DomainName: new URL(addresses.api).host, Id: id }),
};

function table(id: string, resource: Resource, resolve: Resolve): ResourceValues {
  const name = named(id, resource, resolve, 'TableName');
  return values(name, { Arn: arn('dynamodb', `table/${name}`), TableId: name });
}

function other(id: string, resource: Resource): ResourceValues {
  const service = (resource.Type.split('::')[1] ?? 'local').toLowerCase();
  return {
    ref: id,
    attribute: (name) => (name === 'Arn' ? arn(service, id) : `${id}.${name}`),
  };
}

function values(ref: string, attributes: Readonly<Record<string, string>>): ResourceValues {
  return {
    ref,
    attribute: (name) => {
      const value = attributes[name];
      if (value === undefined) throw new Error(`the runner knows no attribute ${name} of ${ref}`);
      return value;
    },
  };
}

function named(id: string, resource: Resource, resolve: Resolve, property: string): string {
  const name = resolve(resource.Properties?.[property]);
  return typeof name === 'string' ? name : id;
}
