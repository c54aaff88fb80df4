import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Queues } from '../blocks/queues.ts';
import type { Secrets } from '../blocks/secrets.ts';
import type { Tables } from '../blocks/tables.ts';

/** What every stage is built from. */
export interface StageProps {
  readonly tables: Tables;
  readonly queues: Queues;
  readonly secrets: Secrets;
  readonly logRetention: RetentionDays;
}
