import Box from '@cloudscape-design/components/box';
import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ActionDialog } from '../parts/action-dialog.tsx';
import { CodeText, CopyText } from '../parts/json-view.tsx';
import { Moment } from '../parts/moment.tsx';
import { useApi } from '../session/access.tsx';

const LIVES = [
  { value: '3600', label: '1 hour' },
  { value: '28800', label: '8 hours' },
  { value: '86400', label: '1 day' },
] as const;

interface Props {
  readonly tenant: string;
  onClose(): void;
}

/** A link that opens one tenant's webhooks without an account. */
export function PortalLinkDialog({ tenant, onClose }: Props) {
  const api = useApi();
  const [life, setLife] = useState<string>('3600');
  const [readOnly, setReadOnly] = useState(false);
  const make = useMutation({
    mutationFn: () => api.createPortalSession({ tenant, expiresInSeconds: Number(life), readOnly }),
  });
  return (
    <ActionDialog
      title={`Portal link for ${tenant}`}
      action="Make link"
      done={make.data !== undefined}
      busy={make.isPending}
      error={make.error}
      onAct={make.mutate}
      onClose={onClose}
    >
      {make.data === undefined ? (
        <SpaceBetween size="m">
          <Box>
            Whoever has the link sees this tenant's webhooks until it expires. Your own product makes such
            links with <code>POST /v1/portal-sessions</code>.
          </Box>
          <FormField label="Works for">
            <Select
              selectedOption={LIVES.find(({ value }) => value === life) ?? null}
              options={LIVES}
              onChange={({ detail }) => setLife(detail.selectedOption.value ?? '3600')}
            />
          </FormField>
          <Checkbox checked={readOnly} onChange={({ detail }) => setReadOnly(detail.checked)}>
            Read only
          </Checkbox>
        </SpaceBetween>
      ) : (
        <SpaceBetween size="xs">
          <Box>
            Works until <Moment at={make.data.expiresAt} />.
          </Box>
          <CodeText text={make.data.url} label="Portal link" />
          <CopyText text={make.data.url} label="Copy portal link" />
        </SpaceBetween>
      )}
    </ActionDialog>
  );
}
