import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { DeadLetterCount } from '../../contract/api.ts';
import { wholeList } from '../data/paged-list.ts';
import { errorText } from '../parts/attempt-view.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { byId, ResourceList } from '../parts/resource-list.tsx';
import { useAccess } from '../session/access.tsx';
import { SubscriptionLink } from '../subscriptions/subscription-link.tsx';
import { useDeadLetterSummary } from './use-summary.ts';

interface Group {
  /** The subscription. */
  readonly id: string;
  readonly count: number;
  readonly answers: string;
}

interface Props {
  onRedrive(subscription: string): void;
  onShow(subscription: string): void;
}

/** How many dead letters each subscription has, and what its endpoint said last. */
export function DeadLetterGroups({ onRedrive, onShow }: Props) {
  const { canWrite } = useAccess();
  const summary = useDeadLetterSummary();
  const list = wholeList(groupsOf(summary.data?.data ?? []), summary);
  return (
    <ResourceList
      name={summary.data?.incomplete ? 'By subscription, as far as they were counted' : 'By subscription'}
      idOf={byId}
      list={list}
      columns={[
        {
          id: 'subscription',
          header: 'Subscription',
          cell: ({ id }) => <SubscriptionLink id={id} />,
        },
        { id: 'count', header: 'Dead letters', cell: ({ count }) => String(count) },
        { id: 'answers', header: 'Last answers', cell: ({ answers }) => answers },
        {
          id: 'actions',
          header: 'Action',
          cell: ({ id }) => (
            <SpaceBetween direction="horizontal" size="s">
              <Button
                variant="inline-link"
                ariaLabel={`Show dead letters of ${id}`}
                onClick={() => onShow(id)}
              >
                Show
              </Button>
              {canWrite && (
                <Button
                  variant="inline-link"
                  ariaLabel={`Redrive dead letters of ${id}`}
                  onClick={() => onRedrive(id)}
                >
                  Redrive…
                </Button>
              )}
            </SpaceBetween>
          ),
        },
      ]}
      empty={
        <EmptyState title="No dead letters">
          Every delivery of this tenant arrived, or is still being retried. One that is given up appears here.
        </EmptyState>
      }
    />
  );
}

/** One group per subscription, the largest first. */
export function groupsOf(counts: readonly DeadLetterCount[]): readonly Group[] {
  const groups = Map.groupBy(counts, ({ subscription }) => subscription);
  return [...groups]
    .map(([id, parts]) => ({
      id,
      count: parts.reduce((sum, { count }) => sum + count, 0),
      answers: parts.map((part) => `${part.count} × ${answerText(part)}`).join(', '),
    }))
    .sort((a, b) => b.count - a.count);
}

function answerText({ lastStatus, lastError }: DeadLetterCount): string {
  if (lastStatus !== null) return `HTTP ${lastStatus}`;
  return lastError === null ? 'no answer' : errorText(lastError);
}
