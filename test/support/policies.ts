import type { SynthesizedStack } from './template.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** What a role may do: actions by resource, both in order. */
export function accessOf(fanfare: SynthesizedStack, rolePath: string): Readonly<Record<string, string[]>> {
  const access: Record<string, Set<string>> = {};
  for (const policy of fanfare.allOf('AWS::IAM::Policy').values()) {
    const roles = policy.Properties.Roles as unknown[];
    if (!roles.some((role) => fanfare.named(role) === rolePath)) continue;
    const { Statement } = policy.Properties.PolicyDocument as { Statement: readonly Statement[] };
    for (const { Effect, Action, Resource } of Statement) {
      for (const resource of [Resource].flat()) {
        const name = Effect === 'Allow' ? fanfare.named(resource) : `${Effect} ${fanfare.named(resource)}`;
        access[name] ??= new Set();
        for (const action of [Action].flat()) access[name].add(action);
      }
    }
  }
  return Object.fromEntries(Object.entries(access).map(([name, actions]) => [name, [...actions].sort()]));
}
