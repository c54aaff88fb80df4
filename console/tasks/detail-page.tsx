import Container from '@cloudscape-design/components/container';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { CopyableId } from '../parts/json-view.tsx';
import { Moment } from '../parts/moment.tsx';
import { PageProblem } from '../parts/problem.tsx';
import { useAccess } from '../session/access.tsx';
import { Page } from '../shell/page.tsx';
import { PageLoading } from '../shell/page-loading.tsx';
import { TaskProgress } from './task-progress.tsx';
import { useTask } from './use-task.ts';

export default function TaskPage({ id }: { readonly id: string }) {
  const { view } = useAccess();
  const task = useTask(id);
  if (task.data === undefined) return task.error ? <PageProblem error={task.error} /> : <PageLoading />;
  const { kind, createdAt, finishedAt } = task.data;
  return (
    <Page
      title={kind === 'redrive' ? 'Redrive' : 'Replay'}
      {...(view === 'operator' ? { within: ['Tasks', '/tasks'] as const } : {})}
    >
      <Container>
        <SpaceBetween size="l">
          <TaskProgress id={id} things={kind === 'redrive' ? 'dead letters' : 'events'} />
          <KeyValuePairs
            columns={3}
            items={[
              { label: 'Started', value: <Moment at={createdAt} /> },
              { label: 'Ended', value: <Moment at={finishedAt} /> },
              {
                label: 'Id',
                value: <CopyableId id={id} />,
              },
            ]}
          />
        </SpaceBetween>
      </Container>
    </Page>
  );
}
