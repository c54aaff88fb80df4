import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ActionDialog } from '../parts/action-dialog.tsx';
import { CodeText, CopyText } from '../parts/json-view.tsx';
import { useApi } from '../session/access.tsx';

const GRACES = [
  { value: '0', label: 'None: the old secret stops at once' },
  { value: '3600', label: '1 hour' },
  { value: '86400', label: '1 day' },
  { value: '604800', label: '7 days' },
] as const;

interface Props {
  readonly id: string;
  onClose(): void;
  onRotated(): void;
}

/** A new secret, with a time in which both sign. */
export function RotateDialog({ id, onClose, onRotated }: Props) {
  const api = useApi();
  const [grace, setGrace] = useState<string>('86400');
  const rotate = useMutation({ mutationFn: () => api.rotateSecret(id, Number(grace)), onSuccess: onRotated });
  const secret = rotate.data?.secret;
  return (
    <ActionDialog
      title="Rotate the signing secret"
      action="Rotate"
      done={secret !== undefined}
      busy={rotate.isPending}
      error={rotate.error}
      onAct={rotate.mutate}
      onClose={onClose}
    >
      {secret === undefined ? (
        <SpaceBetween size="m">
          <Box>
            During the grace period each request carries one signature by the old secret and one by the new,
            so your endpoint goes on working while you put the new one in place. After it, only the new one
            signs.
          </Box>
          <FormField label="Grace period">
            <Select
              selectedOption={GRACES.find(({ value }) => value === grace) ?? null}
              options={GRACES}
              onChange={({ detail }) => setGrace(detail.selectedOption.value ?? '86400')}
            />
          </FormField>
        </SpaceBetween>
      ) : (
        <SpaceBetween size="m">
          <Box>The new secret. Put it into your endpoint's settings before the grace period ends.</Box>
          <SpaceBetween size="xs" direction="horizontal" alignItems="center">
            <CodeText text={secret} label="New signing secret" />
            <CopyText text={secret} label="Copy new signing secret" />
          </SpaceBetween>
        </SpaceBetween>
      )}
    </ActionDialog>
  );
}
