import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { isNamedBy, useCatalogue } from '../data/event-types.ts';
import { jsonFault, prettyJson } from '../data/json-text.ts';
import { DraftMatch } from './draft-match.tsx';

interface Props {
  /** JSON text; empty for none. */
  readonly filter: string;
  readonly eventTypes: readonly string[];
  readonly errorText: string | undefined;
  onChange(filter: string): void;
}

/** A filter on the event's content, tried on a sample event while it is written. */
export function FilterEditor({ filter, eventTypes, errorText, onChange }: Props) {
  const [open, setOpen] = useState(filter !== '');
  const fault = filter.trim() === '' ? null : jsonFault(filter);
  const example = '{ "data": { "amount": [{ "numeric": [">=", 100] }] } }';
  return (
    <ExpandableSection
      headerText="Filter by content - optional"
      expanded={open || errorText !== undefined}
      onChange={({ detail }) => setOpen(detail.expanded)}
    >
      <SpaceBetween size="m">
        <FormField
          label="Filter"
          stretch
          description={
            <>
              An EventBridge event pattern over <code>type</code>, <code>subject</code>, <code>metadata</code>{' '}
              and <code>data</code>. Empty: every event of the chosen types. For example{' '}
              <code>{example}</code>
            </>
          }
          errorText={fault === null ? errorText : `Not yet valid JSON: ${fault}`}
        >
          <Textarea
            value={filter}
            rows={10}
            className="code-input"
            spellcheck={false}
            ariaLabel="Filter"
            onChange={({ detail }) => onChange(detail.value)}
          />
        </FormField>
        <Sample filter={filter} eventTypes={eventTypes} />
      </SpaceBetween>
    </ExpandableSection>
  );
}

function Sample({ filter, eventTypes }: { readonly filter: string; readonly eventTypes: readonly string[] }) {
  const catalogue = useCatalogue();
  const entries = (catalogue.data ?? []).filter(
    ({ type }) => eventTypes.length === 0 || isNamedBy(type, eventTypes),
  );
  const [chosen, setChosen] = useState<string | null>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const entry = entries.find(({ type }) => type === chosen) ?? entries[0];
  const data = typed ?? (entry?.exampleText ? prettyJson(entry.exampleText) : '{\n  "amount": 120\n}');
  const type = entry?.type ?? chosen ?? eventTypes[0]?.replace('.*', '.example') ?? 'order.created';
  return (
    <SpaceBetween size="xs">
      <FormField label="Try it on" description="Would this event be sent? Change the sample to see." stretch>
        <SpaceBetween size="xs">
          {entries.length > 0 && (
            <Select
              selectedOption={{ value: type, label: type }}
              options={entries.map((each) => ({
                value: each.type,
                label: each.type,
                description: each.description,
              }))}
              onChange={({ detail }) => {
                setChosen(detail.selectedOption.value ?? null);
                setTyped(null);
              }}
              ariaLabel="Type of the sample event"
            />
          )}
          <Textarea
            value={data}
            rows={6}
            className="code-input"
            spellcheck={false}
            ariaLabel="Data of the sample event"
            onChange={({ detail }) => setTyped(detail.value)}
          />
        </SpaceBetween>
      </FormField>
      <DraftMatch filter={filter} eventTypes={eventTypes} type={type} data={data} />
    </SpaceBetween>
  );
}
