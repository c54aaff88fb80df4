import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import type { TaskBody } from '../../contract/api.ts';
import { wholeList } from '../data/paged-list.ts';
import { ApiError } from '../data/transport.ts';
import { EmptyState } from '../parts/empty-state.tsx';
import { Moment } from '../parts/moment.tsx';
import { byId, ResourceList } from '../parts/resource-list.tsx';
import { useAccess } from '../session/access.tsx';
import { Page } from '../shell/page.tsx';
import { startedTasks } from './started-tasks.ts';
import { hasEnded } from './use-task.ts';

const INDICATORS: Readonly<Record<TaskBody['status'], StatusIndicatorProps.Type>> = {
  queued: 'pending',
  running: 'in-progress',
  done: 'success',
  cancelled: 'stopped',
  failed: 'error',
};

/** Redrives and replays: those started in this tab, and any other by its id. */
export default function TasksPage() {
  const { api, href } = useAccess();
  const tasks = useQuery({
    queryKey: ['tasks', 'started'],
    refetchInterval: (query) => (query.state.data?.every(hasEnded) ? false : 2_000),
    queryFn: async () => {
      const found = await Promise.all(startedTasks().map((id) => readIfKept(api.getTask(id))));
      return found.filter((task) => task !== null);
    },
  });
  return (
    <Page title="Tasks" description="Redrives and replays, which run in the background.">
      <FindTask />
      <ResourceList
        name="Started in this tab"
        idOf={byId}
        list={wholeList(tasks.data ?? [], tasks)}
        columns={[
          {
            id: 'id',
            header: 'Task',
            cell: ({ id }) => <Link href={href(`/tasks/${encodeURIComponent(id)}`)}>{id}</Link>,
          },
          { id: 'kind', header: 'Kind', cell: ({ kind }) => (kind === 'redrive' ? 'Redrive' : 'Replay') },
          {
            id: 'status',
            header: 'Status',
            cell: ({ status }) => <StatusIndicator type={INDICATORS[status]}>{status}</StatusIndicator>,
          },
          { id: 'sent', header: 'Sent', cell: ({ sent, matched }) => `${sent} of ${matched}` },
          { id: 'created', header: 'Started', cell: ({ createdAt }) => <Moment at={createdAt} /> },
        ]}
        empty={
          <EmptyState title="No tasks were started here">
            Redrive dead letters, or replay events to a subscription, and follow it here.
          </EmptyState>
        }
      />
    </Page>
  );
}

function FindTask() {
  const { href } = useAccess();
  const [, navigate] = useLocation();
  const [id, setId] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (id.trim() !== '') navigate(href(`/tasks/${encodeURIComponent(id.trim())}`));
  };
  return (
    <form onSubmit={submit}>
      <FormField
        label="Find a task"
        description="By the id that the API answered when it was started."
        secondaryControl={<Button>Show</Button>}
      >
        <Input value={id} placeholder="tsk_…" onChange={({ detail }) => setId(detail.value)} />
      </FormField>
    </form>
  );
}

/** Tasks are kept for 30 days; one that is gone is left out. */
async function readIfKept(answer: Promise<{ readonly body: TaskBody }>): Promise<TaskBody | null> {
  try {
    return (await answer).body;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}
