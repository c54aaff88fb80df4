import Box from '@cloudscape-design/components/box';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { TaskBody } from '../../contract/api.ts';
import { ActionDialog } from '../parts/action-dialog.tsx';
import { rememberTask } from './started-tasks.ts';
import { countOf, TaskProgress } from './task-progress.tsx';
import { hasEnded, useTask } from './use-task.ts';

interface Props {
  readonly title: string;
  readonly action: string;
  /** What is counted and sent, in the plural. */
  readonly things: string;
  /** Names the request: a count of another request no longer holds. */
  readonly request: string;
  /** Starts the task, or only counts what it would send. */
  start(dryRun: boolean): Promise<TaskBody>;
  onClose(): void;
  /** The form, shown until the task was started. */
  readonly children: ReactNode;
}

/** A dialog that counts first, then sends, then shows how far it is. */
export function CountedTaskDialog({ title, action, things, request, start, onClose, children }: Props) {
  const queries = useQueryClient();
  const count = useMutation({ mutationFn: async () => ({ task: await start(true), request }) });
  const send = useMutation({ mutationFn: async () => rememberTask(await start(false)) });
  const counted = count.data?.request === request ? count.data.task : null;
  const counting = useTask(counted?.id ?? null);
  const matched = counting.data && hasEnded(counting.data) ? counting.data.matched : null;
  const close = () => {
    void queries.invalidateQueries();
    onClose();
  };
  return (
    <ActionDialog
      title={title}
      action={matched === null ? 'Count first' : `${action} ${matched}`}
      done={send.data !== undefined}
      busy={count.isPending || send.isPending || (counted !== null && matched === null)}
      disabled={matched === 0}
      error={count.error ?? send.error ?? counting.error}
      onAct={() => (matched === null ? count.mutate() : send.mutate())}
      onClose={close}
    >
      {send.data === undefined ? children : <TaskProgress id={send.data.id} things={things} />}
      <div aria-live="polite">
        {send.data === undefined && matched === 0 && (
          <StatusIndicator type="info">{`No ${things} match: nothing to send.`}</StatusIndicator>
        )}
        {send.data === undefined && matched !== null && matched > 0 && (
          <Box>{`${countOf(matched, things)} ${matched === 1 ? 'matches' : 'match'}. Nothing was sent yet.`}</Box>
        )}
      </div>
    </ActionDialog>
  );
}
