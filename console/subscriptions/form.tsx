import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { ApiError } from '../data/transport.ts';
import { ProblemWords } from '../parts/problem.tsx';
import { type Draft, isMoved } from './draft.ts';
import { EventTypePicker } from './event-type-picker.tsx';
import { FilterEditor } from './filter-editor.tsx';
import { HeadersEditor } from './headers-editor.tsx';

interface Props {
  readonly first: Draft;
  readonly submitText: string;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly cancelHref: string;
  onSubmit(draft: Draft): void;
}

/** Everything a subscription can be told. Mistakes come back from the API and are shown at their field. */
export function SubscriptionForm({ first, submitText, busy, error, cancelHref, onSubmit }: Props) {
  const [draft, setDraft] = useState(first);
  const set = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const faultOf = (field: string) => faultAt(error, field);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(draft);
      }}
    >
      <Form
        errorText={error === null ? undefined : <ProblemWords error={error} />}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" formAction="none" href={cancelHref}>
              Cancel
            </Button>
            <Button variant="primary" loading={busy}>
              {submitText}
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <Container header={<Header variant="h2">Endpoint</Header>}>
            <SpaceBetween size="l">
              <FormField
                label="URL"
                description="Gets a POST for each event. It must answer with a 2xx status within the timeout."
                errorText={faultOf('url')}
              >
                <Input
                  value={draft.url}
                  type="url"
                  placeholder="https://example.com/webhooks"
                  spellcheck={false}
                  onChange={({ detail }) => set({ url: detail.value })}
                />
              </FormField>
              <FormField
                label="Name - optional"
                description="Shown in lists."
                errorText={faultOf('description')}
              >
                <Input
                  value={draft.description}
                  placeholder="Order service, production"
                  onChange={({ detail }) => set({ description: detail.value })}
                />
              </FormField>
            </SpaceBetween>
          </Container>
          <Container header={<Header variant="h2">Events</Header>}>
            <SpaceBetween size="l">
              <EventTypePicker
                chosen={draft.eventTypes}
                errorText={faultOf('eventTypes')}
                onChange={(eventTypes) => set({ eventTypes })}
              />
              <FilterEditor
                filter={draft.filter}
                eventTypes={draft.eventTypes}
                errorText={faultOf('filter')}
                onChange={(filter) => set({ filter })}
              />
            </SpaceBetween>
          </Container>
          <ExpandableSection
            variant="container"
            headerText="Delivery settings - optional"
            defaultExpanded={first.headers.length > 0 || first.perSecond !== ''}
          >
            <DeliverySettings draft={draft} moved={isMoved(first, draft)} set={set} faultOf={faultOf} />
          </ExpandableSection>
        </SpaceBetween>
      </Form>
    </form>
  );
}

interface SettingsProps {
  readonly draft: Draft;
  readonly moved: boolean;
  set(part: Partial<Draft>): void;
  faultOf(field: string): string | undefined;
}

function DeliverySettings({ draft, moved, set, faultOf }: SettingsProps) {
  return (
    <SpaceBetween size="l">
      <HeadersEditor
        headers={draft.headers}
        errorText={faultOf('headers')}
        moved={moved}
        onChange={(headers) => set({ headers })}
      />
      <FormField
        label="At most this many requests per second"
        description="Events above the rate wait; none is lost. Leave empty for no limit."
        errorText={faultOf('rateLimit')}
      >
        <Input
          type="number"
          inputMode="numeric"
          value={draft.perSecond}
          onChange={({ detail }) => set({ perSecond: detail.value })}
        />
      </FormField>
      <FormField
        label="Timeout in seconds"
        description="How long your endpoint may take to answer. Leave empty for the default."
        errorText={faultOf('timeoutSeconds')}
      >
        <Input
          type="number"
          inputMode="numeric"
          value={draft.timeoutSeconds}
          onChange={({ detail }) => set({ timeoutSeconds: detail.value })}
        />
      </FormField>
      <FormField label="Body" errorText={faultOf('format')}>
        <RadioGroup
          value={draft.format}
          onChange={({ detail }) => set({ format: detail.value as Draft['format'] })}
          items={[
            { value: 'standard', label: 'Standard Webhooks', description: 'type, timestamp and data' },
            { value: 'cloudevents', label: 'CloudEvents 1.0', description: 'structured JSON' },
          ]}
        />
      </FormField>
    </SpaceBetween>
  );
}

function faultAt(error: Error | null, field: string): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const found = error.faults.find(
    ({ pointer }) => pointer === `/${field}` || pointer.startsWith(`/${field}/`),
  );
  return found?.detail;
}
