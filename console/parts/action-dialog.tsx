import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import { ProblemAlert } from './problem.tsx';

interface Props {
  readonly title: string;
  /** What the main button says. */
  readonly action: string;
  /** Whether there is nothing left to do but to close. */
  readonly done?: boolean;
  /** What the other button says. */
  readonly close?: 'Cancel' | 'Close';
  readonly busy: boolean;
  readonly disabled?: boolean;
  readonly error: Error | null;
  readonly size?: 'medium' | 'large';
  readonly children: ReactNode;
  onAct(): void;
  onClose(): void;
}

/** A dialog about one action: what it does, its button, and what came of it. */
export function ActionDialog(props: Props) {
  const {
    title,
    action,
    done = false,
    close = 'Cancel',
    busy,
    disabled = false,
    error,
    size = 'medium',
    onAct,
    onClose,
  } = props;
  return (
    <Modal
      visible
      size={size}
      header={title}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant={done ? 'primary' : 'link'} onClick={onClose}>
              {done ? 'Done' : close}
            </Button>
            {!done && (
              <Button variant="primary" loading={busy} disabled={disabled} onClick={onAct}>
                {action}
              </Button>
            )}
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {props.children}
        {error !== null && <ProblemAlert error={error} />}
      </SpaceBetween>
    </Modal>
  );
}
