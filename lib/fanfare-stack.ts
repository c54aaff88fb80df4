import { CfnOutput, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Fanfare } from './fanfare.ts';
import type { FanfareProps } from './fanfare-props.ts';

/** Fanfare as one stack, for whatever account and Region it is deployed to. */
export class FanfareStack extends Stack {
  constructor(scope: Construct, id: string, props: FanfareProps & StackProps = {}) {
    super(scope, id, { description: 'Fanfare: webhooks as a service', ...props });
    const fanfare = new Fanfare(this, 'Pipeline', props);
    // Dashboards take tags only lately, and not yet everywhere.
    Tags.of(this).add('application', 'fanfare', { excludeResourceTypes: ['AWS::CloudWatch::Dashboard'] });
    new CfnOutput(this, 'ApiUrl', {
      value: fanfare.api.url,
      description: 'Where producers and clients send',
    });
    if (fanfare.console !== null) {
      new CfnOutput(this, 'ConsoleUrl', {
        value: fanfare.console.url,
        description: 'The page for customers and operators; the API is below it, too',
      });
    }
    new CfnOutput(this, 'AdminKeyCommand', {
      value: `aws secretsmanager get-secret-value --region ${this.region} --secret-id ${fanfare.secrets.adminKey.secretArn} --query SecretString --output text`,
      description: 'Prints the first API key, which may do everything',
    });
    if (fanfare.monitoring) {
      new CfnOutput(this, 'DashboardUrl', {
        value: fanfare.monitoring.overview.url,
        description: 'Is it us, is it them, how late, how much',
      });
      new CfnOutput(this, 'StagesUrl', {
        value: fanfare.monitoring.stagePages.url,
        description: 'Each stage and queue, in flow order',
      });
    }
  }
}
