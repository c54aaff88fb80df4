import Button from '@cloudscape-design/components/button';
import ProgressBar, { type ProgressBarProps } from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { TaskBody } from '../../contract/api.ts';
import { ProblemAlert } from '../parts/problem.tsx';
import { useAccess } from '../session/access.tsx';
import { hasEnded, useTask } from './use-task.ts';

interface Props {
  readonly id: string;
  /** What is sent, in the plural: `dead letters`. */
  readonly things: string;
}

/** How far a task is, and a way to stop it. */
export function TaskProgress({ id, things }: Props) {
  const { api, canWrite } = useAccess();
  const queries = useQueryClient();
  const task = useTask(id);
  const cancel = useMutation({
    mutationFn: () => api.cancelTask(id),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['tasks', id] }),
  });
  if (task.error && task.data === undefined) return <ProblemAlert error={task.error} />;
  if (task.data === undefined) return <ProgressBar value={0} label="Starting" />;
  const ended = hasEnded(task.data);
  return (
    <SpaceBetween size="s">
      <ProgressBar
        label={task.data.kind === 'redrive' ? 'Redrive' : 'Replay'}
        value={percentOf(task.data)}
        status={barStatus(task.data)}
        additionalInfo={`${task.data.sent} of ${countOf(task.data.matched, things)} sent${droppedText(task.data)}`}
        {...(ended ? { resultText: resultText(task.data, things) } : {})}
      />
      {!ended && canWrite && (
        <Button loading={cancel.isPending} onClick={() => cancel.mutate()}>
          Stop
        </Button>
      )}
      {cancel.error !== null && <ProblemAlert error={cancel.error} />}
    </SpaceBetween>
  );
}

function percentOf({ matched, sent, dropped, status }: TaskBody): number {
  if (status === 'done' || matched === 0) return status === 'done' ? 100 : 0;
  return Math.min(100, Math.round((100 * (sent + dropped)) / matched));
}

function barStatus({ status }: TaskBody): ProgressBarProps.Status {
  if (status === 'failed') return 'error';
  return status === 'done' || status === 'cancelled' ? 'success' : 'in-progress';
}

function droppedText({ dropped }: TaskBody): string {
  return dropped === 0 ? '' : `; ${dropped} dropped, their subscription is gone`;
}

/** How a task ended, in words. */
export function resultText(task: TaskBody, things: string): string {
  const sent = `${countOf(task.sent, things)} sent${droppedText(task)}`;
  if (task.status === 'cancelled') return `Stopped: ${sent}`;
  if (task.status === 'failed') return `Failed: ${sent}. Start it again: what was sent is not sent twice.`;
  return `Done: ${sent}`;
}

/** `1 event`, `2 events`. */
export function countOf(count: number, things: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? things.replace(/s$/, '') : things}`;
}
